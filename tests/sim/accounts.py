"""Who there is: two persons who use the same browsers, each with conversations of their own."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

__all__ = ["ADA", "BOB", "RENEWED", "TOKENS", "may_see", "name_of", "person_of", "token_of"]

ADA: Final = "ada"
BOB: Final = "bob"


def token_of(who: str, *, is_opaque: bool = False) -> str:
    """Return the person's token: a JSON Web Token, which names them, or one that says nothing."""
    if is_opaque:
        return f"opaque-{who}"
    claims = urlsafe_b64encode(json.dumps({"sub": who}).encode()).decode().rstrip("=")
    return f"head.{claims}.signature"


def name_of(token: str) -> str:
    """Return whose token it is, as their server knows; Ada's is any that does not say."""
    if token.startswith("opaque-"):
        return token.split("-")[1]
    _, _, rest = token.partition(".")
    claims = rest.partition(".")[0]
    if not claims:
        return ADA
    return str(json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"])


def person_of(account: str | None) -> str | None:
    """Return who it is that a panel takes its reader for; None where it has no name for them.

    A server that was never heard to name anybody has one account for all.
    """
    return None if account is None or "/" not in account else account.rpartition("/")[2]


def may_see(who: str, session_id: str) -> bool:
    """Whether a conversation is the person's own: what Bob has begins with "o"."""
    return (who == BOB) is session_id.startswith("o")


RENEWED: Final = token_of(ADA) + "-renewed"
TOKENS: Final = frozenset(
    f"{token_of(who, is_opaque=is_opaque)}{renewal}"
    for who in (ADA, BOB)
    for is_opaque in (False, True)
    for renewal in ("", "-renewed")
)

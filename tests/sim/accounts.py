"""Who there is: two persons who use the same browsers, each with conversations of their own."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

__all__ = ["ADA", "BOB", "RENEWED", "may_see", "name_of", "token_of"]

ADA: Final = "ada"
BOB: Final = "bob"


def token_of(who: str) -> str:
    """Return the person's token: a JSON Web Token, so that a server need not name accounts."""
    claims = urlsafe_b64encode(json.dumps({"sub": who}).encode()).decode().rstrip("=")
    return f"head.{claims}.signature"


def name_of(token: str) -> str:
    """Return whose token it is; Ada's is any that does not say."""
    _, _, rest = token.partition(".")
    claims = rest.partition(".")[0]
    if not claims:
        return ADA
    return str(json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"])


def may_see(who: str, session_id: str) -> bool:
    """Whether a conversation is the person's own: what Bob has begins with "o"."""
    return (who == BOB) is session_id.startswith("o")


RENEWED: Final = token_of(ADA) + "-renewed"

"""Whom a token speaks for, as far as the token itself tells (design section 3).

Only used to keep what is stored apart by account; the server alone decides what a token may do, so
the signature is not checked here.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from . import json_text
from .model import Account

if TYPE_CHECKING:
    from pydantic import SecretStr

__all__ = ["account_of"]


def account_of(token: SecretStr, api_base: str) -> Account:
    """Return the account of a token: its `sub` if it is a JSON Web Token, else one per server."""
    subject = _subject(token.get_secret_value())
    server = urlsplit(api_base).netloc
    return Account(id=f"{server}/{subject}" if subject else server)


def _subject(token: str) -> str | None:
    parts = token.split(".")
    if len(parts) != 3:
        return None
    payload = parts[1]
    try:
        claims = json_text.parse(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return None
    subject = claims.get("sub") if isinstance(claims, dict) else None
    return str(subject) if isinstance(subject, (str, int)) and subject != "" else None

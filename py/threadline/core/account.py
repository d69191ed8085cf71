"""Whom a token speaks for, as far as the token itself tells (design section 3).

Only used to keep what is stored apart by account; the server alone decides what a token may do, so
the signature is not checked here.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from . import json_text
from .model import Account

if TYPE_CHECKING:
    from pydantic import SecretStr

__all__ = ["account_of", "memory_of", "named_by_server", "remembered_account", "signature_of"]


def account_of(token: SecretStr, api_base: str) -> Account:
    """Return the account of a token: its `sub` if it is a JSON Web Token, else one per server."""
    subject = _subject(token.get_secret_value())
    server = urlsplit(api_base).netloc
    return Account(id=f"{server}/{subject}" if subject else server)


def signature_of(token: SecretStr, api_base: str) -> str:
    """Return a name for whoever has `token`, which nobody has with another one; not the token."""
    subject = _subject(token.get_secret_value())
    server = urlsplit(api_base).netloc
    return f"{server}/{subject}" if subject else f"{server}#{_fingerprint(token, api_base)[:16]}"


def named_by_server(account: Account, api_base: str) -> Account:
    """Return the account that `GET me` names, so that no other server has the same."""
    return Account(id=f"{urlsplit(api_base).netloc}/{account.id}", name=account.name)


def memory_of(token: SecretStr, api_base: str, account: Account) -> str:
    """Return what is remembered of whose `token` is there, as JSON text; not the token itself."""
    fingerprint = _fingerprint(token, api_base)
    return json.dumps({"token": fingerprint, "id": account.id, "name": account.name})


def remembered_account(token: SecretStr, api_base: str, memory: object) -> Account | None:
    """Return whose `token` is, if `memory` knows: the server need not answer for that."""
    if not isinstance(memory, dict) or memory.get("token") != _fingerprint(token, api_base):
        return None
    account_id, name = memory.get("id"), memory.get("name")
    if not isinstance(account_id, str) or not account_id:
        return None
    return Account(id=account_id, name=name if isinstance(name, str) else None)


def _fingerprint(token: SecretStr, api_base: str) -> str:
    return sha256(f"{api_base}\n{token.get_secret_value()}".encode()).hexdigest()


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

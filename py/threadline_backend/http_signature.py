"""The signature of a request to Pusher's HTTP API, as Pusher defines it.

What is signed are three lines: the method, the path as it is sent, and all parameters of the query
but the signature, decoded, by name, as `name=value` with `&` between. A body is signed by its MD5
among the parameters.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

VERSION: Final = "1.0"


def sign_request(secret: str, method: str, path: str, parameters: Mapping[str, str]) -> str:
    """Return the signature of a request, in hexadecimal."""
    named = {
        name.lower(): text for name, text in parameters.items() if name.lower() != "auth_signature"
    }
    query = "&".join(f"{name}={text}" for name, text in sorted(named.items()))
    signed = f"{method}\n{path}\n{query}".encode("utf-8", "surrogateescape")
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def signed_parameters(
    key: str,
    secret: str,
    method: str,
    path: str,
    body: bytes | None,
    now: int,
    asked: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the query of a request that the application `key` makes at `now` (seconds, Unix).

    `asked` are the request's own parameters. Without a body there is no `body_md5`: Sockudo turns a
    GET down that has one.
    """
    parameters = {
        **(asked or {}),
        "auth_key": key,
        "auth_timestamp": str(now),
        "auth_version": VERSION,
    }
    if body is not None:
        parameters["body_md5"] = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return {**parameters, "auth_signature": sign_request(secret, method, path, parameters)}

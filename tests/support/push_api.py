"""The HTTP API of a Pusher server, signed, for tests: whatever a test wants to ask or get wrong."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import httpx

from threadline_backend.http_signature import sign_request, signed_parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

REQUEST_LIMIT: Final = 20.0  # seconds for one request

Json = dict[str, Any]


class PushApi:
    """The API of application 1 of the server on `port`.

    Args:
        port: On this machine.
        key, secret: Of the application.
    """

    def __init__(self, port: int, key: str, secret: str) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self._key = key
        self._secret = secret

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        asked: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        signed: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Do a request and return the answer, whatever it is.

        Args:
            method, path: What is asked; the path is below the application's, or begins with /apps.
            body: Bytes as they are, anything else as JSON; None is no body.
            asked: More of the query.
            headers: In place of what a JSON request has.
            signed: Members of the query that are to be otherwise; the signature is over them,
                unless it is one of them.
        """
        whole = path if path.startswith("/apps") else f"/apps/1{path}"
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        now = int(time.time())
        query = signed_parameters(self._key, self._secret, method, whole, content, now, asked)
        if signed is not None:
            query |= signed
            made = sign_request(self._secret, method, whole, query)
            query["auth_signature"] = signed.get("auth_signature", made)
        return httpx.request(
            method,
            self._base + whole,
            params=query,
            content=content,
            headers={"content-type": "application/json"} if headers is None else headers,
            timeout=REQUEST_LIMIT,
        )

    def trigger(self, channel: str, event: str, data: object, **more: Any) -> httpx.Response:
        """Publish an event."""
        return self.ask(
            "POST", "/events", {"name": event, "channel": channel, "data": data, **more}
        )

    def joined_channels(self) -> dict[str, int]:
        """Return each joined channel with the number of its sockets."""
        # Sockudo keeps an answer for as long as nobody asks for anything else.
        info = f"subscription_count,{uuid4().hex}"
        answer = self.ask("GET", "/channels", asked={"info": info})
        assert answer.is_success, answer.text
        channels: dict[str, Json] = answer.json()["channels"]
        return {name: int(told["subscription_count"]) for name, told in sorted(channels.items())}

"""`ports.Http` over `fetch`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import SecretStr

from .ffi import host

if TYPE_CHECKING:
    from threadline.core.effects import SendRequest

__all__ = ["BrowserHttp"]


class BrowserHttp:
    """Requests by number. Here, and nowhere before, the token becomes text."""

    def send(self, request: SendRequest) -> None:
        """Send one request."""
        headers = {"Accept": "application/json"}
        if request.content_type:
            headers["Content-Type"] = request.content_type
        if request.token is not None:
            headers["Authorization"] = f"Bearer {request.token.get_secret_value()}"
        body = request.body
        order = {
            "method": request.method,
            "url": request.url,
            "headers": headers,
            "body": body.get_secret_value() if isinstance(body, SecretStr) else body,
            "timeoutMs": request.timeout * 1000.0,
            "opaque": request.is_opaque,
        }
        host.request(request.request, json.dumps(order))

    def cancel(self, request: int) -> None:
        """Drop a request; nothing more is heard of it."""
        host.cancelRequest(request)

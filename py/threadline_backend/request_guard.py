"""What stands before every REST request: a bound on its body, and a look at where it comes from."""

from collections.abc import Sequence
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from threadline_backend.errors import ApiError, error_response
from threadline_backend.origins import is_allowed

BODY_LIMIT: Final = 2 * 1024 * 1024  # bytes; a task with the longest page fits


class BodyLimit:
    """Middleware that refuses a request whose body is longer than `BODY_LIMIT` with 413.

    Starlette has one too, which answers plain text where our errors are JSON.

    Args:
        exempt: The beginning of paths that are not bounded; None for none.
    """

    def __init__(self, app: ASGIApp, exempt: str | None = None) -> None:
        self._app = app
        self._exempt = exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or self._is_exempt(scope["path"]):
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        if length.isdigit() and int(length) > BODY_LIMIT:
            await error_response(413, "too_large", _words())(scope, receive, send)
            return
        taken = 0

        async def count() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > BODY_LIMIT:
                raise ApiError(413, "too_large", _words())
            return message

        await self._app(scope, count, send)

    def _is_exempt(self, path: str) -> bool:
        return self._exempt is not None and path.startswith(self._exempt)


class OriginGuard:
    """Middleware that refuses a request from a web origin that is not allowed with 403.

    CORS alone keeps a foreign page from reading an answer, not from having its request carried out,
    and does not see a page whose host name has been pointed at this machine.
    """

    def __init__(self, app: ASGIApp, allowed_origins: Sequence[str]) -> None:
        self._app = app
        self._allowed = allowed_origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            origin = Headers(scope=scope).get("origin")
            if origin is not None and not is_allowed(origin, self._allowed):
                words = "This origin may not use the server."
                await error_response(403, "origin_forbidden", words)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _words() -> str:
    return f"The body must be at most {BODY_LIMIT} bytes long."

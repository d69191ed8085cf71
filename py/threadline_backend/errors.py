"""Every error that REST answers: `{error, code}`, and `field` where one field is to blame.

`error` is a sentence for a person, `code` a word for a program. What went wrong inside is logged
and answered as a plain 500: no stack trace, no text of an exception leaves the process.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG: Final = logging.getLogger(__name__)

CODES: Final = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}


class ApiError(HTTPException):
    """An answer that is an error.

    Attributes:
        code: A word that a program can tell the case by.
        field: The field of the request that is to blame, where it is one.
    """

    def __init__(
        self,
        status: int,
        code: str,
        words: str,
        *,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, words, dict(headers or {}))
        self.code = code
        self.field = field


def error_response(
    status: int,
    code: str,
    words: str,
    field: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Build the answer for an error."""
    body: dict[str, Any] = {"error": words, "code": code}
    if field is not None:
        body["field"] = field
    return JSONResponse(body, status, dict(headers or {}))


def install_error_handlers(app: FastAPI) -> None:
    """Make `app` answer refusals, unknown paths and bad input in the one form."""
    app.add_exception_handler(HTTPException, _answer_refusal)
    app.add_exception_handler(RequestValidationError, _answer_bad_input)


async def _answer_refusal(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if isinstance(error, ApiError):
        return error_response(
            error.status_code, error.code, error.detail, error.field, error.headers
        )
    code = CODES.get(error.status_code, "error")
    return error_response(error.status_code, code, str(error.detail), None, error.headers)


async def _answer_bad_input(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return error_response(400, "invalid_json", "The body is not JSON.", "body")
    place, *names = (str(part) for part in first["loc"])
    field = ".".join(names) or place
    return error_response(400, "invalid_request", f"{field}: {first['msg']}", field)


class UnexpectedErrors:
    """Middleware that logs what nobody caught and answers a plain 500 in its place."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception:
            LOG.exception("A request failed")
            if started:
                raise
            answer = error_response(
                500, "internal_error", "Something went wrong on the server. Try again."
            )
            await answer(scope, receive, send)

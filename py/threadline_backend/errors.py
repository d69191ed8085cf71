"""Every error that REST answers: `{error, code}`, and `field` where one field is to blame.

`error` is a sentence for a person, `code` a word for a program. What went wrong inside is logged
and answered as a plain 500 (a database that does not answer: 503): no stack trace, no text of an
exception leaves the process.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
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

RETRY_AFTER: Final = 5  # seconds after which a database that did not answer is worth another try


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


def database_unavailable(says_when: bool) -> JSONResponse:
    """Build the answer for a database that does not answer; with `says_when`, when to try again."""
    headers = {"Retry-After": str(RETRY_AFTER)} if says_when else None
    words = "The database does not answer. Try again in a moment."
    return error_response(503, "database_unavailable", words, None, headers)


class UnexpectedErrors:
    """Middleware that logs what nobody caught and answers a plain 500 in its place.

    A database that does not answer, or stays locked for too long, is 503: it is worth another try.

    Args:
        says_when: Whether 503 says when.
    """

    def __init__(self, app: ASGIApp, says_when: bool = True) -> None:
        self._app = app
        self._says_when = says_when

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            LOG.exception("A request failed")
            if started:
                raise
            if isinstance(error, OperationalError):
                answer = database_unavailable(self._says_when)
            else:
                answer = error_response(
                    500, "internal_error", "Something went wrong on the server. Try again."
                )
            await answer(scope, receive, send)

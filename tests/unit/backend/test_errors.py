"""Errors: one form for all of them, nothing of the inside in it."""

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError

from tests.support.asynchronous import asynchronous
from threadline_backend.errors import ApiError, UnexpectedErrors, install_error_handlers


class _Body(BaseModel):
    """What the test route takes."""

    number: int


def _app(says_when: bool = True) -> FastAPI:
    app = FastAPI()
    install_error_handlers(app)
    app.add_middleware(UnexpectedErrors, says_when=says_when)

    @app.post("/number")
    async def number(body: _Body) -> int:
        return body.number

    @app.get("/refuse")
    async def refuse() -> None:
        raise ApiError(418, "teapot", "No coffee.", field="cup", headers={"Retry-After": "3"})

    @app.get("/locked")
    async def locked() -> None:
        raise OperationalError("SELECT 1", {}, RuntimeError("secret detail"))

    @app.get("/break")
    async def break_down() -> None:
        raise RuntimeError("secret detail")

    return app


async def _ask(method: str, path: str, says_when: bool = True, **request: object) -> httpx.Response:
    transport = httpx.ASGITransport(_app(says_when))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.request(method, path, **request)  # type: ignore[arg-type]


@asynchronous
async def test_a_refusal_has_words_code_and_field() -> None:
    """And the headers that belong to it."""
    answer = await _ask("GET", "/refuse")
    assert answer.status_code == 418
    assert answer.headers["retry-after"] == "3"
    assert answer.json() == {"error": "No coffee.", "code": "teapot", "field": "cup"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/number", 405, "method_not_allowed"),
    ],
)
@asynchronous
async def test_unknown_paths_and_methods(method: str, path: str, status: int, code: str) -> None:
    """They have the same form."""
    answer = await _ask(method, path)
    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert set(answer.json()) == {"error", "code"}


@pytest.mark.parametrize(
    ("content", "code", "field"),
    [
        ("{}", "invalid_request", "number"),
        ('{"number": "x"}', "invalid_request", "number"),
        ("{", "invalid_json", "body"),
        ("", "invalid_request", "body"),
        ("[]", "invalid_request", "body"),
    ],
)
@asynchronous
async def test_bad_input_names_the_field(content: str, code: str, field: str) -> None:
    """400, and which field is to blame."""
    answer = await _ask(
        "POST", "/number", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)


@asynchronous
async def test_what_breaks_inside_stays_inside(caplog: pytest.LogCaptureFixture) -> None:
    """A plain 500; the trace is in the log only."""
    answer = await _ask("GET", "/break")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert "secret" not in answer.text
    assert "secret detail" in caplog.text


@pytest.mark.parametrize(("says_when", "header"), [(True, "5"), (False, None)])
@asynchronous
async def test_a_database_that_does_not_answer(says_when: bool, header: str | None) -> None:
    """503, with the time to wait, or without where that is switched off; no detail."""
    answer = await _ask("GET", "/locked", says_when)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert answer.headers.get("retry-after") == header
    assert "secret" not in answer.text

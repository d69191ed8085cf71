"""The bound on bodies and the look at the origin."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request

from tests.support.asynchronous import asynchronous
from threadline_backend.errors import install_error_handlers
from threadline_backend.request_guard import BODY_LIMIT, BodyLimit, OriginGuard


def _client() -> httpx.AsyncClient:
    app = FastAPI()
    install_error_handlers(app)

    @app.post("/length")
    async def length(request: Request) -> int:
        return len(await request.body())

    @app.post("/free/length")
    async def free_length(request: Request) -> int:
        return len(await request.body())

    app.add_middleware(BodyLimit, exempt="/free/")
    app.add_middleware(OriginGuard, allowed_origins=["chrome-extension://*"])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def _pieces(length: int) -> AsyncIterator[bytes]:
    for _ in range(4):
        yield b"x" * (length // 4)


@pytest.mark.parametrize("streamed", [True, False])
@asynchronous
async def test_a_body_of_the_limit_is_taken_and_a_longer_one_refused(streamed: bool) -> None:
    """Whether the length is said beforehand or not."""
    async with _client() as client:
        for length, status in [(BODY_LIMIT, 200), (BODY_LIMIT + 4, 413)]:
            content = _pieces(length) if streamed else b"x" * length
            answer = await client.post("/length", content=content)
            assert answer.status_code == status
            if status == 413:
                assert answer.json()["code"] == "too_large"


@asynchronous
async def test_an_exempt_path_has_no_limit() -> None:
    """Where a test must be able to send what nobody else may."""
    async with _client() as client:
        answer = await client.post("/free/length", content=b"x" * (BODY_LIMIT + 1))
    assert answer.json() == BODY_LIMIT + 1


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("chrome-extension://abc", 200),
        ("https://evil.example", 403),
        ("null", 403),
    ],
)
@asynchronous
async def test_a_foreign_page_is_refused(origin: str | None, status: int) -> None:
    """Before anything is carried out for it."""
    headers = {} if origin is None else {"Origin": origin}
    async with _client() as client:
        answer = await client.post("/length", content=b"", headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "origin_forbidden"

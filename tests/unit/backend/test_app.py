"""The application as a whole: health, CORS, no pages that load from elsewhere."""

from pathlib import Path

import pytest

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import BackendApps

EXTENSION = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"


@asynchronous
async def test_it_is_up(backend: BackendApps) -> None:
    """Without a token."""
    async with backend.start() as app:
        answer = await app.ask("GET", "/up", who=None)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def _spoil(path: str) -> None:
    Path(path).write_bytes(b"no database" * 100)


@asynchronous
async def test_without_its_database_it_is_not(backend: BackendApps) -> None:
    """503 in the form of all errors."""
    async with backend.start() as app:
        async with app.services.database.reading() as transaction:
            connection = await transaction.connection()
            path = str(connection.engine.url.database)
        await app.services.database.close()
        _spoil(path)
        answer = await app.ask("GET", "/up", who=None)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert answer.headers["retry-after"] == "5"


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
@asynchronous
async def test_a_preflight_from_the_extension(backend: BackendApps, method: str) -> None:
    """The method and the headers are allowed, also into the private network."""
    headers = {
        "Origin": EXTENSION,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type",
        "Access-Control-Request-Private-Network": "true",
    }
    async with backend.start() as app:
        answer = await app.ask("OPTIONS", "/api/session", who=None, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == EXTENSION
    assert method in answer.headers["access-control-allow-methods"]
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()
    assert answer.headers["access-control-allow-private-network"] == "true"


@pytest.mark.parametrize(
    ("path", "status"), [("/api/me", 200), ("/api/session/x", 404), ("/nowhere", 404)]
)
@asynchronous
async def test_the_extension_may_read_answers_and_errors(
    backend: BackendApps, path: str, status: int
) -> None:
    """An error without the header would look like a broken network."""
    async with backend.start() as app:
        answer = await app.ask("GET", path, headers={"Origin": EXTENSION})
    assert answer.status_code == status
    assert answer.headers["access-control-allow-origin"] == EXTENSION


@asynchronous
async def test_only_configured_origins(backend: BackendApps) -> None:
    """One extension's id, where it is set, and no other."""
    async with backend.start(allowed_origins=(EXTENSION,)) as app:
        for origin, status in [(EXTENSION, 200), ("chrome-extension://other", 403)]:
            answer = await app.ask("GET", "/api/me", headers={"Origin": origin})
            assert answer.status_code == status


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/faults/sockets"])
@asynchronous
async def test_what_is_not_there(backend: BackendApps, path: str) -> None:
    """No pages with scripts from elsewhere, and no faults unless they are switched on."""
    async with backend.start() as app:
        answer = await app.ask("GET", path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

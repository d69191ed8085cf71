"""Capabilities."""

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import BackendApps


@asynchronous
async def test_what_is_claimed_is_true(backend: BackendApps) -> None:
    """Every capability is a name with true, and the limits are those that are kept."""
    async with backend.start() as app:
        answer = await app.get("/api/capabilities")
    assert set(answer["capabilities"].values()) == {True}
    assert answer["limits"]["messagesPerPage"] == 400
    assert {"changes", "idempotentInteract", "stop"} <= set(answer["capabilities"])


@asynchronous
async def test_it_takes_a_token_to_ask(backend: BackendApps) -> None:
    """401 without."""
    async with backend.start() as app:
        answer = await app.ask("GET", "/api/capabilities", who=None)
    assert answer.status_code == 401

"""Capabilities."""

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import BackendApps
from threadline_backend.abilities import Abilities


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


@asynchronous
async def test_what_is_switched_off_is_a_no(backend: BackendApps) -> None:
    """And nothing else is."""
    async with backend.start(abilities=Abilities(frozenset({"R1", "R2", "R3", "R4"}))) as app:
        answer = await app.get("/api/capabilities")
    off = {name for name, is_there in answer["capabilities"].items() if not is_there}
    assert off == {
        "afterSequence",
        "beforeSequence",
        "changes",
        "idempotentInteract",
        "messageUpdates",
    }

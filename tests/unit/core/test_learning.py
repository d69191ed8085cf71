"""`core.learning`: what a server can do is remembered for a day, and asked for when it is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.builders import EPOCH
from tests.support.scripted_server import Reply, ScriptedServer, reply
from tests.support.world import World
from threadline.core.learning import MAX_SERVERS, MEMORY

SERVER = "http://api.test"


def stored(world: World) -> dict[str, Any]:
    """Return what is written down."""
    written: dict[str, Any] = json.loads(world.storage["capabilities"])
    return written


def used(server: ScriptedServer | None = None) -> World:
    """Return a world whose engine has learnt what it can."""
    world = World(server)
    world.start()
    world.attach()
    world.advance(1.0)
    return world


def asked(world: World) -> int:
    """Return how often the server was asked what it can do."""
    return len(world.server.asked("/capabilities"))


def test_what_is_learnt_is_written_down_once() -> None:
    """Design section 3: field by field, per server."""
    world = used()
    world.storage["capabilities"] = "{}"
    world.advance(60.0)
    assert world.storage["capabilities"] == "{}"

    record = stored(used())[SERVER]
    assert "listSessions" in record["names"]
    assert (record["shown"], record["refuted"]) == (["afterSequence", "changes"], [])
    assert record["learntAt"] == pytest.approx(EPOCH * 1000, abs=1000)


def test_an_engine_that_starts_knows_at_once() -> None:
    """SPEC.md H20, L14, L15: for a day; nothing is asked, and what follows from it is done."""
    world = used()
    world.server.requests.clear()
    world.start()
    world.advance(1.0)

    assert asked(world) == 0
    assert world.show().can_list_sessions
    assert len(world.server.asked("/api/session")) == 1
    assert len(world.server.asked("/api/me")) == 1


@pytest.mark.parametrize("jump", [MEMORY + 10.0, -60.0])
def test_a_memory_of_another_day_is_not_used(jump: float) -> None:
    """SPEC.md H20: nor one of a day that is yet to come."""
    world = used()
    world.server.requests.clear()
    world.clock.wall += jump
    world.start()
    world.advance(1.0)

    assert asked(world) == 1


@pytest.mark.parametrize(
    "written",
    [
        "[]",
        '{"http://api.test": 5}',
        '{"http://api.test": {"learntAt": "x"}}',
        '{"http://api.test": {"learntAt": 1760000000000, "names": 5, "shown": 7}}',
        '{"http://other.test": {"learntAt": 1760000000000, "names": ["me"]}}',
    ],
)
def test_a_memory_that_cannot_be_read_is_none(written: str) -> None:
    """Bad input from any side; and another server's is not this one's."""
    world = World()
    world.storage["capabilities"] = written
    world.start()
    world.attach()
    world.advance(1.0)

    assert asked(world) == 1
    assert world.show().can_list_sessions


def test_a_server_without_the_call_is_known_to_have_none() -> None:
    """Design section 3: that is learnt as well."""
    world = used(ScriptedServer(is_numbered=False, capabilities=()))
    assert stored(world)[SERVER]["names"] == []
    world.start()
    world.advance(60.0)

    assert asked(world) == 1


@pytest.mark.parametrize("status", [401, 403, 500])
def test_an_error_teaches_nothing(status: int) -> None:
    """Design section 3: the next engine asks again."""
    server = ScriptedServer()
    server.intercept = lambda one: reply(status) if one.url.endswith("/capabilities") else None
    world = used(server)
    server.intercept = lambda _: None
    before = asked(world)
    world.start()
    world.advance(1.0)

    assert asked(world) > before


def test_an_engine_that_lives_for_days_asks_again() -> None:
    """SPEC.md H20, L16: at the next join; what was refuted gets another chance."""
    world = used()
    world.advance(MEMORY)
    assert asked(world) == 1
    for _ in range(2):
        world.cut()
        world.advance(5.0)

    assert asked(world) == 2
    assert stored(world)[SERVER]["learntAt"] > (EPOCH + MEMORY) * 1000


def test_a_call_that_turned_out_not_to_be_there_stays_known() -> None:
    """SPEC.md H15: also for the next engine."""
    server = ScriptedServer()
    server.intercept = lambda one: Reply(404) if "/changes" in one.url else None
    world = used(server)
    world.advance(30.0)
    assert stored(world)[SERVER]["refuted"] == ["changes"]
    tried = len(server.asked("/changes"))
    world.start()
    world.advance(60.0)

    assert len(server.asked("/changes")) == tried == 1


def test_a_handful_of_servers_is_remembered() -> None:
    """The last ones."""
    world = World()
    for number in range(MAX_SERVERS + 2):
        world.change_settings(apiBase=f"http://api{number}.test")
        world.start()
        world.attach()
        world.advance(1.0)

    assert list(stored(world)) == [f"http://api{n}.test" for n in range(2, MAX_SERVERS + 2)]


def test_without_a_token_nothing_is_known() -> None:
    """What the next token is for is not known yet; what is written stays."""
    world = used()
    before = world.storage["capabilities"]
    world.sign_in_as(None)
    world.advance(1.0)

    assert not world.show().can_list_sessions
    assert world.storage["capabilities"] == before


@pytest.mark.parametrize("status", [408, 425, 429])
@pytest.mark.parametrize("call", ["/api/capabilities", "/api/me"])
def test_a_pause_that_the_server_asks_for_is_kept_and_has_an_end(status: int, call: str) -> None:
    """SPEC.md L29: else nobody would ever know whose a token is, and nothing would be sent."""
    server = ScriptedServer()
    turned_down = [Reply(status, headers={"retry-after": "20"})]
    server.intercept = lambda asked: (
        turned_down.pop() if asked.url.endswith(call) and turned_down else None
    )
    world = used(server)
    times = len(server.asked(call))
    assert not world.engine._state.is_account_certain

    world.advance(18.0)
    assert len(server.asked(call)) == times
    world.advance(2.0)

    assert len(server.asked(call)) == times + 1
    assert world.engine._state.is_account_certain


def test_a_pause_without_a_length_is_short_and_another_token_ends_it() -> None:
    """SPEC.md L29: 10 seconds; who is gone asks nothing."""
    server = ScriptedServer(tokens={"token", "another"})
    server.intercept = lambda asked: Reply(429) if asked.url.endswith("/capabilities") else None
    world = used(server)
    assert asked(world) == 1
    world.advance(10.0)
    assert asked(world) == 2

    server.intercept = lambda _: None
    world.sign_in_as("another")
    world.advance(60.0)

    assert asked(world) == 3

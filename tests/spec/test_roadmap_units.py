"""The six unit lines of the roadmap's section 10.1, one test each, on the whole engine."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from tests.support.world import World
from threadline.core.connection import ConnectionState
from threadline.core.session_view import Health

SETTLED = 1.0  # seconds in which everything on the network has arrived


def connected() -> World:
    """Return a world whose one view shows session s1, joined and read."""
    world = World()
    world.start()
    world.attach()
    world.advance(SETTLED)
    assert state(world) is ConnectionState.CONNECTED
    return world


def state(world: World) -> ConnectionState:
    """Return the state on the badge."""
    return world.show().connection.state


def test_unit_1_websocket_connection_lifecycle() -> None:
    """Roadmap 10.1 unit 1: connect, greeted, signed, joined; then disconnect, and nothing more."""
    world = World()
    assert state(world) is ConnectionState.DISCONNECTED
    world.start()
    world.attach()
    assert state(world) is ConnectionState.CONNECTING
    world.advance(SETTLED)
    assert state(world) is ConnectionState.CONNECTED

    (socket,) = world.sockets
    assert socket.url.startswith("ws://push.test:3005/app/key?protocol=7")
    assert [json.loads(text)["event"] for text in socket.sent] == ["pusher:subscribe"]
    assert len(world.server.asked("/pusher/auth")) == 1

    world.sign_in_as(None)
    world.advance(600.0)

    assert (state(world), socket.is_gone) == (ConnectionState.DISCONNECTED, True)
    assert len(world.sockets) == 1


@pytest.mark.parametrize("jitter", [0.0, 0.999])
def test_unit_2_reconnection_with_exponential_backoff(jitter: float) -> None:
    """Roadmap 10.1 unit 2: 1, 2, 4, 8 and 16 s, each with less than a second of jitter."""
    world = World(jitter=lambda: jitter)
    world.start()
    world.attach()
    world.advance(10.0)
    assert state(world) is ConnectionState.CONNECTED
    before, lost_at = len(world.sockets), world.clock.monotonic
    world.server.sockets_do = "refuse"

    world.cut()
    world.advance(31.0 + 5 * jitter + SETTLED)

    times = [lost_at, *world.opened_at()[before:]]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert pauses == pytest.approx([step + jitter for step in (1, 2, 4, 8, 16)], abs=0.1)


def test_unit_3_message_deduplication_by_id() -> None:
    """Roadmap 10.1 unit 3: by push, by push again, by poll, by catch-up and by reply: once."""
    world = connected()
    world.say("mine")
    world.advance(SETTLED)
    told = world.server.post("s1", "theirs")
    for _ in range(3):
        world.server.publish("s1", "new_message", {"sessionId": "s1", "message": told})
    world.cut()
    world.server.sockets_do = "refuse"
    world.advance(30.0)
    world.server.sockets_do = "greet"
    world.advance(90.0)

    shown = world.show()
    assert [one.content for one in shown.messages] == ["mine", "theirs"]
    assert (shown.pending, len({one.id for one in shown.messages})) == ((), 2)


def test_unit_4_message_ordering_by_sequence_number() -> None:
    """Roadmap 10.1 unit 4: whatever order they come in and whatever their clocks say."""
    world = connected()
    wall = world.clock.wall
    rows = []
    for number in range(1, 6):
        world.clock.wall = wall - number  # a server whose clock runs backwards
        rows.append(world.server.store("s1", f"text {number}"))
    world.clock.wall = wall
    for place in (4, 0, 2, 3, 1):
        world.server.publish("s1", "new_message", {"sessionId": "s1", "message": rows[place]})
    world.advance(SETTLED)

    assert [one.sequence for one in world.show().messages] == [1, 2, 3, 4, 5]
    assert world.texts() == [f"text {number}" for number in range(1, 6)]


def test_unit_5_polling_fallback_activation() -> None:
    """Roadmap 10.1 unit 5: after the fifth retry `fallback`, and messages come by REST alone."""
    world = connected()
    world.server.sockets_do = "refuse"
    world.cut()
    world.advance(30.0)
    assert state(world) is ConnectionState.RECONNECTING

    world.advance(2.0)
    world.server.store("s1", "by REST")
    world.advance(3.1)

    report = world.show().connection
    assert (report.state, report.health) == (ConnectionState.FALLBACK, Health.POLLING)
    assert world.texts() == ["by REST"]


def test_unit_6_state_updates_from_websocket_events() -> None:
    """Roadmap 10.1 unit 6: each event changes what is shown, without a read."""
    world = connected()
    world.advance(20.0)  # what follows a join has been read
    asked = len(world.server.requests)

    world.server.publish("s1", "typing", {"isTyping": True, "context": "executing"})
    world.advance(0.05)
    assert world.show().typing == "executing"

    world.server.post("s1", "working", status="running")
    world.advance(0.05)
    assert [(one.content, one.status) for one in world.show().messages] == [("working", "running")]

    world.server.change("s1", 1, status="completed")
    world.advance(0.05)
    shown = world.show()
    assert [one.status for one in shown.messages] == ["completed"]
    assert (shown.typing, shown.run_ended) == (None, "completed")

    world.server.publish("s1", "error", {"code": "E1", "message": "Out of credit."})
    world.advance(0.05)
    assert world.show().problem == "Out of credit. (E1)"

    world.server.publish("s1", "session_update", {"payload": {"status": "failed"}})
    world.advance(0.03)
    assert world.show().run_ended == "failed"
    assert [one for one in world.server.requests[asked:] if "/messages" in one.url] == []

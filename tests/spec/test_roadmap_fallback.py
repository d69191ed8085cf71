"""The roadmap's section 8, Polling Fallback: when it runs, what it asks, and when it ends."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.builders import EPOCH, iso
from tests.support.scripted_server import ScriptedServer
from tests.support.world import World
from threadline.core.connection import ConnectionState

if TYPE_CHECKING:
    from threadline.core.effects import SendRequest

SETTLED = 1.0  # seconds in which everything on the network has arrived
HOUR = 3600.0  # seconds


def bare() -> ScriptedServer:
    """Return a server that has the three calls alone: times, no numbers, no repeats."""
    return ScriptedServer(is_numbered=False, capabilities=())


def polling(server: ScriptedServer | None = None) -> World:
    """Return a world whose one view shows s1, whose five retries are used up."""
    world = World(server)
    world.start()
    world.attach()
    world.advance(SETTLED)
    world.server.sockets_do = "refuse"
    world.cut()
    world.advance(33.0)
    assert world.show().connection.state is ConnectionState.FALLBACK
    return world


def reads(world: World) -> list[SendRequest]:
    """Return all reads of messages so far."""
    return world.server.reads()


def since_of(request: SendRequest) -> str | None:
    """Return the `since` that a read asks with."""
    return parse_qs(urlsplit(request.url).query).get("since", [None])[0]


def test_polling_ends_when_push_is_back() -> None:
    """Roadmap 8.2: what is left is the look at the tail, at most three a minute."""
    world = polling()
    world.server.sockets_do = "greet"
    world.advance(60.0)
    assert world.show().connection.state is ConnectionState.CONNECTED
    before = len(reads(world))

    world.advance(180.0)

    assert len(reads(world)) - before <= 9


def test_polls_are_chained_and_never_overlap() -> None:
    """Roadmap 8.1: the next poll waits for the answer, or the end, of the one before."""
    world = polling()
    world.server.loses_answers = True
    before = len(reads(world))
    world.advance(9.0)  # three times the interval; a read is given up after ten seconds
    assert len(reads(world)) - before == 1

    world.server.loses_answers = False
    world.server.store("s1", "at last")
    world.advance(30.0)

    assert world.texts() == ["at last"]


def test_polls_are_three_seconds_apart_and_thirty_when_nothing_happens() -> None:
    """Roadmap 8.2: adaptive intervals, 3 s active and 30 s idle after 60 s without news."""
    world = polling()
    times: list[float] = []

    def note() -> None:
        if len(reads(world)) > len(times):
            times.append(world.clock.monotonic)

    times.extend([0.0] * len(reads(world)))
    world.after_each_step = note
    world.server.store("s1", "news")
    world.advance(180.0)

    pauses = [later - earlier for earlier, later in pairwise(time for time in times if time)]
    assert pauses == pytest.approx([3.0] * 19 + [30.0] * 4, abs=0.1)


@pytest.mark.parametrize("ahead", [-HOUR, HOUR])
def test_the_cursor_is_the_servers_time_and_not_ours(ahead: float) -> None:
    """Roadmap 8.2, `since`: with a clock that is an hour off nothing is lost, or read in vain."""
    server = bare()
    for number in range(1, 61):
        server.store("s1", f"text {number}", timestamp=iso(EPOCH + ahead - 60 + number))
    world = polling(server)
    world.server.wall = lambda: world.clock.wall + ahead
    world.server.store("s1", "new")
    newest = iso(EPOCH + ahead)
    before = len(reads(world))

    world.advance(3.1)

    assert world.texts()[-1] == "new"
    bounds = {since_of(one) for one in reads(world)[before:]}
    assert None not in bounds
    assert all(bound is not None and bound <= newest for bound in bounds)
    assert min(bound or "" for bound in bounds) >= iso(EPOCH + ahead - 60)


def test_since_fetches_only_what_is_new() -> None:
    """Roadmap 8.2: a poll of a long, settled session does not read it all again."""
    server = bare()
    for number in range(1, 201):
        server.store("s1", f"text {number}", timestamp=iso(EPOCH - HOUR + number * 10))
    world = polling(server)
    world.advance(400.0)
    before = len(reads(world))

    world.advance(30.1)

    (poll,) = reads(world)[before:]
    bound = since_of(poll)
    assert bound is not None
    brought = [one for one in world.server.sessions["s1"] if one["timestamp"] > bound]
    assert 0 < len(brought) <= 12


def test_polling_adds_nothing_twice() -> None:
    """Roadmap 8.2: polls and pushes of the same messages, on a server that knows times only."""
    world = polling(bare())
    for number in range(5):
        world.server.store("s1", f"text {number}")
        world.advance(4.0)
    world.server.sockets_do = "greet"
    world.advance(60.0)
    for stored in world.server.sessions["s1"]:
        world.server.publish("s1", "new_message", {"sessionId": "s1", "message": stored})
    world.advance(60.0)

    assert world.texts() == [f"text {number}" for number in range(5)]


@pytest.mark.parametrize("reason", ["visible", "online", "pageshow"])
def test_waking_up_polls_at_once(reason: str) -> None:
    """Roadmap 5.2, visibility: an idle poll is not waited for, and the line is tried."""
    world = polling()
    world.advance(120.0)
    world.server.store("s1", "meanwhile")
    tried = len(world.sockets)

    world.ask("wake", reason=reason)
    world.advance(0.1)

    assert world.texts() == ["meanwhile"]
    assert len(world.sockets) == tried + 1


def test_waking_up_brings_push_back_at_once() -> None:
    """Roadmap 5.2: auto-reconnect on visibility change, whatever the schedule says."""
    world = polling()
    world.server.sockets_do = "greet"

    world.ask("wake", reason="visible")
    world.advance(SETTLED)

    assert world.show().connection.state is ConnectionState.CONNECTED

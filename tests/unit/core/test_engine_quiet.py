"""`core.engine` over ten minutes: in no situation does it ring or ask without end.

Also: what one message costs does not grow with the session.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.builders import EPOCH, entry
from tests.support.reader import tell_reading
from tests.support.scripted_server import Reply, ScriptedServer, reply
from tests.support.world import World
from threadline.core.events import TextReceived
from threadline.core.model import Delivery, SessionId
from threadline.core.state import FOLLOWED, MAX_SESSIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

MINUTES = 10
PER_MINUTE_QUIET = 4  # requests: the probe every 25 s, and a little at the beginning
PER_MINUTE_POLLING = 60 / 3 + 16  # polls while active, and what is tried again


def make_world(situation: str) -> World:
    """Return a world in a situation, with a view of `s1`."""
    is_numbered = "times" not in situation
    build: dict[str, Any] = (
        {"pusherKey": "", "pusherHost": ""} if situation == "no push server" else {}
    )
    world = World(ScriptedServer(is_numbered=is_numbered), lambda: 0.5, **build)
    if "empty" not in situation:
        for number in range(60):
            world.server.store("s1", f"text {number}", status="completed")
    match situation:
        case "push down":
            world.server.sockets_do = "refuse"
        case "push hangs":
            world.server.sockets_do = "hang"
        case "refused for good":
            world.server.sockets_do, world.server.refuse_code = "refuse", 4001
        case "REST down":
            world.server.is_up = False
        case "REST fails":
            world.server.intercept = lambda _: Reply(500, "<html>")
        case "401":
            world.server.tokens = set()
        case "403":
            world.server.forbidden.add("s1")
        case "404":
            world.server.intercept = lambda one: reply(404) if "/messages" in one.url else None
        case _:
            pass  # said by the test itself
    return world


@pytest.mark.parametrize(
    ("situation", "requests"),
    [
        ("connected", PER_MINUTE_QUIET),
        ("connected, times only", PER_MINUTE_QUIET + 4),
        ("empty", PER_MINUTE_QUIET),
        ("empty, times only", PER_MINUTE_QUIET),
        ("push down", PER_MINUTE_POLLING),
        ("push hangs", PER_MINUTE_POLLING),
        ("no push server", PER_MINUTE_POLLING),
        ("refused for good", PER_MINUTE_POLLING),
        ("REST down", PER_MINUTE_POLLING),
        ("REST fails", PER_MINUTE_POLLING),
        ("401", 0.5),
        ("403", 0.5),
        ("404", 0.5),
        ("no token", 0),
        ("burnt number", PER_MINUTE_QUIET + 2),
        ("unsent", PER_MINUTE_QUIET + 2),
    ],
)
def test_ten_minutes_are_quiet(situation: str, requests: float) -> None:
    """sync.md L5, S12: the request rate falls, no timer storms, no deadline rings for ever."""
    world = make_world(situation)
    rings = 0

    def ring() -> None:
        nonlocal rings
        rings += 1
        due = world.engine.next_deadline()
        assert due is None or due >= world.clock.monotonic - 1.0

    unsent = (entry(attempts=1, first_sent_at=EPOCH),) if situation == "unsent" else ()
    world.start(None if situation == "no token" else "token", unsent=unsent)
    world.attach(1, "s1")
    if situation == "burnt number":
        world.advance(1.0)
        world.server.burn("s1")
        world.server.post("s1", "after a burnt number")
    world.after_each_step = ring
    world.advance(60.0 * MINUTES)

    assert len(world.server.requests) <= requests * MINUTES + 12
    assert rings <= 2 * len(world.server.requests) + 60 * MINUTES
    assert len(world.sockets) <= 12 * MINUTES
    if situation in ("connected", "burnt number", "unsent"):
        assert world.show().gaps == ()
        assert all(one.delivery is not Delivery.SENDING for one in world.show().pending)


def calls(work: Callable[[], object]) -> int:
    """Return how many calls, of Python and C, `work` makes: a clock would measure the machine."""
    count = 0

    def profile(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def test_the_cost_of_a_message_does_not_grow_with_the_session() -> None:
    """Design section 8: at most like log n; burnt numbers and an endless turn included.

    How long it takes is a row of `build.py bench`.
    """
    world = make_world("connected")
    world.start()
    world.attach(1, "s1")
    tell_reading(world)
    world.advance(1.0)
    count = 0

    def push(messages: int) -> None:
        nonlocal count
        for _ in range(messages):
            count += 1
            if count % 50 == 0:
                number = world.server.burn("s1")
                world.engine._state.session(SessionId("s1")).history.transcript.declare_void(number)
            world.server.post("s1", f"more {count}")
            frame = world._coming.pop()
            frame[2]()

    push(200)
    small = calls(lambda: push(200))
    push(10_000)
    large = calls(lambda: push(200))

    assert len(world.show().messages) == FOLLOWED
    assert large < 1.2 * small


def test_memory_does_not_grow_with_the_sessions_that_were_opened() -> None:
    """Design section 8: 200 open and close cycles."""
    world = World()
    world.start()
    for number in range(200):
        world.attach(1, f"s{number}")
        world.advance(0.2)
        world.leave(1)
    state = world.engine._state

    assert len(state.sessions) <= MAX_SESSIONS
    assert len(state.rest._asked) <= 1
    assert state.views == {}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"event": 5}', '{"event":"new_message","channel":[]}', "x" * 5_000_000]
)
def test_no_text_makes_it_raise(text: str) -> None:
    """sync.md S17."""
    world = make_world("connected")
    world.start()
    world.attach(1, "s1")
    world.advance(1.0)

    world.feed(TextReceived(1, text))
    world.advance(5.0)

    assert len(world.texts()) == 50

"""`core.settling`: what is shown of a fact, and when what follows from it is begun."""

from __future__ import annotations

import pytest

from tests.support.builders import frame, iso, published, row
from tests.support.reader import tell_reading
from tests.support.world import DISK_LATENCY, World
from threadline.core.events import TextReceived
from threadline.core.model import SessionId
from threadline.core.session_view import UnreadMark
from threadline.core.settling import PAINT_FIRST


@pytest.fixture
def world() -> World:
    """Return a world whose view shows `s1`, live and at rest, with its reader at the end."""
    made = World()
    made.server.store("s1", "Welcome", status="completed")
    made.start()
    made.attach(1, "s1")
    tell_reading(made)
    made.advance(20.0)
    return made


def hear(world: World, event: str, **members: object) -> None:
    """Let the engine hear at once what was published in s1."""
    text = published(event, {"type": event, "sessionId": "s1", **members})
    world.feed(TextReceived(world.sockets[-1].number, text))


def message(world: World, sequence: int, **changes: object) -> dict[str, object]:
    """Return a message of the agent's as it is published, written now."""
    return row(sequence, role="assistant", timestamp=iso(world.clock.wall), **changes)


def list_reads(world: World) -> int:
    """Return how often the session list was asked for."""
    return len(world.server.asked("/api/session"))


def test_what_was_published_is_shown_before_anything_is_begun(world: World) -> None:
    """SPEC.md V12: what follows from it waits for the paint, all in one turn."""
    before, published_before = list_reads(world), world.published

    hear(world, "session_update", status="running")

    assert world.published == published_before + 1
    assert list_reads(world) == before
    assert world.engine.next_deadline() == world.clock.monotonic + PAINT_FIRST
    world.advance(PAINT_FIRST)
    assert list_reads(world) == before + 1


def test_however_much_is_published_what_follows_is_begun_in_time(world: World) -> None:
    """SPEC.md V12: the first one's moment counts, and no later one moves it."""
    due = world.clock.monotonic + PAINT_FIRST
    hear(world, "new_message", message=message(world, 2))
    world.clock.push(PAINT_FIRST / 2)
    hear(world, "new_message", message=message(world, 3))

    assert world.engine.next_deadline() == due


def test_a_timer_that_is_late_holds_nothing_up(world: World) -> None:
    """SPEC.md V12: a page that is busy rings it late; what is heard then begins what is due."""
    before = list_reads(world)
    hear(world, "session_update", status="running")
    world.clock.push(PAINT_FIRST)

    hear(world, "new_message", message=message(world, 2))

    assert list_reads(world) == before + 1
    due = world.engine.next_deadline()
    assert due is not None
    assert due != world.clock.monotonic + PAINT_FIRST


def test_what_orders_something_is_begun_at_once(world: World) -> None:
    """SPEC.md V12: the person's own text is here, so that its row can go."""
    world.say("Mine", name="c1")
    world.advance(DISK_LATENCY)  # it is on its way
    assert "c1" in world.rows
    own = message(world, 2) | {"role": "user", "content": "Mine", "clientMessageId": "c1"}

    hear(world, "new_message", message=own)

    assert "c1" not in world.rows
    assert world.engine.next_deadline() != world.clock.monotonic + PAINT_FIRST


def test_what_the_line_itself_says_is_answered_at_once(world: World) -> None:
    """A frame of the protocol shows nothing, and may be waited for."""
    text = frame("pusher:ping", {})
    world.feed(TextReceived(world.sockets[-1].number, text))

    assert "pusher:pong" in world.sockets[-1].sent[-1]


def test_a_run_that_ends_just_before_the_next_one_is_told_of(world: World) -> None:
    """Two frames of one moment: who does not watch hears of the end all the same."""
    step = {"taskId": "t", "currentStepIndex": 0, "thought": "Hm"}
    hear(world, "interact_response", status="running", **step)
    hear(world, "interact_response", status="completed", **step)
    hear(world, "interact_response", status="running", **step)

    assert len(world.notified) == 1


def test_the_line_new_is_there_with_the_first_message_below_it() -> None:
    """SPEC.md V4: the window holds what it held, and the mark is set, before that is shown."""
    world = World()
    for number in range(60):
        world.server.store("s1", f"Text {number}")
    world.start()
    world.attach(1, "s1")
    tell_reading(world)
    world.advance(20.0)
    tell_reading(world, is_reading=False)
    shown = world.show().messages

    hear(world, "new_message", message=message(world, 61))

    after = world.show()
    assert after.messages[: len(shown)] == shown
    assert after.mark == UnreadMark(60, 61)


def test_a_session_that_nobody_shows_is_not_looked_at(world: World) -> None:
    """sync.md 2.8: its channel stays joined for a while, and its tail is nobody's."""
    world.attach(1, "s2")
    world.advance(1.0)
    left, shown = (
        world.engine._state.sessions[SessionId(name)].history.cadence for name in ("s1", "s2")
    )

    assert left is None
    assert shown is not None

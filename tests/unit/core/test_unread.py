"""`core.unread`: what nobody has seen, per session and summed."""

from __future__ import annotations

import pytest

from tests.support.builders import message
from tests.support.reader import tell_reading
from tests.support.world import World
from threadline.core.model import SessionId
from threadline.core.session import Session
from threadline.core.unread import MAX_COUNTED, count


@pytest.fixture
def world() -> World:
    """Return a world with two sessions of two messages; view 1 has seen both, and reads s2."""
    made = World()
    for session in ("s1", "s2"):
        made.server.store(session, "One")
        made.server.store(session, "Two")
    made.start()
    made.attach(1, "s1")
    tell_reading(made)
    made.advance(1.0)
    made.ask("open_session", session="s2")
    tell_reading(made)
    made.advance(1.0)
    return made


def counts(world: World) -> dict[str, int]:
    """Return what the session list of view 1 says of each session."""
    return {str(one.id): one.unread for one in world.show().sessions}


def test_what_comes_into_another_session_is_counted(world: World) -> None:
    """SPEC.md V9: its channel stays joined; the sum is for the toolbar button."""
    assert counts(world) == {"s1": 0, "s2": 0}

    world.server.post("s1", "Three")
    world.server.post("s1", "Four")
    world.advance(1.0)

    assert counts(world) == {"s1": 2, "s2": 0}
    assert world.unread == 2
    world.ask("open_session", session="s1")
    world.advance(1.0)
    assert counts(world)["s1"] == world.unread == 2
    tell_reading(world)
    assert (counts(world), world.unread) == ({"s1": 0, "s2": 0}, 0)


def test_what_comes_while_the_end_is_in_sight_is_read(world: World) -> None:
    """SPEC.md V9: shown in a visible view at the end of its list."""
    world.server.post("s2", "Three")
    world.advance(1.0)
    assert world.unread == 0

    tell_reading(world, False)
    world.server.post("s2", "Four")
    world.advance(1.0)

    assert (counts(world)["s2"], world.unread) == (1, 1)
    tell_reading(world)
    assert world.unread == 0


def test_the_first_page_is_no_news() -> None:
    """SPEC.md V9: neither in a view that is not looked at, nor in a session without messages."""
    world = World()
    world.server.store("s1", "One")
    world.start()
    world.attach(1, "s1")
    world.attach(2, "empty")
    world.advance(1.0)
    assert world.unread == 0

    world.server.post("s1", "Two")
    world.server.post("empty", "First")
    world.advance(1.0)

    assert world.unread == 2


def test_ones_own_messages_are_not_new(world: World) -> None:
    """SPEC.md V9: also those that were written on another device."""
    world.server.post("s1", "From my phone", "user")
    world.advance(1.0)

    assert counts(world)["s1"] == 0


def test_counting_ends_somewhere() -> None:
    """The cost of a count does not grow with the session."""
    session = Session(SessionId("s1"), lambda: 0.0)
    assert count(session) == 0
    session.read_to = 0
    for number in range(1, MAX_COUNTED + 50):
        session.history.ingest(message(number), 0.0)
    session.history.ingest(message(None, id="unnumbered"), 0.0)

    assert count(session) == MAX_COUNTED


def test_a_new_chat_that_becomes_a_session_keeps_that_somebody_looks(world: World) -> None:
    """Border 1, `reading`: it is the same conversation, and nothing of it is new."""
    world.ask("new_chat")
    tell_reading(world)
    world.say("Begin")
    world.advance(1.0)
    session = world.show().session_id
    assert session not in (None, "s1", "s2")

    world.server.post(str(session), "Done")
    world.advance(1.0)

    assert world.texts()[-1] == "Done"
    assert (world.show().mark, world.unread) == (None, 0)


def test_a_new_engine_tells_what_it_counts_once_that_is_known() -> None:
    """SPEC.md V9: what an engine before it told stays on the button until then, and no longer."""
    world = World()
    world.server.store("s1", "One")
    world.unread = 5  # what an engine before this one told
    world.start()
    world.attach(1, "s1")
    assert world.unread == 5

    world.advance(1.0)

    assert world.unread == 0

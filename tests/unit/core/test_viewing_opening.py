"""`core.viewing`: what is read because a view came, and when."""

from __future__ import annotations

from tests.support.world import LATENCY, World
from threadline.core.viewing import DRAWN


def _started() -> World:
    """Return a world with a session; nobody looks yet."""
    world = World()
    world.server.store("s1", "One")
    world.start()
    world.advance(1.0)
    return world


def test_what_a_view_may_have_missed_is_read_once_it_is_drawn() -> None:
    """Design section 8: the engine's work would hold its first frame up; L2."""
    world = _started()
    world.attach(1, "s1")
    world.advance(25.0)
    before = len(world.server.reads())

    world.attach(2, "s1")
    world.advance(DRAWN - 0.01)

    assert len(world.server.reads()) == before
    world.advance(0.02 + LATENCY)
    assert len(world.server.reads()) == before + 1


def test_where_push_does_not_reach_a_session_it_is_read_at_once() -> None:
    """Roadmap task 5: there is no other way to what is new."""
    world = _started()
    world.server.sockets_do = "refuse"
    world.attach(1, "s1")
    world.advance(1.0)
    world.leave()
    world.advance(20.0)
    before = len(world.server.reads())

    world.attach(2, "s1")
    world.advance(LATENCY)

    assert len(world.server.reads()) == before + 1

"""`core.listing`: the session list is read when somebody looks, and holds up no first frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.scripted_server import ScriptedServer
from tests.support.world import World
from threadline.core.listing import PAUSE

if TYPE_CHECKING:
    from threadline.core.state import State


def lists_asked(world: World) -> int:
    """Return how often the session list was asked for."""
    return sum("/api/session?" in one.url for one in world.server.requests)


@pytest.fixture
def world() -> World:
    """A signed-in engine that has read the list."""
    made = World()
    made.start()
    made.advance(2.0)
    return made


def state_of(world: World) -> State:
    """Return what its engine knows."""
    return world.engine._state


def test_a_view_that_comes_has_the_list_read_after_its_first_frames(world: World) -> None:
    """SPEC.md L21: one read, and not while the view is drawn for the first time."""
    before = lists_asked(world)

    world.attach(1, "s1")
    world.advance(PAUSE / 2.0)
    early = lists_asked(world)
    world.advance(PAUSE)

    assert (early - before, lists_asked(world) - before) == (0, 1)
    assert state_of(world).list_due is None


def test_views_that_come_together_have_it_read_once(world: World) -> None:
    """Two windows that are restored with the browser."""
    before = lists_asked(world)

    world.attach(1, "s1")
    world.attach(2, "s1")
    world.advance(2.0 * PAUSE)

    assert lists_asked(world) == before + 1


def test_a_list_that_was_never_read_is_read_at_once(world: World) -> None:
    """Nothing would be shown meanwhile."""
    state_of(world).is_listed = False
    before = lists_asked(world)

    world.attach(1, "s1")

    assert lists_asked(world) == before + 1


def test_a_server_without_a_list_is_not_asked() -> None:
    """Roadmap section 3: the three calls may be all there is."""
    world = World(ScriptedServer(capabilities=()))
    world.start()
    world.attach(1, "s1")
    world.advance(2.0)

    assert lists_asked(world) == 0


def test_who_signs_in_is_not_asked_for_what_another_one_owed(world: World) -> None:
    """The list of the one who has left is not wanted any more."""
    world.attach(1, "s1")
    world.sign_in_as(None)

    assert state_of(world).list_due is None

"""`core.engine` between its parts: idle settings, what outlives it, what it is asked."""

from __future__ import annotations

from tests.support.builders import request
from tests.support.world import World
from threadline.core.connection import ConnectionState
from threadline.core.events import ViewSaid


def begin() -> World:
    """Return a world with a session on show, live."""
    world = World()
    world.server.store("s1", "Hello")
    world.start()
    world.attach(1, "s1")
    world.advance(2.0)
    return world


def test_other_settings_of_the_same_servers_disturb_nothing() -> None:
    """Where the engine runs and how long it stays is nobody's business at the servers."""
    world = begin()
    asked, sockets = len(world.server.requests), len(world.sockets)
    world.change_settings(background="always")
    world.advance(1.0)

    assert world.show().connection.state is ConnectionState.CONNECTED
    assert (len(world.server.requests), len(world.sockets)) == (asked, sockets)
    assert world.engine._state.settings.background == "always"


def test_what_servers_can_do_is_remembered_from_one_life_to_the_next() -> None:
    """sync.md 2.6: probed once."""
    first = begin()
    asked = first.server.asked("/capabilities")
    assert len(asked) == 1
    again = first.next_life()
    again.start()
    again.attach(1, "s1")
    again.advance(1.0)

    assert "capabilities" in again.storage
    assert again.show().can_list_sessions
    assert again.server.asked("/capabilities") == asked


def test_the_composition_root_answers_what_is_known() -> None:
    """The engine itself has nothing to do with the question."""
    world = begin()
    now = world.clock.now()

    assert world.engine.handle(ViewSaid(1, request("get_diagnostics", request=1)), now) == []
    assert world.engine.diagnose(now)["sessions"]


def test_a_wish_about_the_session_list_is_led_there() -> None:
    """SPEC.md V11: and carried out in time."""
    world = begin()
    world.ask("delete_session", session="s1")
    assert world.show().deleted is not None
    world.advance(7.0)

    assert (world.show().deleted, world.show().sessions) == (None, ())

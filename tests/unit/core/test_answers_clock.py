"""`core.answers`: what answers tell of the server's clock."""

from __future__ import annotations

import pytest

from tests.support.world import World


@pytest.fixture
def world() -> World:
    """Return a world whose session holds a message, before the engine's start."""
    made = World()
    made.server.store("s1", "Welcome", status="completed")
    return made


def begin(world: World) -> None:
    """Begin, with a view that shows the session."""
    world.start()
    world.attach(1, "s1")
    world.advance(1.0)


@pytest.mark.parametrize("ahead", [3600.0, -3600.0])
def test_every_answer_tells_the_servers_time(world: World, ahead: float) -> None:
    """sync.md 2.12, fault 59: the person's clock is an hour wrong, and a run is on."""
    world.server.wall = lambda: world.clock.wall - ahead
    world.server.store("s1", "and this?", "user")
    world.server.sockets_do = "hang"

    begin(world)

    assert world.show().typing == "thinking"
    assert ahead <= world.engine._state.clock.ahead < ahead + 2.0


def test_an_answer_may_tell_no_time(world: World) -> None:
    """sync.md 2.12: the clocks are taken to agree."""
    world.server.tells_time = False
    world.server.sockets_do = "hang"

    begin(world)

    assert world.engine._state.clock.ahead == 0.0


def test_the_time_of_another_server_is_forgotten(world: World) -> None:
    """sync.md 2.12: it has a clock of its own."""
    world.server.wall = lambda: world.clock.wall - 3600.0
    begin(world)

    world.server.is_up = False
    world.change_settings(apiBase="http://other.test")

    assert world.engine._state.clock.ahead == 0.0

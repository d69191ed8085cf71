"""`core.answers`: what becomes of a run that the server was asked to end."""

from __future__ import annotations

import pytest

from tests.support.scripted_server import ALL_CAPABILITIES, ScriptedServer, reply
from tests.support.world import World


@pytest.fixture
def world() -> World:
    """Return a world in which the agent works on a text, on a server that can stop it."""
    made = World(ScriptedServer(capabilities=(*ALL_CAPABILITIES, "stop")))
    made.server.store("s1", "Hello")
    made.start()
    made.attach()
    made.advance(2.0)
    made.say("Do it")
    made.advance(1.0)
    assert made.show().typing == "thinking"
    return made


def stops(world: World) -> int:
    """Return how often the server was asked to end the run."""
    return len(world.server.asked("/agent/stop"))


def test_a_stop_that_is_refused_says_why(world: World) -> None:
    """ux.md M13: in the server's words, with the run going on as it does."""
    world.server.intercept = lambda one: (
        reply(409, error="Too late.") if one.url.endswith("/stop") else None
    )

    world.ask("stop")
    assert world.show().is_stopping
    world.advance(1.0)

    assert (world.show().is_stopping, world.show().typing) == (False, "thinking")
    assert world.show().problem == "The agent could not be stopped: Too late."


def test_a_stop_without_an_answer_says_so_and_can_be_tried_again(world: World) -> None:
    """ux.md M13: nothing is known of it, so the run goes on as far as the person is told."""
    world.server.is_up = False
    world.ask("stop")
    world.advance(0.1)

    assert not world.show().is_stopping
    assert world.show().problem == "The agent could not be stopped: The server cannot be reached."
    world.ask("stop")
    assert (world.show().is_stopping, stops(world)) == (True, 2)


def test_a_stop_asked_of_a_server_that_is_left_is_waited_for_no_more(world: World) -> None:
    """sync.md S16: no answer will come, so the person may ask again; nothing failed."""
    world.ask("stop")

    world.change_settings(pusherKey="another")

    assert (world.show().is_stopping, world.show().problem) == (False, None)
    world.ask("stop")
    assert (world.show().is_stopping, stops(world)) == (True, 2)

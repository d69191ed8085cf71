"""`core.stopping`: the server ends a run where it can; else nobody waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.scripted_server import Reply, reply
from tests.support.world import World

if TYPE_CHECKING:
    from threadline.core.effects import SendRequest

STOP = "/api/agent/stop"


def running(*capabilities: str) -> World:
    """Return a world in which the agent works on a text of the person's."""
    world = World()
    world.server.capabilities = (*world.server.capabilities, *capabilities)
    world.server.store("s1", "Hello")
    world.start()
    world.attach()
    world.advance(2.0)
    world.say("do it")
    world.advance(1.0)
    assert world.show().typing == "thinking"
    return world


def answers(world: World, answer: Reply) -> None:
    """Let the server answer this when it is asked to stop."""

    def intercept(request: SendRequest) -> Reply | None:
        return answer if request.url.endswith(STOP) else None

    world.server.intercept = intercept


def test_the_server_ends_the_run_and_says_so() -> None:
    """ux.md M13: asked once, however often it is pressed; the end comes like any other."""
    world = running("stop")
    answers(world, reply(200, stopped=["t1"]))
    assert world.show().can_stop

    world.ask("stop")
    world.ask("stop")
    world.advance(1.0)

    assert (world.show().is_stopping, world.show().typing) == (True, "thinking")
    assert len(world.server.asked(STOP)) == 1
    world.server.post("s1", "Stopped.", status="cancelled")
    world.advance(1.0)
    assert (world.show().is_stopping, world.show().typing) == (False, None)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply(409, error="Too late.", code="over"), "Too late."),
        (Reply(502), "the server failed (502)"),
    ],
)
def test_a_run_that_could_not_be_stopped_goes_on(answer: Reply, reason: str) -> None:
    """It is said why, and can be tried again."""
    world = running("stop")
    answers(world, answer)
    world.ask("stop")
    world.advance(1.0)

    shown = world.show()
    assert (shown.is_stopping, shown.typing) == (False, "thinking")
    assert shown.problem == f"The agent could not be stopped: {reason}"
    world.ask("stop")
    assert world.show().is_stopping


def test_no_answer_is_no_stop() -> None:
    """The server is gone, or another one is asked from now on."""
    world = running("stop")
    world.server.is_up = False
    world.ask("stop")
    world.advance(15.0)
    assert not world.show().is_stopping

    world.ask("stop")
    world.sign_in_as("other")

    assert not world.show().is_stopping


def test_an_answer_to_a_run_that_is_over_says_nothing() -> None:
    """The end was faster than the refusal."""
    world = running("stop")
    answers(world, reply(409, error="Too late.", code="over"))
    world.ask("stop")
    world.server.post("s1", "Done", status="completed")
    world.advance(1.0)

    assert (world.show().typing, world.show().problem) == (None, None)


def test_a_server_that_cannot_stop_is_not_waited_for() -> None:
    """ux.md M13: the label says "Stop waiting", and that is all that it does."""
    world = running()
    assert not world.show().can_stop

    world.ask("stop")

    assert (world.show().typing, world.server.asked(STOP)) == (None, [])
    world.ask("stop")  # no run is on
    world.attach(2, None)
    world.ask("new_chat", view=2)
    world.ask("stop", view=2)  # nor a session

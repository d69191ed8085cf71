"""`core.notifying`: which end of a run the person is told of."""

from __future__ import annotations

import pytest

from tests.support.reader import tell_reading
from tests.support.world import World


@pytest.fixture
def world() -> World:
    """Return a world with a run going on in s1, which view 1 shows and nobody watches."""
    made = World()
    made.server.store("s1", "Hello")
    made.server.store("s2", "Other")
    made.start()
    made.attach(1, "s1")
    made.advance(1.0)
    respond(made, "running")
    return made


def respond(world: World, status: str) -> None:
    """The agent tells of a step of its run, with the run's status."""
    step = {"taskId": "t", "status": status, "currentStepIndex": 0, "thought": "Hm"}
    world.server.publish("s1", "interact_response", {"sessionId": "s1", **step})
    world.advance(0.5)


@pytest.mark.parametrize(
    ("status", "words"),
    [("completed", "Finished."), ("failed", "Failed."), ("interrupted", "Interrupted.")],
)
def test_the_end_of_a_run_is_told_once(world: World, status: str, words: str) -> None:
    """Ux.md S1: with the session's title and the agent's last words."""
    assert world.notified == []
    world.server.post("s1", "All is  done " + "x" * 200, status="sent")
    respond(world, status)
    respond(world, status)

    [told] = world.notified
    assert (told.session_id, told.title) == ("s1", "About s1")
    assert told.text.startswith(f"{words} All is done x")
    assert len(told.text) == len(words) + 1 + 140


def test_without_an_answer_the_words_are_few(world: World) -> None:
    """The last message is the person's own."""
    world.server.post("s1", "Do it", role="user")
    world.advance(0.5)
    respond(world, "failed")

    assert [one.text for one in world.notified] == ["Failed."]


def test_an_empty_session_has_a_title_too() -> None:
    """Nothing is known of it but that a run ended there."""
    world = World()
    world.server.sessions["s1"] = []
    world.server.capabilities = ("me",)
    world.start()
    world.attach(1, "s1")
    world.advance(1.0)
    respond(world, "running")
    respond(world, "failed")

    assert [(one.title, one.text) for one in world.notified] == [("Threadline", "Failed.")]


def test_who_watches_is_not_told(world: World) -> None:
    """Ux.md S1: the session is visible and has the focus, in any view."""
    world.attach(2, "s1")
    tell_reading(world, False, 2, is_watched=True)
    respond(world, "completed")

    assert world.notified == []


def test_who_watches_another_session_is_told(world: World) -> None:
    """Ux.md S1: only that session counts."""
    tell_reading(world, is_watched=True)
    world.ask("open_session", session="s2")
    world.advance(0.5)
    respond(world, "completed")

    assert [one.session_id for one in world.notified] == ["s1"]


def test_silence_and_leaving_are_no_end(world: World) -> None:
    """A run that fell silent, or is somebody else's by now, has no end to tell of."""
    world.sign_in_as(None)
    world.advance(1.0)
    assert world.notified == []
    world.sign_in_as("token")
    world.advance(1.0)
    respond(world, "running")
    world.advance(400.0)

    assert world.notified == []

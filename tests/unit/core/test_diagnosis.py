"""`core.diagnosis`: what the engine tells of itself, and that nothing secret is in it."""

from __future__ import annotations

import json

import pytest

from tests.support.builders import entry
from tests.support.world import World


def test_it_tells_how_a_joined_conversation_stands() -> None:
    """Phase, channel, numbers and ages."""
    world = World()
    world.server.store("s1", "One")
    world.server.store("s1", "Two")
    world.start()
    world.attach(1, "s1")
    world.advance(5.0)

    told = world.engine.diagnose(world.clock.now())
    (session,) = told["sessions"]

    assert told["token"] == "present"
    assert told["views"] == 1
    assert (told["connection"]["phase"], told["connection"]["state"]) == ("live", "connected")
    assert told["connection"]["secondsSinceJoined"] > 0
    assert told["connection"]["secondsToNextAttempt"] is None
    assert (session["number"], session["channel"], session["isShown"]) == (1, "joined", True)
    assert (session["messages"], session["contiguous"], session["missing"]) == (2, 2, 0)


def test_it_tells_of_holes_and_of_what_is_unsent() -> None:
    """A lost push in the middle, and a text that waits."""
    world = World()
    world.server.store("s1", "One")
    world.start()
    world.attach(1, "s1")
    world.advance(5.0)
    world.server.store("s1", "Lost")
    world.server.post("s1", "Three")
    world.advance(0.1)

    (session,) = world.engine.diagnose(world.clock.now())["sessions"]

    assert (session["contiguous"], session["highest"], session["missing"]) == (1, 3, 1)


@pytest.mark.parametrize(("who", "token"), [(None, "none"), ("token", "present")])
def test_it_tells_of_the_token_without_telling_it(who: str | None, token: str) -> None:
    """Whether there is one, and whether the server takes it."""
    world = World()
    world.start(who)

    told = world.engine.diagnose(world.clock.now())

    assert told["token"] == token
    assert told["sessions"] == []


def test_a_refused_token_is_told() -> None:
    """The server's 401."""
    world = World()
    world.server.store("s1", "One")
    world.start("stranger")
    world.attach(1, "s1")
    world.advance(2.0)

    assert world.engine.diagnose(world.clock.now())["token"] == "refused"


def test_nothing_secret_is_in_it() -> None:
    """SPEC.md E2: no token, no text, no title, no id of a conversation."""
    world = World()
    world.server.store("secret-session", "secret text")
    world.start("secret-token", unsent=(entry("secret-entry", session="secret-session"),))
    world.attach(1, "secret-session")
    world.advance(5.0)

    told = json.dumps(world.engine.diagnose(world.clock.now()))

    assert "secret" not in told

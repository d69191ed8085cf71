"""`core.exporting`: a session as a file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.builders import EPOCH, iso
from tests.support.world import World
from threadline.core.exporting import PATIENCE


@pytest.fixture
def world() -> World:
    """Return a world with a turn in s1, which nobody shows; s2 is on show."""
    made = World()
    made.server.store("s1", "Book it. My password: hunter2", role="user")
    step = {"taskId": "t", "stepIndex": 0, "thought": "First the form"}
    made.server.store(
        "s1", "Done", status="completed", metadata=step, actionString='type("#a", "x")'
    )
    made.server.store("s1", "", status="failed", error={"message": "No field"})
    made.server.store("s2", "Other")
    made.start()
    made.attach(1, "s2")
    made.advance(1.0)
    return made


def exported(world: World) -> dict[str, Any]:
    """Return the one file that a view was given."""
    [(view, text)] = world.answers
    answer: dict[str, Any] = json.loads(text)
    assert (view, answer["type"]) == (1, "exported")
    return answer


def test_markdown_reads_as_the_conversation_and_holds_no_secret(world: World) -> None:
    """Ux.md S8: read first, as it is not on show."""
    world.ask("export_session", session="s1", format="markdown")
    assert world.answers == []
    world.advance(1.0)
    told = exported(world)

    assert (told["name"], told["format"]) == ("about-s1", "markdown")
    lines = told["text"].split("\n\n")
    assert lines[0] == "# About s1"
    assert lines[2].startswith("## You · 20")
    assert lines[3] == "Book it. My password: •••"
    assert lines[4].startswith("## Agent · ")
    assert lines[5:8] == [
        "- thought: First the form",
        '- action: type("#a", "•••")',
        "Done",
    ]
    assert lines[8].endswith("· failed")
    assert lines[9] == "Error: No field\n"


def test_json_holds_the_same(world: World) -> None:
    """Ux.md S8: for other programs."""
    world.ask("export_session", session="s1", format="json")
    world.advance(1.0)
    document = json.loads(exported(world)["text"])

    assert (document["title"], document["hasOlder"]) == ("About s1", False)
    assert document["exportedAt"] == iso(EPOCH + 1.08).partition(".")[0] + "Z"
    first, second, third = document["messages"]
    assert (first["role"], first["content"]) == ("user", "Book it. My password: •••")
    assert (first["step"], first["error"]) == (None, None)
    assert second["step"] == {"thought": "First the form", "action": 'type("#a", "•••")'}
    assert (third["status"], third["error"]) == ("failed", "No field")


@pytest.mark.parametrize("who", ["token", None])
def test_our_own_token_is_in_no_file(world: World, who: str | None) -> None:
    """Ux.md M22, S8: whatever it looks like; without one there is nothing to hide."""
    world.server.tokens.add("opaque-thing")
    world.sign_in_as("opaque-thing" if who else None)
    world.server.store("s4", "It is opaque-thing")
    world.ask("export_session", session="s4", format="markdown")
    world.advance(PATIENCE + 1.0)

    assert "opaque-thing" not in exported(world)["text"]


def test_what_is_not_here_is_said(world: World) -> None:
    """Ux.md S8: the server has more than was read."""
    for number in range(120):
        world.server.store("s3", f"text {number}")
    world.ask("open_session", session="s3")
    world.advance(1.0)
    world.ask("export_session", session="s3", format="markdown")

    assert "The server has older messages, which are not in this file." in exported(world)["text"]


def test_a_session_that_does_not_come_is_waited_for_in_vain(world: World) -> None:
    """Nobody waits longer than for a file; what is here is in it."""
    world.server.loses = lambda _: True
    world.ask("export_session", session="s9", format="markdown")
    world.advance(PATIENCE - 1.0)
    assert world.answers == []
    world.advance(2.0)

    assert exported(world)["name"] == "conversation"
    assert exported(world)["text"].startswith("# Untitled chat")

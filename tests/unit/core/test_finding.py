"""`core.finding`: which messages hold some words, and a message as it was written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.world import World
from threadline.core.finding import MAX_FOUND
from threadline.core.state import WINDOW


@pytest.fixture
def world() -> World:
    """Return a world with a session that view 1 shows."""
    world = World()
    world.start()
    world.attach()
    world.advance(1.0)
    return world


def found(world: World, text: str) -> list[str]:
    """Return the texts of the messages that are found, in the order told."""
    world.ask("find", request=7, text=text)
    view, answer = world.answers[-1]
    told: dict[str, Any] = json.loads(answer)
    assert view == 1
    assert (told["type"], told["request"]) == ("found", 7)
    by_key = {one.key: one.content for one in world.show().messages}
    return [by_key.get(key, key) for key in told["keys"]]


def test_finds_words_wherever_a_row_shows_them(world: World) -> None:
    """ux.md S7: in text, errors and steps, folded or not; upper and lower case are one."""
    world.server.post("s1", "A Table for two")
    world.server.post("s1", "No match")
    world.server.post("s1", "Action", actionString='click("table")')
    world.server.post("s1", "Thought", metadata={"thought": "the table is free"})
    world.server.post("s1", "Error", error={"message": "no such TABLE", "code": "x"})
    world.server.post("s1", "table, deleted", deleted=True)
    world.advance(1.0)

    assert found(world, "taBle") == ["A Table for two", "Action", "Thought", "Error"]
    assert found(world, "chair") == []


def test_finds_what_is_shown_and_not_how_it_is_written(world: World) -> None:
    """ux.md S7: the agent's Markdown by its words; what a person typed stands as typed."""
    world.server.post("s1", "The **bold** move")
    world.server.post("s1", "My **bold** move", role="user")
    world.advance(1.0)

    assert found(world, "bold move") == ["The **bold** move"]
    assert found(world, "**bold") == ["My **bold** move"]


def test_finds_in_all_of_the_session_and_shows_what_is_above_the_window() -> None:
    """ux.md S7: not only in what is on show; the window grows until it holds what was found."""
    world = World()
    for number in range(WINDOW * 2):
        world.server.store("s1", f"Text {number}")
    world.start()
    world.attach(2)
    world.advance(1.0)
    for _ in range(8):
        world.ask("load_older", view=2)
        world.advance(1.0)
    world.attach(1)
    (far,) = found(world, "Text 17")[:1]
    assert far not in {one.key for one in world.show().messages}

    world.ask("reach", message=far)

    assert far in {one.key for one in world.show().messages}
    assert len(found(world, "t")) == WINDOW * 2 < MAX_FOUND


def test_tells_the_newest_where_there_are_too_many(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody goes through a thousand."""
    monkeypatch.setattr("threadline.core.finding.MAX_FOUND", 2)
    for text in ("One t", "Two t", "Three t"):
        world.server.post("s1", text)
    world.advance(1.0)

    assert found(world, "t") == ["Two t", "Three t"]


def test_gives_a_message_as_it_was_written(world: World) -> None:
    """ux.md M17: Markdown, not what it looks like."""
    world.server.post("s1", "**Bold**")
    world.advance(1.0)
    key = world.show().messages[0].key
    before = len(world.answers)

    world.ask("copy", message="nobody's")
    world.ask("copy", message=key)

    ((view, answer),) = world.answers[before:]
    assert view == 1
    assert json.loads(answer) == {"type": "source", "message": key, "content": "**Bold**"}

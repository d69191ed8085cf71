"""SPEC.md shows the tables that the code has, and the words that a person reads."""

from __future__ import annotations

from pathlib import Path

from threadline.core.connection import ConnectionState
from threadline.core.connection_doc import projection_table, transition_table
from threadline.core.session_view import Health
from threadline.ui.words import say

SPEC = (Path(__file__).parents[2] / "SPEC.md").read_text("utf-8")
HINT = "print it with threadline.core.connection_doc"


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its head."""
    section = SPEC.partition(heading)[2].partition("\n#")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_transition_table_is_the_codes() -> None:
    """SPEC.md C1: word for word."""
    assert transition_table() in SPEC, HINT


def test_the_projection_is_the_codes() -> None:
    """SPEC.md C2: word for word."""
    assert projection_table() in SPEC, HINT


def test_the_words_on_the_badge_are_the_codes() -> None:
    """Roadmap section 9.1: one word for each of the six states."""
    words = [[state.value, say(f"badge_{state.value}")] for state in ConnectionState]

    assert rows("### 1.4") == words


def test_every_health_is_explained_in_the_words_of_the_tooltip() -> None:
    """SPEC.md V3: none is left out, and none is said in other words."""
    told = {row[2]: row[3] for row in rows("### 1.3")}

    assert told == {health.value: say(f"health_{health.value}") for health in Health}


def test_the_explained_states_are_the_six() -> None:
    """A misspelt state would be explained to nobody."""
    assert {row[1] for row in rows("### 1.3")} == {state.value for state in ConnectionState}

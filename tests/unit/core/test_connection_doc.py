"""The connection machine can be printed for SPEC.md."""

from __future__ import annotations

from threadline.core.connection import Phase, Signal
from threadline.core.connection_doc import projection_table, transition_table


def test_the_transition_table_has_a_row_per_phase_and_a_column_per_signal() -> None:
    """SPEC.md C1: a phase that stays is a dot, so that the eye finds the changes."""
    lines = transition_table().splitlines()

    assert lines[0] == "|  | " + " | ".join(signal.name for signal in Signal) + " |"
    assert lines[2] == "| IDLE | OPENING | · | · | · | · | · | · | · | POLLING |"
    assert [line.split(" | ")[0] for line in lines[2:]] == [f"| {phase.name}" for phase in Phase]


def test_the_projection_has_a_row_per_phase() -> None:
    """SPEC.md C2: in the words of the attribute."""
    lines = projection_table().splitlines()

    assert lines[0] == "| phase | state |"
    assert lines[2] == "| IDLE | `disconnected` |"
    assert len(lines) == 2 + len(Phase)

"""The connection machine as Markdown: the two tables that SPEC.md holds, word for word."""

from __future__ import annotations

from .connection import PUBLIC_STATE, TRANSITIONS, Signal

__all__ = ["projection_table", "transition_table"]


def transition_table() -> str:
    """Return the transition table: a row per phase, a column per signal, `·` for no change."""
    head = ["", *(signal.name for signal in Signal)]
    rows = [
        [phase.name, *("·" if to is phase else to.name for to in row.values())]
        for phase, row in TRANSITIONS.items()
    ]
    return _markdown(head, rows)


def projection_table() -> str:
    """Return which of the six public states each phase is shown as."""
    rows = [[phase.name, f"`{state.value}`"] for phase, state in PUBLIC_STATE.items()]
    return _markdown(["phase", "state"], rows)


def _markdown(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)

"""The line above a turn's steps: "Worked for 42 s · 7 steps · 1 failed"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .messages import step_state
from .rows import TurnRow
from .words import plural, say

if TYPE_CHECKING:
    from .rows import StepState
    from .turns import Turn

__all__ = ["FEWEST_STEPS", "duration_words", "turn_row"]

FEWEST_STEPS: Final = 2  # a single step says all this by itself
MAX_REASON: Final = 80  # characters: what fits into two lines of a panel
INTERRUPTED: Final = frozenset({"interrupted", "cancelled"})


def turn_row(turn: Turn, *, running: bool, is_open: bool) -> TurnRow | None:
    """The summary of `turn`, or None if it has too few steps to need one.

    Args:
        turn: The turn.
        running: Whether its run still goes on.
        is_open: Whether its steps are unfolded by themselves.
    """
    stored = [answer for answer in turn.answers if answer.index is not None]
    steps = len(stored) + len(turn.provisional)
    if steps < FEWEST_STEPS:
        return None
    states: list[StepState] = [
        _stored_state(answer.message.status, answer.message.error) for answer in stored
    ]
    states += [step_state(told.status, stored=False) for told in turn.provisional]
    failed = states.count("failed")
    stopped = None if running else _stopped(turn, steps)
    state: StepState = "running" if running else "done" if states[-1] == "running" else states[-1]
    return TurnRow(
        key=f"turn:{turn.user.message.key if turn.user else ''}",
        state=state,
        words=stopped or _words(turn, steps, running=running),
        # A single failure at which the run stopped has been said then.
        failed_words=plural("turn_failed", failed) if failed > (stopped is not None) else "",
        is_open=is_open,
    )


def _words(turn: Turn, steps: int, *, running: bool) -> str:
    """How far it has come, or how it ended."""
    if running:
        return " · ".join((say("turn_working"), say("working_step", number=steps)))
    last = turn.answers[-1].message if turn.answers else None
    if last is not None and last.status in INTERRUPTED:
        return plural("turn_interrupted", steps)
    return " · ".join(part for part in (_worked(turn), plural("turn_steps", steps)) if part)


def _stopped(turn: Turn, steps: int) -> str | None:
    """At which step the run stopped and why, or None where its end is no failure (ux.md 5.5)."""
    last = turn.answers[-1] if turn.answers and not turn.provisional else None
    if last is None or _stored_state(last.message.status, last.message.error) != "failed":
        return None
    number = steps if last.index is None else last.index + 1
    reason = "" if last.message.error is None else " ".join(last.message.error.message.split())
    if not reason:
        return say("turn_stopped", number=number)
    return say("turn_stopped_because", number=number, reason=reason[:MAX_REASON])


def _stored_state(status: str, error: object) -> StepState:
    """How a stored step went."""
    return "failed" if error is not None else step_state(status, stored=True)


def _worked(turn: Turn) -> str:
    """How long the turn took by the server's clock, or "" where that cannot be told."""
    if turn.user is None or not turn.answers:
        return ""
    seconds = int(turn.answers[-1].message.timestamp - turn.user.message.timestamp)
    return say("turn_worked", duration=duration_words(seconds)) if seconds > 0 else ""


def duration_words(seconds: int) -> str:
    """`seconds` as "42 s" or "3 min 20 s"."""
    minutes, rest = divmod(seconds, 60)
    if minutes == 0:
        return say("turn_seconds", seconds=rest)
    return say("turn_minutes", minutes=minutes, seconds=rest)

"""Attempts that are being written down: none goes out before that is durable (sync.md O1, W2).

The row is written in a transaction that asserts the engine's term, so the answer says two things:
that an engine which dies now is followed by one that knows of the attempt, and that none has
followed this one. An engine that stood still meanwhile cannot rely on the second, so an answer
counts for `NOTE_TRUST` seconds only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .model import OutboxEntry
    from .outbox_slot import Slot

__all__ = ["NOTE_PAUSE", "Begun", "deadlines", "noting", "overdue"]

NOTE_PAUSE: Final = 5.0  # seconds until it is tried again to write down that an attempt begins


class Begun(NamedTuple):
    """An entry that is to go out once it is written down, and the question of that order."""

    entry: OutboxEntry
    question: int


def noting(slots: Iterable[Slot], question: int) -> Slot | None:
    """Return the slot whose attempt is being written down under `question`, if it still is."""
    for slot in slots:
        if slot.note is not None and slot.note.question == question:
            return slot
    return None


def overdue(slots: Iterable[Slot], now: float) -> list[int]:
    """Return the questions that the disk has not answered in time."""
    notes = [slot.note for slot in slots if slot.note is not None]
    return [note.question for note in notes if note.until <= now]


def deadlines(slots: Iterable[Slot]) -> list[float]:
    """Return the monotonic seconds at which the answers that are awaited are overdue."""
    return [slot.note.until for slot in slots if slot.note is not None]

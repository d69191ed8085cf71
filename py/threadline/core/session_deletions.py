"""Sessions that are about to be deleted, and those that are: what the list leaves out.

A deletion can be undone for a while; one at a time. `session_list` has the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .model import SessionId
    from .session_summary import SessionSummary

__all__ = ["UNDO_LIMIT", "Deletion", "Deletions"]

UNDO_LIMIT: Final = 6.0  # seconds in which a deletion can be undone (ux.md S6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A session that is about to be deleted.

    Attributes:
        session: As the list showed it.
        due: The monotonic second at which it goes.
        views: Which views showed it.
    """

    session: SessionSummary
    due: float
    views: tuple[int, ...]


class Deletions:
    """What is under way, and what is done in this life of the engine.

    Attributes:
        pending: Can still be undone.
        asked: The server was asked to delete these.
        done: No view is led to these any more.
    """

    def __init__(self) -> None:
        self.pending: Deletion | None = None
        self.asked: set[SessionId] = set()
        self.done: set[SessionId] = set()

    def takes(self, session_id: SessionId) -> bool:
        """Whether the session was deleted, or is about to be."""
        return session_id in self.all()

    def all(self) -> set[SessionId]:
        """Return every session that was deleted, or is about to be."""
        pending = set() if self.pending is None else {self.pending.session.id}
        return pending | self.asked | self.done

    def forget(self) -> None:
        """It is another account, or another server."""
        self.pending = None
        self.asked.clear()
        self.done.clear()

    def next_deadline(self) -> float | None:
        """Return the monotonic second at which a deletion is to be carried out, if any."""
        return None if self.pending is None else self.pending.due

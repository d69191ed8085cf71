"""Which sessions are on disk, how much each holds, and when it was viewed: what goes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .session_summary import SessionSummary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .model import SessionId
    from .stored_session import Coverage

__all__ = ["MAX_STORED_MESSAGES", "MAX_STORED_SESSIONS", "StoredIndex"]

MAX_STORED_SESSIONS: Final = 100  # on disk; the one that was viewed longest ago goes first
MAX_STORED_MESSAGES: Final = 20_000  # on disk, of all sessions together


class StoredIndex:
    """The sessions on disk, and the order in which all sessions were viewed.

    Viewings are counted, not timed: a clock may be wrong, a count never is (sync.md 2.12).
    """

    def __init__(self) -> None:
        self._counts: dict[SessionId, int] = {}
        self._viewed: dict[SessionId, int] = {}
        self._views = 0
        self._summaries: dict[SessionId, SessionSummary] = {}

    def describe(self, session_id: SessionId, coverage: Coverage) -> None:
        """Note what the session list says of a session that is on disk, or about to be."""
        self._summaries[session_id] = SessionSummary(
            id=session_id,
            title=coverage.title or "",
            status=coverage.status,
            updated_at=coverage.updated_at,
        )

    def summaries(self) -> list[SessionSummary]:
        """Return what is known of the sessions on disk that hold a message, in no order."""
        return [one for one in self._summaries.values() if self._counts.get(one.id)]

    def view(self, session_id: SessionId) -> None:
        """The session is shown."""
        self._views += 1
        self._viewed[session_id] = self._views

    def viewed(self, session_id: SessionId) -> int:
        """Return when the session was shown last; 0: never. The higher, the later."""
        return self._viewed.get(session_id, 0)

    def put(self, session_id: SessionId, count: int) -> None:
        """The session is on disk, with so many messages."""
        self._counts[session_id] = count

    def take_out(self, session_ids: Iterable[SessionId]) -> None:
        """These sessions are not on disk any more."""
        for session_id in session_ids:
            self._counts.pop(session_id, None)
            self._summaries.pop(session_id, None)

    def replace(self, stored: Mapping[SessionId, tuple[int, int]]) -> None:
        """The disk holds exactly these sessions: how many messages of each, and when viewed.

        What was viewed in this life is later than all that was viewed before it.
        """
        before = max((viewed for _, viewed in stored.values()), default=0)
        self._counts = {one: count for one, (count, _) in stored.items()}
        earlier = {one: viewed for one, (_, viewed) in stored.items()}
        self._viewed = earlier | {one: before + at for one, at in self._viewed.items()}
        self._views += before

    def clear(self) -> None:
        """Nothing is known of any disk."""
        self._counts.clear()
        self._viewed.clear()
        self._summaries.clear()
        self._views = 0

    def longest_ago(self, used: set[SessionId]) -> list[SessionId]:
        """Return the sessions on disk that are not `used`, the one viewed longest ago first."""
        return sorted((one for one in self._counts if one not in used), key=self.viewed)

    def too_many(self, used: set[SessionId]) -> list[SessionId]:
        """Return the sessions that must go so that the disk is within its bounds."""
        sessions, messages = len(self._counts), sum(self._counts.values())
        going: list[SessionId] = []
        for session_id in self.longest_ago(used):
            if sessions <= MAX_STORED_SESSIONS and messages <= MAX_STORED_MESSAGES:
                break
            sessions, messages = sessions - 1, messages - self._counts[session_id]
            going.append(session_id)
        return going

"""What of an account's sessions is on disk, and when what changed is written.

One database at a time. A change is written at most `SAVE_DELAY` after it came: only what differs
from the rows there, records and coverage in one transaction. So the coverage may lag behind the
records and never leads (sync.md D1 to D4). What cannot be written stays in memory alone, and the
person is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .effects import DropSessions, EraseStore, LoadSession, OpenStore, SaveSession
from .errors import RejectedPayload
from .session_view import StorageHealth
from .stored_index import StoredIndex
from .stored_session import coverage_from, coverage_row, image_of, record_row, session_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .effects import Effect
    from .events import StoreCause
    from .model import Message, MessageId, SessionId
    from .session import Session
    from .stored_session import SessionImage

__all__ = [
    "ANSWER_LIMIT",
    "RETRY_PAUSE",
    "SAVE_DELAY",
    "Saving",
]

SAVE_DELAY: Final = 0.1  # seconds a change may wait, so that a burst is one write (sync.md D2)
ANSWER_LIMIT: Final = 5.0  # seconds until a database that does not answer counts as failing
RETRY_PAUSE: Final = 60.0  # seconds until one that failed is tried again

_Mark = tuple[object, ...]
_Order = OpenStore | LoadSession | SaveSession | DropSessions


@dataclass(slots=True)
class _Kept:
    """What is on disk of one session in memory.

    Attributes:
        messages: The version of each message that its row holds; None: not known, so that the next
            save writes the session as a whole.
        coverage: Its coverage row, or "".
        mark: How the session stood at the last save, or when it was loaded.
        is_loading: Its rows were asked for, and nothing is written before they are here.
        is_saving: A save is under way.
    """

    messages: dict[MessageId, Message] | None = None
    coverage: str = ""
    mark: _Mark = ()
    is_loading: bool = False
    is_saving: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    """An order under way: which, by when it must be answered, and what holds once it is done."""

    order: _Order
    due: float
    messages: dict[MessageId, Message]


class Saving:
    """The store of the account whose sessions are in memory.

    Attributes:
        database: Its name, or None while it is not known whose sessions these are.
        health: Whether what changes is written; not so in memory mode.
        index: What is on disk.
    """

    def __init__(self) -> None:
        self.database: str | None = None
        self.health = StorageHealth.SAVED
        self._is_open = False
        self._questions = 0
        self._asked: dict[int, _Asked] = {}
        self._kept: dict[SessionId, _Kept] = {}
        self.index = StoredIndex()
        self._due: dict[SessionId, float] = {}
        self._failures = 0
        self._has_made_room = False
        self._retry_at: float | None = None

    # --- whose ------------------------------------------------------------------------------

    def open(self, database: str, now: float) -> list[Effect]:
        """Use the database `database` from now on. Another one is closed first."""
        assert self.database is None, "one database at a time"
        self.database, self.health = database, StorageHealth.SAVED
        return self._open(now)

    def close(self, sessions: Mapping[SessionId, Session], now: float) -> list[Effect]:
        """Write what is not written yet, and use no database any more."""
        for session_id in self._due:
            self._due[session_id] = now
        effects = self._saves(sessions, now)
        self._forget()
        self.database = None
        return effects

    def erase(self) -> list[Effect]:
        """Delete the database, with all that is in it, and use none any more."""
        if self.database is None:
            return []
        erased, self.database = EraseStore(self.database), None
        self._forget()
        return [erased]

    def lost(self, database: str, now: float) -> list[Effect]:
        """Somebody deleted the database: make it anew, and write everything into it."""
        if database != self.database:
            return []
        self._asked.clear()
        return self._open(now)

    # --- what the disk said -------------------------------------------------------------------

    def opened(
        self, question: int, rows: Iterable[tuple[SessionId, str]], now: float, *, is_newer: bool
    ) -> list[Effect]:
        """The database is open; `rows` are its coverage rows."""
        if self._asked.pop(question, None) is None:
            return []
        self._is_open, self._failures = True, 0
        self.health = StorageHealth.NEWER if is_newer else StorageHealth.SAVED
        damaged: list[SessionId] = []
        stored: dict[SessionId, tuple[int, int]] = {}
        for session_id, row in rows:
            try:
                coverage = coverage_from(row)
            except RejectedPayload:
                damaged.append(session_id)
                continue
            stored[session_id] = (coverage.count, coverage.viewed)
            self.index.describe(session_id, coverage)
        self.index.replace(stored)
        return self.drop(damaged, now)

    def loaded(
        self, question: int, coverage: str | None, records: Iterable[str], now: float
    ) -> tuple[SessionImage | None, str | None, list[Effect]]:
        """Return the session asked for, what is wrong with it, and what to do: bad rows go."""
        asked = self._asked.pop(question, None)
        if asked is None or not isinstance(asked.order, LoadSession):
            return None, None, []
        session_id = asked.order.session_id
        kept = self._kept[session_id] = _Kept()
        if coverage is None:
            return None, None, []
        try:
            image = session_from(session_id, coverage, records)
        except RejectedPayload as fault:
            return None, str(fault), self.drop([session_id], now)
        kept.messages = {message.id: message for message in image.messages}
        kept.coverage = coverage
        return image, None, []

    def saved(self, question: int, shown: Iterable[SessionId], now: float) -> list[Effect]:
        """A write is done. `shown` are the sessions on show, of which nothing is let go."""
        asked = self._asked.pop(question, None)
        if asked is None or not isinstance(asked.order, SaveSession):
            return []
        self._failures, self._has_made_room = 0, False
        session_id = asked.order.session_id
        kept = self._kept.get(session_id)
        if kept is not None:  # else it was removed meanwhile
            self.index.put(session_id, len(asked.messages))
            kept.is_saving = False
            kept.messages, kept.coverage = asked.messages, asked.order.coverage
        return self.drop(self.index.too_many(self._used(shown) | {session_id}), now)

    def failed(
        self, question: int, cause: StoreCause, shown: Iterable[SessionId], now: float
    ) -> list[Effect]:
        """An order was not carried out; nothing of it was written."""
        asked = self._asked.pop(question, None)
        if asked is None:
            return []
        match asked.order:
            case SaveSession(session_id=session_id):
                return self._not_saved(session_id, cause, {*shown, session_id}, now)
            case LoadSession(session_id=session_id):
                self._kept[session_id] = _Kept()  # as if nothing were there: all is written anew
                return self._again(now) if cause == "lost" else []
            case OpenStore():
                return self._again(now)
            case _:
                return []  # cached rows that stay longer than they should harm nobody

    # --- what is in memory --------------------------------------------------------------------

    def is_clean(self, session_id: SessionId) -> bool:
        """Whether nothing of the session waits to be read or written."""
        kept = self._kept.get(session_id)
        if kept is not None and (kept.is_loading or kept.is_saving):
            return False
        return session_id not in self._due or not self._may_save

    def forget(self, session_id: SessionId) -> None:
        """The session is not in memory any more."""
        self._kept.pop(session_id, None)
        self._due.pop(session_id, None)

    def begin(
        self, sessions: Mapping[SessionId, Session], now: float, *, may_write: bool = True
    ) -> list[Effect]:
        """Return what is to be read and written now. Notices by itself what has changed.

        Without `may_write` what is due to be written waits: its deadline has come, so the timer
        rings at once.
        """
        if self.database is None:
            return []
        effects: list[Effect] = []
        if self._retry_at is not None and self._retry_at <= now:
            self._retry_at = None
            effects += self._open(now)
        if any(asked.due <= now for asked in self._asked.values()):
            self._give_up(StorageHealth.FAILING, now)
        for session_id, session in sessions.items():
            kept = self._kept.get(session_id)
            if kept is None:
                effects += self._load(session_id, now)
                continue
            waits = kept.is_loading or kept.is_saving or session_id in self._due
            if not waits and self._mark(session) != kept.mark:
                self._due[session_id] = now + SAVE_DELAY
        return effects + self._saves(sessions, now) if may_write else effects

    def next_deadline(self) -> float | None:
        """Return the monotonic second at which something is to be written or given up, if any."""
        dues = [asked.due for asked in self._asked.values()]
        if self._may_save:
            dues += self._due.values()
        if self._retry_at is not None:
            dues.append(self._retry_at)
        return min(dues, default=None)

    # --- inside -------------------------------------------------------------------------------

    @property
    def _may_save(self) -> bool:
        return self._is_open and self.health is StorageHealth.SAVED

    def _forget(self) -> None:
        self._is_open = self._has_made_room = False
        self._failures, self._retry_at = 0, None
        for known in (self._asked, self._kept, self._due):
            known.clear()
        self.index.clear()

    def _ask(
        self, order: _Order, now: float, messages: dict[MessageId, Message] | None = None
    ) -> list[Effect]:
        self._asked[order.question] = _Asked(order, now + ANSWER_LIMIT, messages or {})
        return [order]

    def _number(self) -> int:
        self._questions += 1
        return self._questions

    def _open(self, now: float) -> list[Effect]:
        assert self.database is not None, "only a known database is opened"
        self._is_open = False
        for kept in self._kept.values():
            # What the disk holds is not known any more, but what was read of it was read.
            kept.messages, kept.coverage, kept.mark = None, "", ()
            kept.is_saving = kept.is_loading = False
        return self._ask(OpenStore(self._number(), self.database), now)

    def _load(self, session_id: SessionId, now: float) -> list[Effect]:
        assert self.database is not None, "only a known database is read"
        # A database that is being opened is asked at once; one that failed is not.
        answers = self._retry_at is None
        self._kept[session_id] = _Kept(is_loading=answers)
        if not answers:
            return []
        return self._ask(LoadSession(self._number(), self.database, session_id), now)

    def _saves(self, sessions: Mapping[SessionId, Session], now: float) -> list[Effect]:
        if not self._may_save:
            return []
        effects: list[Effect] = []
        for session_id in [one for one, due in self._due.items() if due <= now]:
            del self._due[session_id]
            session, kept = sessions.get(session_id), self._kept.get(session_id)
            if session is not None and kept is not None and not kept.is_saving:
                effects += self._save(session, kept, now)
        return effects

    def _save(self, session: Session, kept: _Kept, now: float) -> list[Effect]:
        assert self.database is not None, "only a known database is written"
        kept.mark = self._mark(session)
        image = image_of(session, self.index.viewed(session.id))
        if image is None:
            return []
        self.index.describe(session.id, image.coverage)
        messages = {message.id: message for message in image.messages}
        before = kept.messages or {}
        changed = [one for one in image.messages if before.get(one.id) is not one]
        removed = tuple(message_id for message_id in before if message_id not in messages)
        coverage = coverage_row(image.coverage)
        if not changed and not removed and coverage == kept.coverage:
            return []
        order = SaveSession(
            self._number(),
            self.database,
            session.id,
            records=tuple((message.id, record_row(message)) for message in changed),
            removed=removed,
            coverage=coverage,
            is_whole=kept.messages is None,
        )
        kept.is_saving = True
        return self._ask(order, now, messages)

    def _not_saved(
        self, session_id: SessionId, cause: StoreCause, used: set[SessionId], now: float
    ) -> list[Effect]:
        kept = self._kept.get(session_id)
        if kept is not None:
            kept.is_saving, kept.mark = False, ()
        if cause == "lost":
            return self._again(now)
        if cause == "quota":
            others = self.index.longest_ago(self._used(used))
            if self._has_made_room or not others:
                self._give_up(StorageHealth.FULL, now)
                return []
            self._has_made_room = True
            self._due[session_id] = now
            return self.drop(others[: (len(others) + 1) // 2], now)
        self._failures += 1
        if self._failures > 1:
            self._give_up(StorageHealth.FAILING, now)
        return []

    def _again(self, now: float) -> list[Effect]:
        """Open the database once more; a second failure in a row is one of the disk."""
        self._failures += 1
        if self._failures > 1:
            self._give_up(StorageHealth.FAILING, now)
            return []
        self._asked.clear()
        return self._open(now)

    def _give_up(self, health: StorageHealth, now: float) -> None:
        """Go on in memory alone, and try again later. Late answers are answers to nothing."""
        self._asked.clear()
        self._is_open, self._has_made_room = False, False
        self.health, self._failures = health, 0
        self._retry_at = now + RETRY_PAUSE
        for kept in self._kept.values():
            kept.messages, kept.coverage, kept.mark = None, "", ()
            kept.is_loading = kept.is_saving = False

    def _mark(self, session: Session) -> _Mark:
        """Return what tells whether anything that is stored may have changed."""
        history = session.history
        transcript, viewed = history.transcript, self.index.viewed(session.id)
        state = (
            history.loading.has_older,
            len(history.unsettled),
            session.title,
            session.status,
            session.read_to,
            viewed,
        )
        return (transcript, transcript.version, transcript.base, *state)

    def _used(self, used: Iterable[SessionId]) -> set[SessionId]:
        """Return the sessions of which no row may go.

        One that is being read or written is used: what its rows are is known afterwards only.
        """
        busy = {one for one, kept in self._kept.items() if kept.is_loading or kept.is_saving}
        return busy | set(used)

    def drop(self, sessions: list[SessionId], now: float) -> list[Effect]:
        """Delete all rows of these sessions: they can be read again, or are not wanted any more."""
        if not sessions or self.health is StorageHealth.NEWER or self.database is None:
            return []
        self.index.take_out(sessions)
        for session_id in sessions:
            kept = self._kept.get(session_id)
            if kept is not None:
                kept.messages, kept.coverage = None, ""
        return self._ask(DropSessions(self._number(), self.database, tuple(sessions)), now)

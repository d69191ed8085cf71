"""A desk for tests of `core.saving`: sessions, what saves them, a clock, and a disk that answers.

desk = Desk()
desk.session(ONE, 1, 2)     # a session of two messages
desk.open()                 # the database is open, and empty
desk.load()
order = desk.save()         # the one save that follows
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from threadline.core.effects import DropSessions, LoadSession, OpenStore, SaveSession
from threadline.core.model import SessionId
from threadline.core.saving import SAVE_DELAY, Saving
from threadline.core.session import Session
from threadline.core.stored_session import Coverage, coverage_row

from .builders import message, moment

if TYPE_CHECKING:
    from threadline.core.effects import Effect
    from threadline.core.events import StoreCause
    from threadline.core.session_view import StorageHealth

DB: Final = "db"
ONE: Final = SessionId("s1")
TWO: Final = SessionId("s2")


class Desk:
    """A `Saving` with the sessions it saves, and a clock."""

    def __init__(self) -> None:
        self.saving = Saving()
        self.sessions: dict[SessionId, Session] = {}
        self.now = 0.0

    def session(self, session_id: SessionId, *sequences: int) -> Session:
        """Make a session that holds these messages, and claims from the first number on."""
        session = self.sessions[session_id] = Session(session_id, lambda: 0.0)
        for sequence in sequences:
            session.ingest(message(sequence), moment(self.now))
        session.history.transcript.claim_from(1)
        return session

    def open(self, *rows: tuple[SessionId, str], is_newer: bool = False) -> list[Effect]:
        """Open the database, which holds these coverage rows."""
        (order,) = self.saving.open(DB, self.now)
        assert isinstance(order, OpenStore)
        return self.saving.opened(order.question, rows, self.now, is_newer=is_newer)

    def begin(self, after: float = 0.0) -> list[Effect]:
        """Return what is ordered, some time later."""
        self.now += after
        return self.saving.begin(self.sessions, self.now)

    def load(self, coverage: str | None = None, *records: str) -> None:
        """Answer all loads that are ordered now, with these rows."""
        for order in self.begin():
            assert isinstance(order, LoadSession)
            self.saving.loaded(order.question, coverage, records, self.now)

    def save(self) -> SaveSession:
        """Return the one save that a change leads to."""
        assert [one for one in self.begin() if not isinstance(one, DropSessions)] == []
        (order,) = self.begin(SAVE_DELAY)
        assert isinstance(order, SaveSession)
        return order

    def saved(self, order: SaveSession) -> list[Effect]:
        """The save is done."""
        return self.saving.saved(order.question, [], self.now)

    def fail(self, question: int, cause: StoreCause) -> list[Effect]:
        """An order was not carried out."""
        return self.saving.failed(question, cause, [], self.now)

    @property
    def health(self) -> StorageHealth:
        """How saving stands now."""
        return self.saving.health


def row(count: int = 1, viewed: int = 0) -> str:
    """Return a coverage row."""
    return coverage_row(Coverage(base=1, known=(), count=count, viewed=viewed))

"""A disk that fits in a test: the databases of the stored sessions, as IndexedDB keeps them.

Follows what `extension/records_store.js` does: an order is done whole or not at all, and a write by
an engine that is not the last to have taken the term changes nothing. It outlives engines: give the
same disk to the next `World`. Faults are set, and stay until they are taken away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from threadline.core.effects import DropSessions, EraseStore, LoadSession, OpenStore, SaveSession
from threadline.core.events import Fenced, Saved, SessionLoaded, StoreFailed, StoreOpened

if TYPE_CHECKING:
    from threadline.core.effects import StoreOrder
    from threadline.core.events import Event, StoreCause
    from threadline.core.model import MessageId, SessionId

__all__ = ["Database", "Disk"]


@dataclass
class Database:
    """What one account's database holds: rows by key, and the term."""

    term: int = 0
    records: dict[SessionId, dict[MessageId, str]] = field(default_factory=dict)
    coverage: dict[SessionId, str] = field(default_factory=dict)


@dataclass
class Disk:
    """Every database of the browser.

    Attributes:
        term: That of the engine which took it last.
        databases: By name.
        fails: Every order is answered so; `hang`: not at all.
        failures: How many more orders fail; None: all.
        outbox_fails: What befalls writes of outbox rows.
        is_newer: A newer version of Threadline made what is here.
        writes: The saves that were done, in order.
    """

    term: int = 0
    databases: dict[str, Database] = field(default_factory=dict)
    fails: StoreCause | Literal["hang"] | None = None
    failures: int | None = None
    outbox_fails: Literal["failed", "hang"] | None = None
    is_newer: bool = False
    writes: list[SaveSession] = field(default_factory=list)

    def take_term(self) -> int:
        """An engine begins: return its term."""
        self.term += 1
        return self.term

    def only(self) -> Database:
        """Return the one database that is here."""
        (database,) = self.databases.values()
        return database

    def perform(self, order: StoreOrder, term: int) -> Event | None:
        """Do as an engine with `term` orders; return what it is told, if anything."""
        if isinstance(order, EraseStore):
            self.databases.pop(order.database, None)
            return None
        if self._is_failing():
            if self.fails is None or self.fails == "hang":
                return None
            return StoreFailed(order.question, self.fails)
        match order:
            case OpenStore(question, name):
                return self._open(question, name, term)
            case LoadSession(question, name, session_id):
                database = self.databases.get(name, Database())
                records = tuple(database.records.get(session_id, {}).values())
                return SessionLoaded(question, database.coverage.get(session_id), records)
            case _:
                return self._write(order, term)

    def _is_failing(self) -> bool:
        if self.fails is None or self.failures == 0:
            return False
        if self.failures is not None:
            self.failures -= 1
        return True

    def _open(self, question: int, name: str, term: int) -> Event:
        database = self.databases.setdefault(name, Database())
        if database.term > term:
            return Fenced()
        database.term = term
        return StoreOpened(question, tuple(database.coverage.items()), self.is_newer)

    def _write(self, order: SaveSession | DropSessions, term: int) -> Event:
        assert not self.is_newer, "what a newer version made is not written"
        database = self.databases.get(order.database)
        if database is None:
            return StoreFailed(order.question, "lost")
        if database.term > term:
            return Fenced()
        if isinstance(order, DropSessions):
            for session_id in order.sessions:
                database.records.pop(session_id, None)
                database.coverage.pop(session_id, None)
            return Saved(order.question)
        if order.is_whole:
            database.records.pop(order.session_id, None)
        rows = database.records.setdefault(order.session_id, {})
        rows.update(order.records)
        for message_id in order.removed:
            rows.pop(message_id, None)
        database.coverage[order.session_id] = order.coverage
        self.writes.append(order)
        return Saved(order.question)

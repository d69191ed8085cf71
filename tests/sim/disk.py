"""What a browser keeps on its disk: the outbox's rows and `chrome.storage.local`.

A row that a view wrote is there (strict durability). What the engine writes takes a moment; a crash
in that moment loses it, and later writes with it.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tests.support.disk import Database
from tests.support.disk import Disk as StoredSessions
from threadline.core.events import Fenced, RowNotWritten, RowWritten
from threadline.core.model import ClientMessageId, DamagedRow, Delivery, OutboxEntry

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadline.core.effects import StoreOrder
    from threadline.core.events import Event

    from .chance import Chance
    from .schedule import Schedule

__all__ = ["Disk"]

EVERY: Final = 4  # orders from one remembered image of the databases to the next
DAMAGED_OUTBOX: Final = 0.3  # of the damaged rows are of the outbox
WRITE: Final = (0.001, 0.03)  # seconds until a write is durable


class Disk:
    """One browser's profile folder.

    Attributes:
        rows: The outbox rows, durable ones only.
        storage: `chrome.storage.local`, as JSON text.
        stored: The databases of the stored sessions.
        unreadable: The outbox rows that an engine found and could not read.
    """

    def __init__(self, schedule: Schedule, chance: Chance) -> None:
        self.rows: dict[ClientMessageId, OutboxEntry] = {}
        self.storage: dict[str, str] = {}
        self.unwritten: dict[ClientMessageId, OutboxEntry] = {}  # what a defect keeps in memory
        self.stored = StoredSessions()
        self._damaged: set[ClientMessageId] = set()
        self.unreadable: set[ClientMessageId] = set()
        self._schedule = schedule
        self._chance = chance
        self._free_at = 0.0
        self._orders = 0
        self._images: list[dict[str, Database]] = []
        self._power = 0  # counts crashes: what was under way before one is lost

    def write_row(self, entry: OutboxEntry) -> bool:
        """A view writes its intake row, and waits for it; return whether that worked."""
        if self._chance.hits("quota"):
            return False
        self.rows[entry.client_message_id] = entry
        return True

    def next_ordinal(self) -> int:
        """Return one more than the highest in the store, as `outbox_store.js` counts it."""
        return max([0, *(row.ordinal for row in self.rows.values())]) + 1

    def update_row(
        self, entry: OutboxEntry, question: int | None, term: int, tell: Callable[[Event], None]
    ) -> None:
        """The engine of `term` writes down the whole of an entry."""

        def write() -> None:
            if question is not None and self._chance.hits("row not written"):
                tell(RowNotWritten(question))
                return
            has_failed = entry.delivery is Delivery.FAILED
            self._damaged.discard(entry.client_message_id)
            self.rows[entry.client_message_id] = replace(
                entry,
                delivery=Delivery.FAILED if has_failed else Delivery.QUEUED,
                reason=entry.reason if has_failed else None,
            )
            if question is not None:
                tell(RowWritten(question))

        self._later(lambda: self._as_engine(term, tell, write))

    def delete_row(
        self, client_message_id: ClientMessageId, term: int, tell: Callable[[Event], None]
    ) -> None:
        """The engine of `term` deletes a row."""

        def delete() -> None:
            self.rows.pop(client_message_id, None)

        self._later(lambda: self._as_engine(term, tell, delete))

    def write(self, key: str, value: str | None) -> None:
        """Write one key of `chrome.storage.local`; None removes it."""

        def act() -> None:
            if value is None:
                self.storage.pop(key, None)
            else:
                self.storage[key] = value

        self._later(act)

    def store(self, order: StoreOrder, term: int, tell: Callable[[Event], None]) -> None:
        """The engine of `term` orders something of the stored sessions."""

        def act() -> None:
            outcome = self.stored.perform(order, term)
            if outcome is not None:
                tell(outcome)
            self._orders += 1
            if self._orders % EVERY == 0 and self._chance.has("older image"):
                self._images = [*self._images[-2:], deepcopy(self.stored.databases)]

        self._later(act)

    def unsent(self) -> tuple[OutboxEntry, ...]:
        """Return what a new engine reads."""
        rows = sorted(self.rows.values(), key=lambda row: row.ordinal)
        return tuple(row for row in rows if row.client_message_id not in self._damaged)

    def damaged(self) -> tuple[DamagedRow, ...]:
        """Return what a new engine finds in the outbox and cannot read."""
        damaged = [row for key, row in self.rows.items() if key in self._damaged]
        self.unreadable |= {row.client_message_id for row in damaged}
        return tuple(DamagedRow(key=row.client_message_id, text=row.content) for row in damaged)

    def damage(self, draw: float) -> str | None:
        """Some bits of one row are others now; return what it was a row of, if there was one."""
        places: list[tuple[dict[Any, str], Any]] = []
        for database in self.stored.databases.values():
            places += [(database.coverage, key) for key in database.coverage]
            for records in database.records.values():
                places += [(records, key) for key in records]
        if draw < DAMAGED_OUTBOX and self.rows:
            self._damaged.add(list(self.rows)[int(draw * 1000) % len(self.rows)])
            return "outbox row damaged"
        if not places:
            return None
        rows, key = places[int(draw * 100_000) % len(places)]
        rows[key] = rows[key][:-1] + "?"
        return "stored row damaged"

    def crash(self) -> None:
        """The process dies: what is not durable yet is lost."""
        self._power += 1
        if self._images and self._chance.hits("older image"):
            # What is not strictly durable may be lost further back (sync.md D3, fault 71).
            older = self._chance.pick("image", self._images)
            for name, database in deepcopy(older).items():
                if name not in self.stored.databases:
                    continue  # erased by the person, which is no write that may be lost
                database.term = max(database.term, self.stored.databases[name].term)
                self.stored.databases[name] = database

    def _as_engine(self, term: int, tell: Callable[[Event], None], act: Callable[[], None]) -> None:
        """Do what the engine of `term` orders, unless another one has followed it."""
        if term < self.stored.term:
            tell(Fenced())
        else:
            act()

    def _later(self, act: Callable[[], None]) -> None:
        power = self._power
        if self._chance.hits("write lost"):
            return
        due = max(self._free_at, self._schedule.now + self._chance.between("write", *WRITE))
        self._free_at = due
        self._schedule.at(due, lambda: act() if power == self._power else None)

"""Defects planted in what sends texts (`variants`)."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from threadline.core import outbox, rest, sending
from threadline.core.effects import DeleteOutboxRow, WriteOutboxRow
from threadline.core.events import RowWritten
from threadline.core.model import ClientMessageId, Delivery

from . import disk

if TYPE_CHECKING:
    from threadline.core.model import OutboxEntry
    from threadline.core.moment import Moment
    from threadline.core.outbox import Outbox
    from threadline.core.state import State

    from .profiles import Patch

__all__ = [
    "blind_late_resend",
    "early_look_up",
    "echo_dropped_on_ack",
    "inflight_persisted",
    "new_key_per_try",
    "outbox_after_failure",
    "parallel_sends",
    "sent_before_noted",
]


def outbox_after_failure() -> tuple[Patch, ...]:
    """The view keeps the text in memory, and writes it down once sending has failed."""
    real = disk.Disk.update_row

    def write_row(self: disk.Disk, entry: OutboxEntry) -> bool:
        self.unwritten[entry.client_message_id] = entry
        return True

    def update_row(
        self: disk.Disk, entry: OutboxEntry, question: int | None, term: int, tell: Any
    ) -> None:
        is_late = entry.client_message_id not in self.rows
        if not (is_late and entry.delivery is Delivery.SENDING):
            real(self, entry, question, term, tell)
        elif question is not None:
            self._later(lambda: tell(RowWritten(question)))

    return ((disk.Disk, "write_row", write_row), (disk.Disk, "update_row", update_row))


def sent_before_noted() -> tuple[Patch, ...]:
    """A text goes out at once; that it does is on disk some milliseconds later, or never."""
    real = sending.begin_due

    def begin_due(state: State, now: Moment) -> None:
        known = len(state.effects)
        real(state, now)
        for order in list(state.effects[known:]):
            if isinstance(order, WriteOutboxRow) and order.question is not None:
                sending.noted(state, RowWritten(order.question), now)

    return ((sending, "begin_due", begin_due),)


def new_key_per_try() -> tuple[Patch, ...]:
    """Every attempt has a key of its own."""
    real, tries = rest.Rest.interact, count(1)

    def interact(self: rest.Rest, entry: OutboxEntry) -> None:
        key = ClientMessageId(f"{entry.client_message_id}-{next(tries)}")
        real(self, replace(entry, client_message_id=key))

    return ((rest.Rest, "interact", interact),)


def blind_late_resend() -> tuple[Patch, ...]:
    """An unknown outcome is sent again."""

    def unknown(state: State, entry: OutboxEntry, words: str, now: Moment) -> None:
        state.outbox.failed(entry.client_message_id, words, now.monotonic)

    return ((sending, "_unknown", unknown),)


def parallel_sends() -> tuple[Patch, ...]:
    """All texts of a session go at once."""
    return ((outbox.Outbox, "_heads", outbox.Outbox._in_order),)


def echo_dropped_on_ack() -> tuple[Patch, ...]:
    """A yes removes the text."""
    real = sending._taken

    def taken(state: State, entry: OutboxEntry, body: str, now: Moment) -> None:
        if entry.session_id is None:
            real(state, entry, body, now)
            return
        state.outbox.confirmed(entry.client_message_id)
        state.effects.append(DeleteOutboxRow(entry.client_message_id))

    return ((sending, "_taken", taken),)


def inflight_persisted() -> tuple[Patch, ...]:
    """What was in the air stays in the air."""
    real = outbox.Outbox.restore

    def restore(self: Outbox, entries: Any, now: float) -> None:
        kept = list(entries)
        real(self, kept, now)
        for entry in kept:
            slot = self._slots[entry.client_message_id]
            if entry.attempts and entry.delivery is not Delivery.FAILED:
                slot.entry, slot.look_until = replace(slot.entry, delivery=Delivery.SENDING), None

    return ((outbox.Outbox, "restore", restore),)


def early_look_up() -> tuple[Patch, ...]:
    """Looked up before a slow write shows."""
    return ((outbox, "LOOK_LIMIT", 2.0), (sending, "LOOK_LIMIT", 2.0), (sending, "SETTLE", 0.5))

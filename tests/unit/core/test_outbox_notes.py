"""`core.outbox_notes`: what is being written down, and what the disk does not answer."""

from __future__ import annotations

from tests.support.builders import entry, moment
from threadline.core import outbox_notes
from threadline.core.outbox_slot import NOTE_TRUST, Slot


def slots() -> list[Slot]:
    """Return one slot that begins at second 0 under question 3, and one that waits."""
    first, second = entry("c1"), entry("c2")
    begun = Slot(first, first.client_message_id)
    begun.begin(3, moment())
    return [begun, Slot(second, second.client_message_id)]


def test_finds_what_is_being_written_down() -> None:
    """A question that nobody waits for any more has no slot."""
    begun, waiting = slots()

    assert outbox_notes.noting([waiting, begun], 3) is begun
    assert outbox_notes.noting([waiting, begun], 4) is None


def test_tells_what_the_disk_does_not_answer() -> None:
    """sync.md fault 68: a disk that hangs is not waited for."""
    known = slots()

    assert outbox_notes.deadlines(known) == [NOTE_TRUST]
    assert outbox_notes.overdue(known, NOTE_TRUST - 0.1) == []
    assert outbox_notes.overdue(known, NOTE_TRUST) == [3]

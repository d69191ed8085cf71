"""`core.outbox`: an attempt goes out once it is on disk that it does, and not before."""

from __future__ import annotations

import pytest

from tests.support.builders import entry, moment
from threadline.core.model import ClientMessageId, Delivery, OutboxEntry
from threadline.core.outbox import Outbox
from threadline.core.outbox_notes import NOTE_PAUSE
from threadline.core.outbox_slot import NOTE_TRUST
from threadline.core.server_clock import ServerClock

C1 = ClientMessageId("c1")


@pytest.fixture
def outbox() -> Outbox:
    """Return an outbox with one text."""
    made = Outbox(lambda: 0.0, ServerClock())
    made.add(entry("c1"))
    return made


def known(outbox: Outbox) -> OutboxEntry:
    """Return the text, which is there."""
    text = outbox.get(C1)
    assert text is not None
    return text


def begin(outbox: Outbox, now: float = 0.0) -> int:
    """Begin the one attempt that is due; return its question."""
    (begun,) = outbox.take_due(moment(now))
    assert begun.entry == known(outbox)
    return begun.question


def test_an_attempt_goes_out_once_it_is_on_disk(outbox: Outbox) -> None:
    """SPEC.md O1: and once only."""
    question = begin(outbox)
    assert outbox.take_due(moment()) == []

    sent = outbox.written(question, 0.1, may_send=True)

    assert sent == known(outbox)
    assert sent.delivery is Delivery.SENDING
    assert outbox.written(question, 0.2, may_send=True) is None
    assert outbox.next_deadline() is None


@pytest.mark.parametrize(
    ("now", "may_send", "is_paused"),
    [(NOTE_TRUST, True, False), (0.1, False, False), (0.1, True, True)],
)
def test_it_waits_again_where_that_does_not_count(
    outbox: Outbox, now: float, *, may_send: bool, is_paused: bool
) -> None:
    """SPEC.md O1, O6: too late, somebody else's, or signed out; it is as before it began."""
    question = begin(outbox)
    outbox.is_paused = is_paused

    waiting = outbox.written(question, now, may_send=may_send)

    assert waiting == entry("c1")


def test_a_pause_that_came_meanwhile_is_kept(outbox: Outbox) -> None:
    """SPEC.md O6: the whole queue waits as long as the server asked."""
    outbox.add(entry("c2", session="s2"))
    (_, first), (_, second) = outbox.take_due(moment())
    outbox.written(first, 0.0, may_send=True)
    outbox.told_to_wait(20.0, 0.0)

    waiting = outbox.written(second, 0.1, may_send=True)

    assert waiting is not None
    assert waiting.delivery is Delivery.QUEUED
    assert outbox.next_deadline() == 20.0


def test_what_cannot_be_written_is_tried_again(outbox: Outbox) -> None:
    """SPEC.md O7: with words, and the moment of the next try."""
    question = begin(outbox)
    assert outbox.next_deadline() == NOTE_TRUST

    outbox.not_written(question, "Full.", 1.0)
    outbox.not_written(question, "Again.", 2.0)

    assert (known(outbox).delivery, known(outbox).reason) == (Delivery.QUEUED, "Full.")
    assert (known(outbox).attempts, known(outbox).first_sent_at) == (0, None)
    assert outbox.due_at(C1) == 1.0 + NOTE_PAUSE


def test_what_only_begins_can_be_taken_back(outbox: Outbox) -> None:
    """SPEC.md O9: it is in nobody's hands yet; what was written then says so."""
    question = begin(outbox)
    assert outbox.take_unwritten(NOTE_TRUST) == [question]
    assert outbox.edit(C1, 1, "Taken back.") == "do c1"
    assert (known(outbox).attempts, known(outbox).delivery) == (0, Delivery.FAILED)
    assert outbox.written(question, 0.1, may_send=True) is None

    outbox.left(1)
    outbox.retry(C1, knows_repeats=False)
    question = begin(outbox)
    assert outbox.discard(C1)
    assert outbox.written(question, 0.1, may_send=True) is None


def test_another_account_asks_no_question_twice(outbox: Outbox) -> None:
    """SPEC.md V6: an answer for the first is none for the second."""
    question = begin(outbox)
    other = outbox.emptied()
    other.add(entry("c1"))

    assert len(other) == 1
    assert begin(other) != question
    assert other.written(question, 0.1, may_send=True) is None

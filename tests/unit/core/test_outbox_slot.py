"""`core.outbox_slot`: the rules about a single text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.builders import EPOCH, entry, message, moment
from threadline.core.model import Delivery, SessionId
from threadline.core.outbox_slot import (
    CLOCK_TOLERANCE,
    KEY_TRUST,
    MAX_AGE,
    NOTE_TRUST,
    Note,
    Slot,
)

if TYPE_CHECKING:
    from threadline.core.model import OutboxEntry

S1 = SessionId("s1")


def slot(text: OutboxEntry | None = None, **members: Any) -> Slot:
    """Return a slot with one text."""
    known = text or entry("c1")
    return Slot(known, known.client_message_id, **members)


def test_tells_how_far_it_has_come() -> None:
    """The reason belongs to the state, and goes with it."""
    made = slot(entry("c1", first_sent_at=EPOCH))
    made.becomes(Delivery.FAILED, "No.")
    assert (made.entry.delivery, made.entry.reason) == (Delivery.FAILED, "No.")

    made.becomes(Delivery.QUEUED)
    made.forget_first_sent()

    assert (made.entry.reason, made.entry.first_sent_at) == (None, None)


def test_is_too_old_after_a_day_unless_the_person_insists() -> None:
    """sync.md O7; a clock that was set back makes nothing old."""
    made = slot()

    assert not made.is_too_old(EPOCH + MAX_AGE)
    assert not made.is_too_old(EPOCH - 9_999.0)
    assert made.is_too_old(EPOCH + MAX_AGE + 1.0)
    made.is_insisted_on = True
    assert not made.is_too_old(EPOCH + MAX_AGE + 1.0)


@pytest.mark.parametrize(
    ("begun", "is_doubtful"),
    [(None, False), (EPOCH, False), (EPOCH - KEY_TRUST - 1.0, True), (EPOCH + 1.0, True)],
)
def test_is_doubtful_once_its_key_may_be_forgotten(begun: float | None, is_doubtful: bool) -> None:
    """sync.md O5; a clock that was set back proves nothing."""
    made = slot(entry("c1", first_sent_at=begun))

    assert made.is_doubtful(EPOCH) is is_doubtful
    made.is_absent = True
    assert not made.is_doubtful(EPOCH)


def test_a_new_chat_has_no_history_to_look_in() -> None:
    """Its first text is sent again by its key alone."""
    assert not slot(entry("c1", session=None, first_sent_at=EPOCH - 999.0)).is_doubtful(EPOCH)


@pytest.mark.parametrize(
    ("members", "is_it"),
    [
        ({}, True),
        ({"content": "other"}, False),
        ({"timestamp": EPOCH - CLOCK_TOLERANCE - 1.0}, False),
    ],
)
def test_is_a_message_with_its_words_at_about_its_time(
    members: dict[str, Any], is_it: bool
) -> None:
    """sync.md O5, on a server that does not echo our id."""
    mine = message(7, **{"role": "user", "content": "do c1", "timestamp": EPOCH + 5, **members})

    assert slot(entry("c1", attempts=1)).is_message(mine, S1, EPOCH, 0.0) is is_it
    assert slot(entry("c1"), is_accepted=True).is_message(mine, S1, EPOCH, 0.0) is is_it
    assert not slot(entry("c1")).is_message(mine, S1, EPOCH, 0.0)
    assert not slot(entry("c1", attempts=1)).is_message(mine, SessionId("s2"), EPOCH, 0.0)


def test_a_clock_that_is_ahead_is_allowed_for() -> None:
    """sync.md fault 59: an hour ahead of the server's, a text of ours is stored an hour ago."""
    mine = message(1, role="user", content="do c1", timestamp=EPOCH - 3600.0)

    assert not slot(entry("c1", attempts=1)).is_message(mine, S1, EPOCH, 0.0)
    assert slot(entry("c1", attempts=1)).is_message(mine, S1, EPOCH, 3590.0)


def test_a_text_of_the_future_was_written_before_the_clock_was_set_back() -> None:
    """sync.md fault 59: by an hour; its message is of now."""
    ours = slot(entry("c1", attempts=1, created_at=EPOCH + 3600.0))
    mine = message(1, role="user", content="do c1", timestamp=EPOCH)

    assert ours.is_message(mine, S1, EPOCH + 5.0, 0.0)
    assert not ours.is_message(mine, S1, EPOCH + 3600.0, 0.0)


def test_an_attempt_begins_is_written_and_may_be_taken_back() -> None:
    """SPEC.md O1: what is withdrawn is as it was; it is not in the air before it is written."""
    made = slot(entry("c1", attempts=1, first_sent_at=EPOCH - 9.0, reason="Busy."))
    before = made.entry
    made.begin(7, moment(2.0))
    assert made.note == Note(7, 2.0 + NOTE_TRUST, before)
    assert (made.entry.delivery, made.entry.attempts) == (Delivery.SENDING, 2)
    assert (made.entry.first_sent_at, made.is_in_the_air) == (EPOCH - 9.0, False)

    made.withdraw()
    assert made.entry == before
    made.withdraw()
    assert made.entry == before

    made.begin(8, moment(3.0))
    made.note = None
    assert made.is_in_the_air


def test_what_only_begins_is_no_message_of_the_servers() -> None:
    """sync.md O5: the same words of somebody else's would otherwise take its place."""
    made = slot()
    made.begin(1, moment())
    mine = message(7, role="user", content="do c1", timestamp=EPOCH + 5)
    assert not made.is_message(mine, S1, EPOCH, 0.0)

    made.note = None

    assert made.is_message(mine, S1, EPOCH, 0.0)

"""`core.outbox`: what the person decides about a text, and what time decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.builders import EPOCH, entry, moment
from tests.support.outbox_texts import C1, C2, C3, retry, sent, state, two_texts
from threadline.core.model import Delivery
from threadline.core.outbox_slot import KEY_TRUST, MAX_AGE

if TYPE_CHECKING:
    from threadline.core.outbox import Outbox


@pytest.fixture
def outbox() -> Outbox:
    """Return an outbox with two texts for one session."""
    return two_texts()


def test_the_person_retries_or_discards(outbox: Outbox) -> None:
    """Border 1: `retry` and `discard`; one in the air cannot be taken back."""
    sent(outbox)
    assert not retry(outbox, C1)
    outbox.refused(C1, "No.")

    assert retry(outbox, C1)
    assert not retry(outbox, C1)
    assert sent(outbox) == ["c1"]
    outbox.refused(C1, "No.")
    assert outbox.discard(C1)
    assert not outbox.discard(C1)
    assert not retry(outbox, C1)


def test_what_is_looked_for_is_sent_again_only_where_repeats_are_known(outbox: Outbox) -> None:
    """sync.md O5: a click must not run the agent twice."""
    sent(outbox)
    outbox.unconfirmed(C1, "No answer.", 0.0)

    assert not retry(outbox, C1)
    assert retry(outbox, C1, knows_repeats=True)
    assert sent(outbox) == ["c1"]


def test_what_is_given_up_in_the_air_goes_once_it_is_not_taken(outbox: Outbox) -> None:
    """sync.md O9: it cannot be called back; deleting wins over every retry."""
    sent(outbox)
    assert not outbox.discard(C1)
    assert outbox.is_given_up(C1)
    assert not outbox.is_given_up(C2)
    outbox.failed(C1, "Busy.", 0.0)

    assert (state(outbox), outbox.take_gone(), outbox.take_gone()) == (None, [C1], [])
    sent(outbox)
    outbox.discard(C2)
    outbox.unconfirmed(C2, "No answer.", 0.0)
    outbox.resend_unconfirmed()
    assert sent(outbox, 99.0) == []
    outbox.absent(C2)
    assert (state(outbox, C2), outbox.take_gone()) == (None, [C2])


def test_a_text_in_a_composer_is_not_sent(outbox: Outbox) -> None:
    """Border 1, `edit`: it stays until its view has it safe, and is nobody else's meanwhile."""
    assert outbox.edit(C1, 7, "Taken back.") == "do c1"
    assert state(outbox) is Delivery.FAILED
    assert sent(outbox) == ["c2"]
    assert outbox.edit(C2, 7, "Taken back.") is None
    assert outbox.edit(C3, 7, "Taken back.") is None
    assert not retry(outbox, C1)

    outbox.left(8)
    assert not retry(outbox, C1)
    outbox.left(7)
    assert retry(outbox, C1)
    assert outbox.discard(C1)


def test_what_is_a_day_old_is_not_sent_unasked(outbox: Outbox) -> None:
    """sync.md O7: the person decides; those behind it are asked about too."""
    outbox.add(entry("c3", ordinal=3, created_at=EPOCH + MAX_AGE))
    late = moment(MAX_AGE + 1.0)

    old = outbox.take_too_old(late, "Old.")

    assert [(one.client_message_id, one.reason) for one in old] == [("c1", "Old."), ("c2", "Old.")]
    assert sent(outbox, MAX_AGE + 1.0) == ["c3"]
    outbox.confirmed(C3)
    assert retry(outbox, C1)
    assert outbox.take_too_old(late, "Old.") == []
    assert sent(outbox, MAX_AGE + 1.0) == ["c1"]


def test_a_key_is_trusted_for_a_minute(outbox: Outbox) -> None:
    """sync.md O5 and fault 46: later the text is looked for first, and once is enough."""
    sent(outbox)
    outbox.failed(C1, "Bad gateway.", 0.0, may_be_taken=True)
    assert outbox.take_doubtful(moment(KEY_TRUST)) == []
    late = moment(KEY_TRUST + 1.0)

    assert [one.client_message_id for one in outbox.take_doubtful(late)] == ["c1"]
    assert state(outbox) is Delivery.UNCONFIRMED
    outbox.absent(C1)
    assert outbox.take_doubtful(late) == []
    assert [one.attempts for one, _ in outbox.take_due(late)] == [2]
    outbox.failed(C1, "Busy.", 0.0)
    assert outbox.take_doubtful(moment(9_999.0)) == []


def test_tells_when_a_text_is_due(outbox: Outbox) -> None:
    """ux.md 5.11: the pause is shown; there is none for what waits for something else."""
    sent(outbox)
    assert outbox.due_at(C1) is None
    outbox.told_to_wait(20.0, 0.0)
    outbox.failed(C1, "Busy.", 0.0)
    assert outbox.due_at(C1) == 20.0
    outbox.is_paused = True
    assert (outbox.due_at(C1), outbox.due_at(C3)) == (None, None)


def test_a_retry_waits_for_what_is_in_the_air(outbox: Outbox) -> None:
    """sync.md O2: one at a time, also where the person retries an older one."""
    sent(outbox)
    outbox.refused(C1, "No.")
    assert sent(outbox) == ["c2"]

    retry(outbox, C1)

    assert sent(outbox) == []
    outbox.confirmed(C2)
    assert sent(outbox) == ["c1"]


def test_what_nobody_had_signed_is_signed_once_it_is_known(outbox: Outbox) -> None:
    """sync.md V6: written before it was certain whose token it was."""
    outbox.add(entry("c3", account="other"))

    signed = outbox.sign({None}, "ada")

    assert [(one.client_message_id, one.account) for one in signed] == [
        ("c1", "ada"),
        ("c2", "ada"),
    ]
    assert outbox.sign({None}, "ada") == []

"""`core.generation`: messages, changes and epoch of one numbering, together or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.builders import EPOCH, message
from threadline.core import reads
from threadline.core.generation import MAX_REREAD, REREAD, Generation
from threadline.core.model import ClientMessageId, Message, MessageId
from threadline.core.push_events import MessageUpdated
from threadline.core.rest_answers import Page
from threadline.core.transcript import Ingested

NEWEST = reads.begin_newest(0.0)
AFTER = reads.begin_numbered(0.0, 1)
CHANGES = reads.begin_changes(0.0, 1)


def own(number: int) -> Message:
    """Return a text of the person's own, as the server has it."""
    return message(number, role="user", client_message_id=ClientMessageId(f"c{number}"))


@pytest.fixture
def generation() -> Generation:
    """Return a generation of which nothing is known."""
    return Generation()


def test_an_epoch_is_another_one_only_if_both_are_known(generation: Generation) -> None:
    """sync.md 2.11: a server that begins to tell its epoch did not begin anew."""
    named, other = Page(messages=(), epoch="a"), Page(messages=(), epoch="b")
    assert not generation.is_of_another_epoch(named)
    generation.learn(NEWEST, named, 0.0)
    generation.learn(NEWEST, Page(messages=()), 0.0)

    assert not generation.is_of_another_epoch(named)
    assert not generation.is_of_another_epoch(Page(messages=()))
    assert generation.is_of_another_epoch(other)


def test_the_feed_is_entered_at_what_the_page_names(generation: Generation) -> None:
    """sync.md C1: position before data."""
    generation.learn(NEWEST, Page(messages=(message(1, rev=4),), latest_rev=9), 0.0)

    assert generation.changes.cursor == 9


@pytest.mark.parametrize(("read", "entry"), [(NEWEST, 6), (AFTER, None)])
def test_without_a_head_the_newest_page_itself_is_the_entry(
    generation: Generation, read: reads.Read, entry: int | None
) -> None:
    """sync.md R5: the highest change on it; of a part of the session that would prove nothing."""
    generation.learn(read, Page(messages=(message(1, rev=4), message(2, rev=6))), 0.0)

    assert generation.changes.base == entry


def test_a_server_without_changes_has_no_entry(generation: Generation) -> None:
    """Its messages have no rev."""
    generation.learn(NEWEST, Page(messages=(message(1),)), 0.0)

    assert generation.changes.base is None


@pytest.mark.parametrize(("read", "is_due"), [(AFTER, True), (CHANGES, False)])
def test_a_head_beyond_the_cursor_is_evidence(
    generation: Generation, read: reads.Read, is_due: bool
) -> None:
    """sync.md E1: where a page of messages tells it, the feed is looked at."""
    generation.learn(NEWEST, Page(messages=(), latest_rev=9, latest_sequence=3), 0.0)
    generation.learn(read, Page(messages=(), latest_rev=11), 5.0)

    assert (generation.changes.due is not None) is is_due
    assert generation.transcript.highest == 3


def test_messages_move_the_cursor_and_updates_do_not(generation: Generation) -> None:
    """sync.md 2.9: an update tells of the status alone; the rest is missing until it is read."""
    generation.learn(NEWEST, Page(messages=(), latest_rev=0), 0.0)
    generation.ingest(message(1, rev=1), 1.0)
    news = MessageUpdated(MessageId("m1"), "failed", None, None, None, 2)

    assert generation.update(news, 2.0) is Ingested.CHANGED
    assert (generation.changes.cursor, generation.changes.highest) == (1, 2)
    generation.ingest(message(1, rev=2, status="failed"), 3.0)
    assert generation.changes.cursor == 2


def test_what_contradicts_moves_nothing(generation: Generation) -> None:
    """It was not taken in."""
    generation.learn(NEWEST, Page(messages=(), latest_rev=0), 0.0)
    generation.ingest(message(1, rev=1), 1.0)
    other = message(1, rev=2, id=MessageId("other"))

    assert generation.ingest(other, 2.0) is Ingested.CONTRADICTION
    assert generation.changes.cursor == 1


def test_an_empty_generation_claims_all(generation: Generation) -> None:
    """The session is empty, or its messages have no numbers."""
    assert generation.claim_from_oldest() == 1
    generation.ingest(message(None), 0.0)
    assert generation.claim_from_oldest() == 1


def test_the_oldest_message_is_the_first_that_is_claimed(generation: Generation) -> None:
    """What is before it is just older."""
    generation.ingest(message(7), 0.0)

    assert generation.claim_from_oldest() == 7


def test_a_reread_reaches_back_to_what_was_newest_at_the_last_one(generation: Generation) -> None:
    """SPEC.md H3: what was changed since then may have grown old."""
    for number in range(1, 101):
        generation.ingest(message(number), 0.0)
    generation.claim_from_oldest()
    assert generation.reread_from == 100 - REREAD
    for number in range(101, 161):
        generation.ingest(message(number), 0.0)

    assert generation.next_reread() == 100 - REREAD
    assert generation.next_reread() == 160 - REREAD


def test_after_a_burst_a_reread_is_bounded(generation: Generation) -> None:
    """SPEC.md H3: all of a thousand messages is not read twice."""
    generation.claim_from_oldest()
    for number in range(1, 1001):
        generation.ingest(message(number), 0.0)

    assert generation.next_reread() == 1000 - MAX_REREAD


def test_an_older_page_does_not_put_the_reread_off(generation: Generation) -> None:
    """SPEC.md H3: it was read from its own end on."""
    generation.ingest(message(7), 0.0)
    generation.claim_from_oldest()
    generation.reread_from = 3
    generation.claim_from_oldest()

    assert generation.reread_from == 3


def test_what_came_meanwhile_is_taken_over(generation: Generation) -> None:
    """sync.md 2.11: the answer may be older."""
    old = Generation()
    old.ingest(message(1), 0.0)
    generation.ingest(message(1, id=MessageId("new")), 1.0)
    generation.meanwhile.append(message(2))
    generation.meanwhile.append(MessageUpdated(MessageId("m2"), "failed", None, None, None, None))

    generation.take_over(old, 2.0)

    shown = generation.transcript.window(9)
    assert [(one.id, one.status) for one in shown] == [("new", "sent"), ("m2", "failed")]
    assert generation.transcript.version > old.transcript.version
    assert not generation.meanwhile


def test_own_texts_that_are_gone_are_told(generation: Generation) -> None:
    """sync.md 2.11: acknowledged, and absent."""
    old = Generation()
    for one in (own(1), own(2), own(3), message(4), replace(own(5), deleted=True), own(6)):
        old.ingest(one, 0.0)
    generation.ingest(own(2), 1.0)
    acknowledged = {ClientMessageId(f"c{number}") for number in (1, 2, 3, 5)}

    lost = generation.lost_of(old, acknowledged, has_older=False)
    assert [one.sequence for one in lost] == [1, 3]
    lost = generation.lost_of(old, acknowledged, has_older=True)
    assert [one.sequence for one in lost] == [3]
    assert lost[0].timestamp > EPOCH
    assert Generation().lost_of(old, acknowledged, has_older=True) != ()

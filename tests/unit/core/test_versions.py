"""`core.versions`: of two versions of one message the newer one, completed from the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.builders import EPOCH, message
from threadline.core.model import ClientMessageId, Message, MessageError, MessageId
from threadline.core.push_events import MessageUpdated
from threadline.core.versions import is_earlier, later, merged, updated


def news(status: str, rev: int | None = None, **changes: object) -> MessageUpdated:
    """Return a change of the status of message 1."""
    known = MessageUpdated(MessageId("m1"), status, None, None, None, rev)
    return replace(known, **changes)  # type: ignore[arg-type]


def test_changes_tell_which_version_is_earlier() -> None:
    """sync.md 2.9: by the change's number, and without one by what cannot be undone."""
    assert is_earlier(message(1, rev=1, status="completed"), message(1, rev=2, status="running"))
    assert not is_earlier(message(1, rev=2), message(1, rev=2))
    assert is_earlier(message(1, status="running"), message(1, status="completed"))
    assert not is_earlier(message(1, deleted=True), message(1, rev=5, status="completed"))


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (message(1, rev=1, status="completed"), message(1, rev=2, status="running")),
        (message(1, status="completed"), message(1, status="completed", deleted=True)),
        (message(1, status="sent"), message(1, status="a status we do not know")),
        (message(1, status="a status we do not know"), message(1, status="failed")),
        (message(1, updated_at=EPOCH), message(1, content="edited", updated_at=EPOCH + 1)),
    ],
    ids=["by its change", "a deletion", "a new status", "an end", "by its time"],
)
def test_the_newer_one_counts_whichever_comes_last(older: Message, newer: Message) -> None:
    """sync.md 2.3, rule 3."""
    assert merged(older, newer) == newer
    assert merged(newer, older) == newer


def test_the_first_telling_of_a_change_counts() -> None:
    """The same change told twice is no news, even where its words differ."""
    first = message(1, rev=2, content="first")

    assert merged(first, message(1, rev=2, content="second")) == first


def test_what_the_newer_one_leaves_out_is_taken_from_the_older() -> None:
    """A fact that leaves something out does not take it away."""
    mine = ClientMessageId("c1")
    older = message(1, rev=3, client_message_id=mine)
    newer = replace(message(1, content="edited", status="completed"), sequence=None, rev=3)

    whole = merged(older, replace(newer, rev=4))

    assert (whole.sequence, whole.client_message_id, whole.rev) == (1, mine, 4)
    assert whole.content == "edited"
    assert merged(older, replace(newer, rev=None)).content == older.content


def test_an_update_tells_of_the_status_alone() -> None:
    """And brings a number where the message had none."""
    error = MessageError(message="no")
    known = replace(message(1, rev=1), sequence=None)

    after = updated(known, news("failed", 2, sequence=7, error=error, updated_at=EPOCH + 1))

    assert after == replace(
        known, sequence=7, status="failed", error=error, rev=2, updated_at=EPOCH + 1
    )


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (message(1, status="sent", rev=7), news("failed", 7)),
        (message(1, status="completed"), news("running")),
    ],
    ids=["by its change", "by its status"],
)
def test_an_update_that_is_behind_changes_nothing(known: Message, told: MessageUpdated) -> None:
    """sync.md 2.3, rule 3."""
    assert updated(known, told) is known


def test_an_update_without_its_change_leaves_the_message_its_own() -> None:
    """A server without a feed tells of a status, and of nothing that could be compared."""
    after = updated(message(1, status="sent", rev=7, updated_at=EPOCH), news("completed"))

    assert (after.status, after.rev, after.updated_at) == ("completed", 7, EPOCH)


def test_of_two_updates_the_later_one_waits() -> None:
    """By their change, else by their time; of two alike the one that came last."""
    first, second = news("running", 3), news("failed", 2)

    assert later(first, second) is first
    assert later(second, first) is first
    early, late = news("running", updated_at=EPOCH), news("failed", updated_at=EPOCH + 1)
    assert later(late, early) is late
    assert later(news("running"), second) is second
    alike = news("completed", 3)
    assert later(first, alike) is alike

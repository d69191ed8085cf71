"""`core.history`: the change feed, and a server whose numbering is another one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.builders import message
from tests.support.history_pages import begin, loaded_history, page, stretch
from threadline.core.history import OPEN_PAUSE, History
from threadline.core.holes import GRACE, SETTLE
from threadline.core.model import ClientMessageId, Message, MessageId
from threadline.core.push_events import MessageUpdated
from threadline.core.reads import Query
from threadline.core.rest_answers import Page
from threadline.core.transcript import Ingested


@pytest.fixture
def history() -> History:
    """Return a history that was never read."""
    return History(lambda: 0.0)


@pytest.fixture
def loaded() -> History:
    """Return a history of the messages 101 to 150, read at second 0."""
    return loaded_history()


def fed(*messages: Message, rev: int, **members: Any) -> Page:
    """Return a page of a server with a change feed."""
    return replace(page(*messages, **members), latest_rev=rev)


@pytest.fixture
def feeding(history: History) -> History:
    """Return a history of the messages 1 to 60, read at second 0 at the change 60."""
    history.open(0.0)
    history.next_read(0.0)
    history.page_read(fed(*(message(n, rev=n) for n in range(1, 61)), rev=60), 0.0)
    return history


def test_a_view_that_opens_a_session_sees_what_it_missed(loaded: History) -> None:
    """sync.md V4: but switching to and fro asks once (fault 77)."""
    for now in (0.5, 1.0, OPEN_PAUSE - 0.1):
        loaded.open(now)
    assert loaded.next_deadline() is None

    loaded.open(OPEN_PAUSE)
    assert loaded.next_deadline() == OPEN_PAUSE


def test_a_join_before_the_first_page_is_followed_by_a_second_look(history: History) -> None:
    """SPEC.md L7: sync.md C2: the first page may be of a replica that is behind."""
    history.catch_up(0.0)
    begin(history, 0.0)
    history.page_read(page(*stretch(101, 150), more=True), 0.1)

    assert history.next_deadline() == SETTLE
    assert begin(history, SETTLE).after == 100


def test_changes_are_read_from_the_feed(feeding: History) -> None:
    """sync.md E1: edits, tombstones and new messages in one read, by a contiguous cursor."""
    feeding.catch_up(5.0)
    assert begin(feeding, 5.0).after_rev == 60
    changed = [message(3, rev=61, content="new"), message(5, rev=62, deleted=True)]
    following = feeding.page_read(fed(*changed, rev=63, more=True, latest=61), 5.1)
    assert following is not None
    assert following.query.after_rev == 62
    feeding.page_read(fed(message(61, rev=63), rev=63), 5.2)

    shown = [one.content for one in feeding.transcript.window(99)]
    assert (len(shown), shown[2], shown[-1]) == (60, "new", "text 61")
    assert feeding.has_looked_since(5.0)


def test_changes_of_what_is_not_here_are_left_out(loaded: History) -> None:
    """SPEC.md H17: an old message is read, as it is then, when the person comes there."""
    loaded.look_soon(1.0)
    begin(loaded, 2.0)
    loaded.page_read(fed(*stretch(141, 150), rev=9), 2.0)
    loaded.look_soon(3.0)
    assert begin(loaded, 4.0).after_rev == 9
    loaded.page_read(fed(message(7, rev=10), rev=10, latest=150), 4.1)

    assert loaded.transcript.get(MessageId("m7")) is None
    loaded.look_soon(5.0)
    assert begin(loaded, 6.0).after_rev == 10


def test_an_update_of_a_status_is_followed_by_the_rest(feeding: History) -> None:
    """sync.md 2.9: what else changed with it comes with the feed."""
    feeding.update(MessageUpdated(MessageId("m9"), "failed", None, None, None, 61), 5.0)

    due = feeding.next_deadline()
    assert due == 5.0 + GRACE
    assert begin(feeding, due).after_rev == 60


def test_a_feed_that_falls_behind_what_is_known_is_doubted(feeding: History) -> None:
    """sync.md 2.11: suspicion only; the messages are compared."""
    feeding.look_soon(5.0)
    begin(feeding, 6.0)
    feeding.page_read(fed(rev=50, latest=60), 6.1)

    assert begin(feeding, 6.1).after == 50
    feeding.page_read(fed(*(message(n, rev=n) for n in range(51, 61)), rev=50), 6.2)
    due = feeding.next_deadline()
    assert due is not None
    assert due >= 6.2 + SETTLE
    begin(feeding, 20.0)
    feeding.page_read(fed(*(message(n, rev=n) for n in range(51, 61)), rev=50), 20.1)

    feeding.look_soon(21.0)
    assert begin(feeding, 22.0).after_rev == 50


def test_a_server_without_the_call_is_asked_for_messages(feeding: History) -> None:
    """Design section 3: what was owed of the feed is owed of the messages."""
    feeding.catch_up(5.0)
    begin(feeding, 5.0)
    assert not feeding.call_refused(500, None, 5.1)
    assert feeding.call_refused(404, "not_found", 5.1)

    assert begin(feeding, 5.2).after == 10
    feeding.page_read(page(*stretch(11, 60)), 5.3)
    assert begin(feeding, 30.0).after == 10


def test_a_server_that_ignores_its_bound_is_read_by_time(loaded: History) -> None:
    """SPEC.md H15: what it answered is not taken for what was asked."""
    loaded.look_soon(1.0)
    assert begin(loaded, 2.0).after == 140
    assert loaded.page_read(page(*stretch(101, 150)), 2.1) is None

    assert begin(loaded, 2.1).since is not None


def test_another_epoch_reads_all_anew(loaded: History) -> None:
    """sync.md 2.11: also while all is being read anew."""
    loaded.look_soon(1.0)
    begin(loaded, 2.0)
    loaded.page_read(replace(page(*stretch(141, 150)), epoch="a"), 2.1)
    for number, epoch in enumerate("bcd"):
        loaded.look_soon(3.0)
        begin(loaded, 20.0 * number + 3.2)
        loaded.page_read(replace(page(message(1)), epoch=epoch), 20.0 * number + 3.3)
        assert loaded.loading.is_checking
        assert len(loaded.transcript) == 50
        begin(loaded, 20.0 * number + 3.4)
        loaded.page_read(replace(page(*stretch(101, 150), more=True), epoch=epoch), 20 * number + 4)
        assert not loaded.loading.is_checking

    loaded.look_soon(80.0)
    begin(loaded, 81.0)
    loaded.page_read(replace(page(*stretch(101, 150)), epoch="e"), 81.0)

    assert not loaded.loading.is_checking
    due = loaded.next_deadline()
    assert due is not None
    assert due > 81.0


def test_a_number_given_twice_again_and_again_is_shown_twice(loaded: History) -> None:
    """sync.md fault 56: and looked into, since one of the two may be a ghost."""
    for number in (148, 149, 150):
        twin = replace(message(number), id=MessageId(f"twin {number}"))
        assert loaded.ingest(twin, 5.0) in (Ingested.CONTRADICTION, Ingested.NEW)
        if number == 148:
            begin(loaded, 5.0)
            loaded.page_read(page(*stretch(101, 150), more=True), 5.1)
    late = replace(message(147), id=MessageId("late"), sequence=None)
    loaded.ingest(late, 5.2)
    news = MessageUpdated(MessageId("late"), "failed", None, None, 147, None)
    assert loaded.update(news, 5.3) is Ingested.CONTRADICTION

    ids = [one.id for one in loaded.transcript.window(5)]
    assert ids[-4:] == ["m150", "twin 149", "twin 150", "late"] or "twin 150" in ids
    assert begin(loaded, 6.0).after == 140


def test_own_texts_that_the_server_lost_are_told_once(history: History) -> None:
    """sync.md 2.11: acknowledged, and absent after a reset."""
    own = message(3, role="user", client_message_id=ClientMessageId("c3"))
    history.open(0.0)
    begin(history, 0.0)
    history.page_read(replace(page(message(1), message(2), own), epoch="a"), 0.1)
    history.acknowledged.add(ClientMessageId("c3"))
    history.look_soon(1.0)
    begin(history, 2.0)
    history.page_read(replace(page(message(1)), epoch="b"), 2.1)
    begin(history, 2.1)
    history.page_read(replace(page(message(1), message(2)), epoch="b"), 2.2)
    assert list(history.lost) == [own]

    history.look_soon(3.0)
    begin(history, 4.0)
    history.page_read(replace(page(message(1), message(2)), epoch="b"), 4.1)
    assert list(history.lost) == []


def test_reading_upwards_in_what_is_here_reads_it_again(loaded: History) -> None:
    """sync.md E2: unless there is a feed."""
    loaded.want_again(25)  # the window moves in steps: from 126 on
    assert begin(loaded, 1.0) == Query(limit=50, before=126)
    loaded.page_read(fed(*stretch(101, 125), rev=5, latest=150), 1.1)
    assert loaded.next_deadline() is None

    loaded.want_again(25)
    assert loaded.next_deadline() is None
    History(lambda: 0.0).want_again(31)


def test_two_ghosts_read_all_anew_and_one_does_not(loaded: History) -> None:
    """sync.md 2.11: softly where it can be."""
    loaded.want_older(0.5)
    begin(loaded, 0.5)
    loaded.page_read(page(*stretch(90, 100), latest=150, more=True), 0.6)
    for now in (10.0, 30.0):
        loaded.look_soon(now)
        begin(loaded, now + 1.0)
        loaded.page_read(page(*stretch(141, 146), *stretch(148, 150)), now + 1.1)
    checking = [loaded.loading.is_checking]
    assert len(loaded.transcript) == 60

    for now in (50.0, 70.0):
        loaded.look_soon(now)
        begin(loaded, now + 1.0)
        loaded.page_read(page(*stretch(141, 144), *stretch(148, 150)), now + 1.1)

    checking.append(loaded.loading.is_checking)
    assert checking == [False, True]
    assert begin(loaded, 71.2).limit == 60


def test_a_new_number_below_all_is_doubted(loaded: History) -> None:
    """sync.md 2.11: the counter may have begun anew."""
    assert loaded.ingest(replace(message(4), id=MessageId("new")), 5.0) is Ingested.SAME
    loaded.doubt(5.0)

    assert begin(loaded, 5.0).after == 140


def test_a_long_reading_of_all_shows_the_old_until_it_is_whole(history: History) -> None:
    """sync.md 2.11: on a server without numbers it takes several pages, as many as there are."""
    history.open(0.0)
    begin(history, 0.0)
    history.page_read(Page(messages=tuple(stretch(101, 110))), 0.0)
    history.ingest(replace(message(110), id=MessageId("new")), 5.0)
    assert history.is_anew
    full = tuple(stretch(1, begin(history, 5.0).limit))

    following = history.page_read(Page(messages=full), 5.1)

    assert following is not None
    assert [one.sequence for one in history.transcript.window(99)] == list(range(101, 111))
    assert history.looked_at == 0.0
    assert history.page_read(Page(messages=full[-5:]), 5.2) is None
    assert (history.is_anew, history.looked_at) == (False, 5.2)
    assert history.transcript.oldest() == full[0]

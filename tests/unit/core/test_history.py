"""`core.history`: which debts lead to which reads, and what an answer proves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.builders import EPOCH, message
from tests.support.history_pages import begin, loaded_history, page, stretch
from threadline.core.agenda import HINT_DELAY, TAIL
from threadline.core.history import History
from threadline.core.holes import GRACE, MAX_MISSING, SETTLE
from threadline.core.model import MessageId
from threadline.core.push_events import MessageUpdated
from threadline.core.reads import Query, ReadKind
from threadline.core.rest_answers import Page
from threadline.core.restraint import MAX_READS, READ_WINDOW
from threadline.core.session_view import GapState, Loading
from threadline.core.transcript import Ingested


@pytest.fixture
def history() -> History:
    """Return a history that was never read."""
    return History(lambda: 0.0)


@pytest.fixture
def loaded() -> History:
    """Return a history of the messages 101 to 150, read at second 0."""
    return loaded_history()


def loading(history: History) -> Loading:
    """Return how the loading stands."""
    return history.loading.state


def test_opens_once(history: History) -> None:
    """sync.md 2.10: only a session that was never read is read because somebody looks."""
    assert history.next_read(0.0) is None
    history.open(0.0)
    assert loading(history) is Loading.LOADING

    assert begin(history, 0.0) == Query(limit=50)
    assert history.next_read(0.0) is None
    history.page_read(page(*stretch(1, 3)), 0.1)
    history.open(9.0)

    assert loading(history) is Loading.LOADED
    assert history.next_deadline() is None
    assert history.is_at_rest


def test_catches_up_from_below_the_cursor_and_looks_twice(loaded: History) -> None:
    """sync.md C2: changes have no number, and a replica may be behind the subscription."""
    loaded.catch_up(10.0)

    assert begin(loaded, 10.0).after == 100
    loaded.page_read(page(message(151)), 10.1)
    assert loaded.next_deadline() == 10.0 + SETTLE
    assert begin(loaded, 10.0 + SETTLE).after == 100


def test_a_debt_is_owed_until_a_read_begun_with_it_succeeds(loaded: History) -> None:
    """sync.md C2: the lower bound is fixed when the debt arises."""
    loaded.catch_up(10.0)
    begin(loaded, 10.0)
    loaded.read_failed("down", 10.1, may_pass=True)
    for number in range(151, 300):
        loaded.ingest(message(number), 10.2)

    assert begin(loaded, 60.0).after == 100


def test_hints_in_a_burst_become_one_look(loaded: History) -> None:
    """sync.md P3: within 100 ms."""
    for now in (5.0, 5.01, 5.02):
        loaded.look_soon(now)

    assert loaded.next_deadline() == 5.0 + HINT_DELAY
    assert begin(loaded, 5.2).after == 150 - TAIL
    loaded.page_read(page(*stretch(141, 150)), 5.3)
    assert loaded.next_deadline() is None


def test_looks_at_the_tail_while_somebody_watches(loaded: History) -> None:
    """sync.md 2.8: the probe never stops, only slows."""
    loaded.cadence = 25.0

    assert loaded.next_deadline() == loaded.cadence
    assert begin(loaded, 25.0).after == 150 - TAIL
    assert not loaded.has_looked_since(25.0)
    loaded.page_read(page(*stretch(141, 151)), 26.0)
    assert loaded.next_deadline() == 51.0
    assert loaded.has_looked_since(25.0)
    assert loaded.news == (message(151),)


def test_reads_older_pages_on_demand(loaded: History) -> None:
    """Roadmap section 2.3: the person scrolls up."""
    had_older = loaded.loading.has_older
    loaded.want_older(1.0)

    assert begin(loaded, 1.0).before == 101
    loaded.page_read(page(*stretch(51, 100), latest=150, more=True), 1.1)
    loaded.want_older(2.0)
    begin(loaded, 2.0)
    loaded.page_read(page(*stretch(1, 50), latest=150), 2.1)
    loaded.want_older(3.0)

    assert (had_older, loaded.loading.has_older) == (True, False)
    assert loaded.next_deadline() is None
    assert len(loaded.transcript) == 150


def test_fetches_a_hole_and_shows_it_meanwhile(loaded: History) -> None:
    """sync.md H1 and H7: what arrived is shown at once, with the gap."""
    loaded.ingest(message(153), 5.0)

    gap = loaded.gaps()[0]
    assert (gap.first, gap.last, gap.count, gap.state) == (151, 152, 2, GapState.FETCHING)
    assert begin(loaded, 5.2).after == 150 - TAIL
    loaded.page_read(page(*stretch(151, 153)), 5.3)
    assert loaded.gaps() == ()


def test_a_page_with_a_bad_row_claims_nothing(loaded: History) -> None:
    """sync.md 2.6: an unreadable message is no proof that its number is empty."""
    loaded.ingest(message(152), 0.0)
    now = 20.0
    for _ in range(8):
        if loaded.next_read(now) is not None:
            bad = Page(messages=(message(152),), rejected=("bad",), latest_sequence=152)
            loaded.page_read(bad, now)
        now += 20.0

    assert loaded.is_stuck
    assert loaded.gaps()[0].state is GapState.STUCK
    assert loaded.next_deadline() is None
    loaded.retry(now)
    assert loaded.next_deadline() == now


@pytest.mark.parametrize("kind", ["push", "update", "page"])
def test_a_contradiction_reads_all_anew_and_keeps_the_old_on_show(
    loaded: History, kind: str
) -> None:
    """sync.md 2.11: the numbering changed; the swap is atomic."""
    other = replace(message(150), id=MessageId("new"))
    match kind:
        case "push":
            assert loaded.ingest(other, 5.0) is Ingested.CONTRADICTION
        case "update":
            loaded.ingest(replace(other, sequence=None), 5.0)
            news = MessageUpdated(MessageId("new"), "failed", None, None, 150, None)
            assert loaded.update(news, 5.0) is Ingested.CONTRADICTION
            assert loaded.update(news, 5.0) is Ingested.CONTRADICTION
        case _:
            loaded.look_soon(4.0)
            begin(loaded, 5.0)
            assert loaded.page_read(page(other), 5.0) is None
    assert len(loaded.transcript.window(99)) >= 50
    before = loaded.transcript.version

    assert begin(loaded, 5.0).limit == len(loaded.transcript)
    loaded.ingest(replace(message(4), id=MessageId("pushed")), 5.1)
    loaded.update(MessageUpdated(MessageId("pushed"), "failed", None, None, None, None), 5.1)
    fresh = [replace(message(n), id=MessageId(f"new{n}")) for n in (1, 2, 3)]
    loaded.page_read(page(*fresh), 5.2)

    ids = [one.id for one in loaded.transcript.window(99)]
    assert ids[:3] == ["new1", "new2", "new3"]
    assert "pushed" in ids
    assert "m101" not in ids
    assert loaded.transcript.version > before
    assert loading(loaded) is Loading.LOADED


def test_too_much_missing_is_read_anew_once(loaded: History) -> None:
    """sync.md H6: a number out of all proportion neither crawls nor begins over and over."""
    loaded.ingest(message(151 + MAX_MISSING + 1), 5.0)
    loaded.ingest(message(151), 5.0)

    assert begin(loaded, 5.0) == Query(limit=50)
    loaded.ingest(message(152), 5.05)
    loaded.page_read(page(*stretch(102, 151)), 5.1)

    assert loaded.transcript.highest == 152
    assert loaded.gaps() == ()


def test_a_failed_first_load_is_said_and_tried_again(history: History) -> None:
    """Roadmap section 2.3: what failed has words and a way out."""
    history.open(0.0)
    begin(history, 0.0)
    history.read_failed("The server failed.", 0.1, may_pass=True)

    assert loading(history) is Loading.FAILED
    assert history.loading.error == "The server failed."
    assert history.loading.can_retry
    assert history.next_deadline() == pytest.approx(0.6)
    begin(history, 1.0)
    history.page_read(page(), 1.1)
    assert loading(history) is Loading.LOADED
    assert history.loading.error is None


def test_what_will_not_pass_waits_for_the_person(loaded: History) -> None:
    """sync.md C7: 403 stops; a retry is shown as done once it succeeded."""
    loaded.catch_up(1.0)
    begin(loaded, 1.0)
    loaded.read_failed("No.", 1.1, may_pass=False)
    assert loading(loaded) is Loading.FAILED
    assert loaded.next_deadline() is None

    loaded.retry(2.0)
    assert loading(loaded) is Loading.LOADING
    begin(loaded, 2.0)
    loaded.page_read(page(), 2.1)

    assert loading(loaded) is Loading.LOADED
    assert loaded.loading.has_older


def test_nobody_undercuts_the_pause_the_server_asked_for(loaded: History) -> None:
    """sync.md S12: neither the person nor a wake-up."""
    loaded.look_soon(1.0)
    begin(loaded, 2.0)
    loaded.read_failed("Slow down.", 2.0, may_pass=True, retry_after=60.0)

    loaded.retry(3.0)
    loaded.want_older(3.0)
    loaded.catch_up(3.0)

    assert loaded.next_deadline() == 62.0


def test_reads_are_bounded(loaded: History) -> None:
    """sync.md 2.17: at most 6 in 10 s, whatever asks for them."""
    begun = []
    for step in range(200):
        now = 20.0 + step / 10
        loaded.retry(now)
        loaded.catch_up(now)
        if loaded.next_read(now) is not None:
            begun.append(now)
            loaded.page_read(page(), now)

    later = zip(begun, begun[MAX_READS:], strict=False)
    assert all(other - one >= READ_WINDOW for one, other in later)
    assert len(begun) > MAX_READS


def test_knows_late_answers(loaded: History) -> None:
    """ARCHITECTURE: every answer carries the number of its question."""
    loaded.look_soon(1.0)
    read = loaded.next_read(2.0)
    assert read is not None
    assert not loaded.is_at_rest
    assert loaded.is_reading(read.number)
    assert not loaded.is_reading(read.number - 1)
    loaded.read_failed("down", 2.1, may_pass=True)
    assert not loaded.is_reading(read.number)


def test_a_failed_probe_leaves_no_debt(loaded: History) -> None:
    """A probe that failed is a probe that is due."""
    loaded.cadence = 25.0
    begin(loaded, 25.0)
    loaded.read_failed("down", 26.0, may_pass=True)

    assert loaded.next_deadline() == 26.5
    assert loading(loaded) is Loading.LOADED


def test_reads_by_time_where_there_are_no_numbers(history: History) -> None:
    """sync.md 2.6: the cursor is the server's own time, less an overlap."""
    history.open(0.0)
    begin(history, 0.0)
    history.page_read(Page(messages=tuple(stretch(1, 20))), 0.0)
    history.look_soon(1.0)

    query = begin(history, 2.0)

    assert query.since == EPOCH + 10 - 5.0
    history.page_read(Page(messages=tuple(stretch(5, 21))), 2.1)
    assert len(history.transcript) == 21


def test_an_empty_session_without_numbers_is_asked_for_its_newest(history: History) -> None:
    """There is no time to read from yet."""
    history.open(0.0)
    begin(history, 0.0)
    history.page_read(Page(messages=()), 0.0)
    history.look_soon(1.0)

    read = history.next_read(2.0)

    assert read is not None
    assert read.kind is ReadKind.NEWEST


def test_older_pages_wait_for_a_reading_of_all(loaded: History) -> None:
    """sync.md 2.11: while all is read anew there is no oldest message to read before."""
    loaded.want_older(5.0)
    loaded.ingest(replace(message(150), id=MessageId("new")), 5.0)

    assert begin(loaded, 5.0) == Query(limit=50)
    loaded.page_read(page(*stretch(101, 150), more=True), 5.1)
    assert begin(loaded, 5.2).before == 101


def test_an_update_may_open_a_hole(loaded: History) -> None:
    """sync.md 2.3, rule 4: it names a number that is not here."""
    news = MessageUpdated(MessageId("m151"), "failed", None, None, 151, None)

    assert loaded.update(news, 1.0) is Ingested.SAME
    assert [(gap.first, gap.last) for gap in loaded.gaps()] == [(151, 151)]


def test_a_hint_that_names_a_number_opens_a_hole(loaded: History) -> None:
    """sync.md S16: a hole has a deadline from the start."""
    loaded.saw(None, 1.0)
    assert loaded.gaps() == ()
    loaded.saw(151, 1.0)

    assert [(gap.first, gap.last) for gap in loaded.gaps()] == [(151, 151)]
    assert loaded.next_deadline() == 1.0 + GRACE


def test_older_pages_widen_the_newest_where_there_are_no_numbers(history: History) -> None:
    """sync.md 2.6: without `before`, a wider newest page."""
    history.open(0.0)
    begin(history, 0.0)
    history.page_read(Page(messages=tuple(stretch(52, 100))), 0.0)
    history.loading = replace(history.loading, has_older=True)
    history.want_older(1.0)

    assert begin(history, 1.0) == Query(limit=99)


def test_a_first_number_that_was_burnt_is_read_from_the_start(history: History) -> None:
    """sync.md 2.6: where all that is here is above the floor, no time of ours bounds the read."""
    history.open(0.0)
    begin(history, 0.0)
    history.page_read(Page(messages=()), 0.0)
    history.ingest(message(2), 1.0)

    assert begin(history, 2.0).since == 0.0


def test_a_later_debt_keeps_the_lowest_bound(loaded: History) -> None:
    """sync.md C2: debts that fall into one second become one, the deeper one."""
    loaded.catch_up(10.0)
    for number in range(151, 171):
        loaded.ingest(message(number), 10.0)
    loaded.catch_up(10.0)
    begin(loaded, 10.0)
    loaded.page_read(page(), 10.0)

    assert begin(loaded, 10.0 + SETTLE).after == 100

"""A stretch of history page by page: what to ask next, and when everything is here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import EPOCH, message
from threadline.core import reads
from threadline.core.model import Message, SessionId
from threadline.core.reads import DISORDER, MAX_LIMIT, OVERLAP, PAGE_LIMIT, Query, Read, ReadKind
from threadline.core.rest_answers import Page


def timed_page(*times: float, rejected: int = 0, **members: bool | int) -> Page:
    """Return a page of messages at these times (seconds after the epoch of tests)."""
    messages = tuple(message(n + 1, timestamp=EPOCH + at) for n, at in enumerate(times))
    return Page(messages=messages, rejected=("bad",) * rejected, **members)  # type: ignore[arg-type]


def numbered_page(*numbers: int, has_more: bool = False) -> Page:
    """Return a page of messages with these numbers, from a server that has numbers."""
    return Page(
        messages=tuple(message(n) for n in numbers), has_more=has_more, latest_sequence=1000
    )


def test_an_address_holds_only_what_is_asked() -> None:
    """The contract's query; the session's id is quoted."""
    assert Query(limit=50).url("http://api.test", SessionId("a/b")) == (
        "http://api.test/api/session/a%2Fb/messages?limit=50"
    )
    assert Query(limit=5, after_rev=3).url("http://api.test", SessionId("s")) == (
        "http://api.test/api/session/s/changes?limit=5&after=3"
    )
    whole = Query(limit=1, since=0.5, after=2, before=9).url("http://api.test", SessionId("s"))
    assert whole.partition("?")[2] == (
        "limit=1&since=1970-01-01T00%3A00%3A00.500Z&after=2&before=9"
    )


def test_a_first_read_asks_for_the_newest_page() -> None:
    """Without a bound; it claims nothing below itself."""
    read = reads.begin_newest(3.0)

    assert read == Read(ReadKind.NEWEST, Query(limit=PAGE_LIMIT), begun_at=3.0)


def test_a_page_that_is_not_full_is_the_last() -> None:
    """And says that nothing older exists."""
    read = reads.advance(reads.begin_newest(0.0), timed_page(1.0, 2.0))

    assert read.is_done
    assert read.more_before is False


def test_a_full_newest_page_of_a_server_with_numbers_is_done() -> None:
    """Such a server answers the newest page; `hasMore` speaks of what is older."""
    page = timed_page(*range(PAGE_LIMIT), latest_sequence=900, has_more=True)

    read = reads.advance(reads.begin_newest(0.0), page)

    assert read.is_done
    assert read.more_before is True


def test_a_full_first_page_of_a_server_without_numbers_is_read_on() -> None:
    """It may be the oldest page: go on from a little before the last time but one."""
    read = reads.advance(reads.begin_newest(0.0), timed_page(*range(PAGE_LIMIT)))

    assert not read.is_done
    assert read.query == Query(limit=PAGE_LIMIT, since=EPOCH + PAGE_LIMIT - 2 - DISORDER)


def test_a_server_that_says_there_is_no_more_is_believed() -> None:
    """A full page may be the last one."""
    page = timed_page(*range(PAGE_LIMIT), has_more=False)

    read = reads.advance(reads.begin_newest(0.0), page)

    assert read.is_done


def test_rejected_messages_fill_a_page_and_spoil_its_claim() -> None:
    """SPEC.md H10: a page that was not wholly understood claims nothing."""
    page = timed_page(*range(PAGE_LIMIT - 1), rejected=1)

    read = reads.advance(reads.begin_newest(0.0), page)

    assert not read.clean
    assert not read.is_done


def test_numbers_are_followed_page_by_page() -> None:
    """From the highest number of the page, until the server says that there is no more."""
    read = reads.begin_numbered(0.0, after=10)

    middle = reads.advance(read, numbered_page(11, 12, has_more=True))
    end = reads.advance(middle, numbered_page(13))

    assert (middle.query.after, middle.is_done) == (12, False)
    assert end.is_done
    assert end.reached
    assert end.floor == 10


@pytest.mark.parametrize("numbers", [(), (9, 10)])
def test_a_server_that_makes_no_progress_is_not_asked_for_ever(numbers: tuple[int, ...]) -> None:
    """SPEC.md H9, L11: `hasMore` with nothing new ends the read."""
    read = reads.begin_numbered(0.0, after=10)

    assert reads.advance(read, numbered_page(*numbers, has_more=True)).is_done


def test_a_read_by_time_begins_a_little_before_the_cursor() -> None:
    """Server clocks disagree, and commits are late; time does not go below the epoch."""
    assert reads.begin_timed(0.0, EPOCH, floor=7).query.since == EPOCH - OVERLAP
    assert reads.begin_timed(0.0, 1.0, floor=7).query.since == 0.0


def test_the_next_bound_is_below_the_newest_time() -> None:
    """SPEC.md H9: right whether a server includes its bound or not."""
    read = reads.begin_timed(0.0, EPOCH, floor=1)

    read = reads.advance(read, timed_page(*range(PAGE_LIMIT)))

    assert read.reached
    assert read.query.since == EPOCH + PAGE_LIMIT - 2 - DISORDER


def test_where_too_much_is_of_one_second_the_bound_itself_does() -> None:
    """SPEC.md H9: going back a little would lead nowhere."""
    read = reads.begin_timed(0.0, EPOCH + OVERLAP, floor=1)

    read = reads.advance(read, timed_page(*[0.01 * one for one in range(PAGE_LIMIT)]))

    assert read.query.since == EPOCH + 0.01 * (PAGE_LIMIT - 2)


def test_a_page_of_one_time_is_asked_again_wider() -> None:
    """SPEC.md H9: a bound on that time would ask the same for ever, or skip the rest."""
    read = reads.begin_timed(0.0, EPOCH, floor=1)

    read = reads.advance(read, timed_page(*[4.0] * PAGE_LIMIT))

    assert read.query == Query(limit=2 * PAGE_LIMIT, since=EPOCH - OVERLAP)


def test_a_page_cut_at_the_wrong_end_is_asked_again_wider() -> None:
    """SPEC.md H9: full, and not down to the floor: the oldest were cut off."""
    read = reads.begin_timed(0.0, EPOCH, floor=0)

    read = reads.advance(read, timed_page(*range(PAGE_LIMIT)))

    assert not read.reached
    assert read.query.limit == 2 * PAGE_LIMIT


def test_widening_ends_with_a_claim_of_nothing() -> None:
    """SPEC.md H9: what cannot be passed stays a hole and is said."""
    read = reads.begin_timed(0.0, EPOCH, floor=1)
    limits = []
    while not read.is_done:
        limits.append(read.query.limit)
        read = reads.advance(read, timed_page(*[4.0] * read.query.limit))

    assert limits == [50, 100, 200, MAX_LIMIT]
    assert not read.clean


def test_a_bound_that_does_not_move_is_asked_wider() -> None:
    """A server that includes its bound answers the same two times again."""
    read = reads.begin_timed(0.0, EPOCH + OVERLAP, floor=1)

    read = reads.advance(read, timed_page(0.0, *[1.0] * (PAGE_LIMIT - 1)))

    assert read.query.limit == 2 * PAGE_LIMIT


def test_older_messages_are_one_page() -> None:
    """By number where there are numbers, else by a wider newest page."""
    numbered = reads.begin_older(0.0, base=80, held=10, numbered=True)
    timed = reads.begin_older(0.0, base=80, held=120, numbered=False)
    widest = reads.begin_older(0.0, base=80, held=9000, numbered=False)

    assert numbered.query == Query(limit=PAGE_LIMIT, before=80)
    assert timed.query == Query(limit=170)
    assert widest.query == Query(limit=MAX_LIMIT)
    assert reads.advance(numbered, numbered_page(30, has_more=True)).is_done


def test_only_the_first_page_tells_what_is_before() -> None:
    """The later ones speak of what is after."""
    read = reads.begin_newest(0.0)
    read = reads.advance(read, timed_page(*range(PAGE_LIMIT)))

    read = reads.advance(read, timed_page(60.0))

    assert read.more_before is True


@given(st.lists(st.integers(0, 30), max_size=120), st.integers(0, 30), st.booleans())
def test_reading_by_time_brings_everything(
    times: list[int], since: int, includes_bound: bool
) -> None:
    """SPEC.md H9: on either kind of server a read that claims to be whole missed nothing."""
    times.sort()
    rows = [message(n + 1, timestamp=EPOCH + at) for n, at in enumerate(times)]
    floor = sum(at <= since for at in times)
    read = reads.begin_timed(0.0, EPOCH + since, floor=floor)
    seen: set[str] = set()
    pages = 0
    while not read.is_done:
        page = _served(rows, read.query, includes_bound=includes_bound)
        seen |= {one.id for one in page.messages}
        read = reads.advance(read, page)
        pages += 1
        assert pages < 50

    if read.clean and read.reached:
        assert {one.id for one in rows[floor:]} <= seen


def _served(rows: list[Message], query: Query, *, includes_bound: bool) -> Page:
    """Return what a server answers that has times only, and the oldest page after a bound."""
    since = query.since or 0.0
    after = [r for r in rows if r.timestamp > since or (includes_bound and r.timestamp == since)]
    return Page(messages=tuple(after[: query.limit]))


@pytest.mark.parametrize(
    ("query", "count", "beyond"),
    [
        (Query(limit=5, after=3), 3, Query(limit=5, after=9)),
        (Query(limit=5, after_rev=3), 3, Query(limit=5, after_rev=9)),
        (Query(limit=5), None, Query(limit=5, after=9)),
    ],
)
def test_a_bound_counts_messages_or_changes(query: Query, count: int | None, beyond: Query) -> None:
    """The contract's `after` means both, by the call it stands in."""
    assert query.count == count
    assert query.beyond(9) == beyond


def test_a_refresh_reads_the_page_before_a_number() -> None:
    """sync.md 2.9: a change without a number is found by looking again."""
    numbered = reads.begin_refresh(3.0, 101, EPOCH, numbered=True)
    timed = reads.begin_refresh(3.0, 101, EPOCH, numbered=False)

    assert numbered == Read(ReadKind.REFRESH, Query(limit=PAGE_LIMIT, before=101), 3.0)
    assert timed.query == Query(limit=2 * PAGE_LIMIT, since=EPOCH - OVERLAP)
    assert reads.begin_refresh(3.0, 101, 1.0, numbered=False).query.since == 0.0
    assert not numbered.may_extend
    assert not numbered.is_of_all


@pytest.mark.parametrize(
    ("query", "ignores"),
    [
        (Query(limit=5, after=6), False),
        (Query(limit=5, after=7), True),
        (Query(limit=5, before=8), False),
        (Query(limit=5, before=7), True),
        (Query(limit=5, since=1.0), False),
    ],
)
def test_a_page_beyond_its_bound_is_of_a_server_that_ignores_it(
    query: Query, ignores: bool
) -> None:
    """sync.md R3: bounds are exclusive; a message without a number says nothing."""
    page = Page(messages=(message(7), message(None)))

    assert reads.ignores_its_bound(query, page) is ignores


@pytest.mark.parametrize(
    ("head", "rev", "less"),
    [(None, None, False), (9, 4, False), (8, 4, True), (9, 3, True), (None, 3, True)],
)
def test_counters_below_what_was_known_are_less(
    head: int | None, rev: int | None, less: bool
) -> None:
    """An old replica, or a server that went back."""
    read = Read(ReadKind.NEWEST, Query(limit=5), 0.0, known_head=9, known_rev=4)

    assert read.finds_less(Page(messages=(), latest_sequence=head, latest_rev=rev)) is less

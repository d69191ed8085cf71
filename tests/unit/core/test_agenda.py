"""`core.agenda`: which read is next, and when."""

from __future__ import annotations

import pytest

from tests.support.builders import EPOCH, message
from threadline.core import reads
from threadline.core.agenda import HINT_DELAY, REREAD_PAUSE, TAIL, Agenda
from threadline.core.capabilities import Capabilities
from threadline.core.generation import REREAD, Generation
from threadline.core.holes import SETTLE
from threadline.core.reads import MAX_LIMIT, OVERLAP, PAGE_LIMIT, Read, ReadKind
from threadline.core.rest_answers import Page

NUMBERED = frozenset({"afterSequence"})
FEED = NUMBERED | {"changes"}


@pytest.fixture
def capabilities() -> Capabilities:
    """Return what is known of a server with the three calls."""
    return Capabilities()


@pytest.fixture
def agenda(capabilities: Capabilities) -> Agenda:
    """Return an agenda without entries."""
    return Agenda(lambda: 0.0, capabilities)


@pytest.fixture
def current() -> Generation:
    """Return the messages 101 to 200, at the change 500."""
    one = Generation()
    for number in range(101, 201):
        one.ingest(message(number, rev=number), 0.0)
    one.learn(reads.begin_newest(0.0), Page(messages=(), latest_rev=500), 0.0)
    one.claim_from_oldest()
    return one


def plan(agenda: Agenda, current: Generation, now: float, **others: object) -> Read:
    """Return the read that begins now."""
    fresh, holes_due = others.get("fresh"), others.get("holes_due")
    assert fresh is None or isinstance(fresh, Generation)
    assert holes_due is None or isinstance(holes_due, float)
    return agenda.plan(current, fresh, holes_due, now)


def test_an_empty_agenda_is_never_due(agenda: Agenda, current: Generation) -> None:
    """Nobody watches, and nothing is owed."""
    assert agenda.next_deadline(current, None) is None


def test_the_feed_is_used_where_there_is_one_and_it_was_entered(
    agenda: Agenda, capabilities: Capabilities, current: Generation
) -> None:
    """sync.md E1 and E2."""
    assert not agenda.has_feed(current)
    capabilities.names = FEED

    assert agenda.has_feed(current)
    assert not agenda.has_feed(Generation())


@pytest.mark.parametrize("names", [frozenset(), NUMBERED, FEED])
def test_catching_up_owes_what_may_have_been_missed_twice(
    agenda: Agenda, capabilities: Capabilities, current: Generation, names: frozenset[str]
) -> None:
    """SPEC.md L2: sync.md C2: now, and once more when a replica has had time."""
    capabilities.names = names
    agenda.catch_up(current, 10.0)
    assert agenda.next_deadline(current, None) == 10.0
    first = plan(agenda, current, 10.0)
    agenda.done(first, 10.1)
    for number in range(201, 300):
        current.ingest(message(number, rev=300 + number), 11.0)

    assert agenda.next_deadline(current, None) == 10.0 + SETTLE
    second = plan(agenda, current, 10.0 + SETTLE)

    assert (second.kind, second.query, second.floor) == (first.kind, first.query, first.floor)
    if names == FEED:
        assert first.query.after_rev == 500
    elif names == NUMBERED:
        assert first.query.after == 200 - REREAD
    else:
        assert first.query.since == EPOCH + 200 - REREAD - OVERLAP


@pytest.mark.parametrize("names", [NUMBERED, FEED])
def test_hints_become_one_look(
    agenda: Agenda, capabilities: Capabilities, current: Generation, names: frozenset[str]
) -> None:
    """SPEC.md L3: sync.md P3."""
    capabilities.names = names
    for now in (5.0, 5.05):
        agenda.look_soon(current, now)

    assert agenda.next_deadline(current, None) == 5.0 + HINT_DELAY
    query = plan(agenda, current, 6.0).query
    assert query.count == (500 if names == FEED else 200 - TAIL)


def test_a_doubt_is_looked_into_with_messages(
    agenda: Agenda, capabilities: Capabilities, current: Generation
) -> None:
    """SPEC.md L4: sync.md 2.11: the feed does not tell what is not there any more."""
    capabilities.names = FEED
    agenda.doubt(current, 5.0)

    assert plan(agenda, current, 5.0).query.after == 200 - TAIL


def test_the_tail_is_looked_at_and_read_again(
    agenda: Agenda, capabilities: Capabilities, current: Generation
) -> None:
    """SPEC.md L1: sync.md 2.8 and E2: probe and re-read."""
    capabilities.names = FEED
    agenda.done(reads.begin_newest(0.0), 1.0)
    assert agenda.next_deadline(current, None) is None
    agenda.cadence = 25.0
    assert agenda.next_deadline(current, None) == 26.0

    assert plan(agenda, current, 26.0).kind is ReadKind.CHANGES
    agenda.looked_at = REREAD_PAUSE
    assert agenda.next_deadline(current, None) == 1.0 + REREAD_PAUSE
    again = plan(agenda, current, 1.0 + REREAD_PAUSE)
    assert (again.kind, again.query.after) == (ReadKind.AFTER, 200 - REREAD)


def test_holes_and_missing_changes_have_a_look(
    agenda: Agenda, capabilities: Capabilities, current: Generation
) -> None:
    """sync.md H1: a hole is looked for with messages, a change in the feed."""
    capabilities.names = FEED
    current.changes.reaches(502, 5.0)
    due = current.changes.due
    assert due is not None
    assert agenda.next_deadline(current, 9.0) == due
    assert plan(agenda, current, due, holes_due=9.0).kind is ReadKind.CHANGES
    assert plan(agenda, current, 9.0, holes_due=9.0).kind is ReadKind.AFTER


def test_the_deepest_change_that_is_owed_is_read_from(
    agenda: Agenda, capabilities: Capabilities, current: Generation
) -> None:
    """sync.md C2: the cursor may have moved since."""
    capabilities.names = FEED
    agenda.catch_up(current, 1.0)
    current.ingest(message(201, rev=501), 1.0)

    assert plan(agenda, current, 1.0).query.after_rev == 500


def test_a_session_that_is_unknown_or_read_anew_begins_with_the_newest_page(
    agenda: Agenda, current: Generation
) -> None:
    """sync.md 2.11: wide enough for the reader to keep the place."""
    agenda.wants_older = True
    assert plan(agenda, Generation(), 1.0).query.limit == PAGE_LIMIT
    assert plan(agenda, current, 1.0, fresh=Generation(120)).query.limit == 120
    assert plan(agenda, current, 1.0, fresh=Generation(9000)).query.limit == MAX_LIMIT
    assert plan(agenda, current, 1.0, fresh=Generation()).query.limit == PAGE_LIMIT


def test_the_person_comes_before_what_is_owed(
    agenda: Agenda, capabilities: Capabilities, current: Generation
) -> None:
    """Roadmap section 2.3: what they wait for is read first."""
    capabilities.names = NUMBERED
    agenda.catch_up(current, 1.0)
    agenda.wants_older = True
    agenda.again.append(150)
    assert agenda.next_deadline(current, None) == 0.0

    older = plan(agenda, current, 1.0)
    agenda.done(older, 1.1)
    again = plan(agenda, current, 1.2)
    agenda.done(again, 1.3)

    assert (older.kind, older.query.before) == (ReadKind.OLDER, 101)
    assert (again.kind, again.query.before) == (ReadKind.REFRESH, 150)
    assert agenda.looked_at is None or agenda.looked_at < 1.2
    assert plan(agenda, current, 1.4).kind is ReadKind.AFTER


def test_a_page_is_read_again_by_time_where_there_are_no_numbers(
    agenda: Agenda, current: Generation
) -> None:
    """sync.md E2."""
    agenda.again.append(180)
    assert plan(agenda, current, 1.0).query.since == EPOCH + 130 - OVERLAP
    agenda.again[0] = 101
    assert plan(agenda, Generation(), 1.0).kind is ReadKind.NEWEST
    assert plan(agenda, current, 1.0).query.since == EPOCH + 101 - OVERLAP


def test_a_failure_leaves_the_debt_and_not_the_wish(
    agenda: Agenda, capabilities: Capabilities, current: Generation
) -> None:
    """sync.md C2: owed until it is paid; what the person wanted they may want again."""
    capabilities.names = NUMBERED
    agenda.catch_up(current, 1.0)
    plan(agenda, current, 1.0)
    agenda.wants_older = True
    agenda.again.append(150)

    agenda.failed(2.0, may_pass=True, retry_after=7.0)

    assert agenda.__dict__["wants_older"] is False
    assert not agenda.again
    assert agenda.next_deadline(current, None) == 9.0
    agenda.clear()
    assert agenda.next_deadline(current, None) is None
    agenda.failed(3.0, may_pass=False, retry_after=None)
    assert agenda.next_deadline(current, 4.0) is None


def test_a_missing_first_number_is_read_from_the_start(agenda: Agenda) -> None:
    """sync.md 2.6: no time of ours bounds what is before all that is here."""
    current = Generation()
    current.transcript.claim_from(1)
    assert plan(agenda, current, 1.0).kind is ReadKind.NEWEST
    current.ingest(message(3), 1.0)

    read = plan(agenda, current, 1.0)

    assert (read.query.since, read.floor) == (0.0, 0)

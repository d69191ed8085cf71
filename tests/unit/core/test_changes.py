"""`core.changes`: the cursor of the feed moves over what is contiguous, and over nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from threadline.core import reads
from threadline.core.changes import MAX_MARKS, Changes
from threadline.core.holes import GRACE, SETTLE

if TYPE_CHECKING:
    from threadline.core.reads import Read


def look(begun_at: float, *, reached: bool = True) -> Read:
    """Return a read of the feed that is done."""
    return replace(reads.begin_changes(begun_at, 0), reached=reached, is_done=True)


@pytest.fixture
def changes() -> Changes:
    """Return a feed that was entered at the change 10."""
    feed = Changes()
    feed.begin(10)
    return feed


def test_a_feed_that_was_never_entered_asks_for_nothing() -> None:
    """There is no cursor to ask with."""
    feed = Changes()
    feed.covers(5, 0.0)
    feed.looked(look(0.0), 9, 0.0)

    assert (feed.base, feed.cursor, feed.due) == (None, 0, None)


def test_what_follows_moves_the_cursor_without_a_look(changes: Changes) -> None:
    """sync.md E1: contiguous, as with sequence numbers."""
    for rev in (11, 12, 13):
        changes.covers(rev, 1.0)
    changes.covers(None, 1.0)
    changes.reaches(None, 1.0)
    changes.reaches(13, 1.0)

    assert (changes.cursor, changes.highest, changes.due) == (13, 13, None)


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_change_that_is_missing_is_looked_for(changes: Changes, is_whole: bool) -> None:
    """sync.md H1: after a moment in which it may still come; the cursor stays before it."""
    if is_whole:
        changes.covers(12, 5.0)
    else:
        changes.reaches(11, 5.0)

    assert changes.due == 5.0 + GRACE
    assert changes.cursor == 10
    changes.covers(13, 6.0)
    assert changes.due == 5.0 + GRACE


def test_a_missing_change_that_comes_closes_its_hole(changes: Changes) -> None:
    """Late and out of order."""
    changes.covers(12, 5.0)
    changes.covers(11, 5.1)

    assert changes.cursor == 12


def test_what_two_looks_did_not_bring_was_overtaken(changes: Changes) -> None:
    """SPEC.md H12: each begun long enough after there was evidence; not after one."""
    changes.covers(12, 5.0)
    changes.looked(look(5.2), 12, 5.3)
    assert (changes.cursor, changes.due) == (10, None)

    changes.looked(look(6.0 + SETTLE), 12, 30.0)
    assert changes.cursor == 10
    changes.looked(look(40.0), 12, 40.1)
    assert changes.cursor == 12


def test_a_look_that_led_nowhere_proves_nothing(changes: Changes) -> None:
    """And is not repeated at once."""
    changes.covers(12, 5.0)
    for begun_at in (20.0, 40.0, 60.0):
        changes.looked(look(begun_at, reached=False), 12, begun_at)

    assert (changes.cursor, changes.due) == (10, None)


def test_the_feed_tells_of_changes_that_it_does_not_bring(changes: Changes) -> None:
    """The last change may be one that a later look has to settle."""
    changes.looked(look(5.0), 14, 5.1)

    assert (changes.highest, changes.cursor, changes.due) == (14, 10, None)
    changes.looked(look(5.0), 9, 5.1)
    assert changes.highest == 14


def test_evidence_is_remembered_by_the_second(changes: Changes) -> None:
    """However much there is of it: a change is never taken for older than it is."""
    for number in range(MAX_MARKS * 10):
        changes.covers(12 + 2 * number, number / 4)
    last = (MAX_MARKS * 10 - 1) / 4
    highest = changes.highest

    changes.looked(look(last + SETTLE - 1.0), None, last)
    changes.looked(look(last + SETTLE - 0.9), None, last)

    assert 10 < changes.cursor < highest

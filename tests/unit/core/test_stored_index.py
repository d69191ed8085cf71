"""`core.stored_index`: what is on disk, and what goes first."""

from __future__ import annotations

from threadline.core.model import SessionId
from threadline.core.session_summary import SessionSummary
from threadline.core.stored_index import MAX_STORED_MESSAGES, MAX_STORED_SESSIONS, StoredIndex
from threadline.core.stored_session import Coverage

A, B, C = SessionId("a"), SessionId("b"), SessionId("c")


def test_what_was_viewed_longest_ago_goes_first() -> None:
    """SPEC.md S6: but nothing that is used; what was never viewed before all."""
    index = StoredIndex()
    for one in (A, B, C, SessionId("never")):
        index.put(one, 1)
    for one in (B, A, C, A):
        index.view(one)

    assert index.longest_ago({C}) == ["never", "b", "a"]
    index.take_out([B, SessionId("unknown")])
    assert index.longest_ago(set()) == ["never", "c", "a"]


def test_what_the_disk_says_is_earlier_than_this_life() -> None:
    """SPEC.md S6: viewings are counted, and the count goes on."""
    index = StoredIndex()
    index.view(A)
    index.put(C, 1)
    index.replace({A: (1, 3), B: (1, 7)})

    assert (index.viewed(A), index.viewed(B), index.viewed(C)) == (8, 7, 0)
    assert index.longest_ago(set()) == ["b", "a"]
    index.view(B)
    assert index.viewed(B) == 9


def test_within_the_bounds_nothing_goes() -> None:
    """SPEC.md S6."""
    index = StoredIndex()
    index.put(A, MAX_STORED_MESSAGES - 1)
    index.put(B, 1)

    assert index.too_many(set()) == []


def test_beyond_either_bound_just_enough_goes() -> None:
    """SPEC.md S6: messages, or sessions."""
    index = StoredIndex()
    for number in range(MAX_STORED_SESSIONS + 2):
        index.put(SessionId(f"o{number:03}"), 1)
    assert index.too_many({SessionId("o000")}) == ["o001", "o002"]

    index.put(A, MAX_STORED_MESSAGES)
    index.view(A)
    assert len(index.too_many(set())) == MAX_STORED_SESSIONS + 2
    assert index.too_many({A, *(SessionId(f"o{number:03}") for number in range(200))}) == []


def test_all_may_be_forgotten() -> None:
    """SPEC.md S11: of another account nothing is known."""
    index = StoredIndex()
    index.put(A, 1)
    index.view(A)
    index.clear()

    assert (index.longest_ago(set()), index.viewed(A)) == ([], 0)


def test_the_list_knows_what_is_on_disk() -> None:
    """Ux.md M4: by title, status and time; what holds no message is nothing to go back to."""
    index = StoredIndex()
    coverage = Coverage(base=1, known=((1, 1),), count=1, title="A title", updated_at=5.0)
    for one in (A, B, C):
        index.describe(one, coverage)
    index.put(A, 1)
    index.put(B, 0)
    index.put(C, 1)
    index.take_out([C])

    assert index.summaries() == [SessionSummary(id=A, title="A title", updated_at=5.0)]
    index.clear()
    assert index.summaries() == []

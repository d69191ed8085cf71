"""`core.session_deletions`: which sessions the list leaves out."""

from __future__ import annotations

from threadline.core.model import SessionId
from threadline.core.session_deletions import Deletion, Deletions
from threadline.core.session_summary import SessionSummary


def test_what_goes_and_what_is_gone_is_left_out() -> None:
    """Ux.md S6: pending, asked for, and done."""
    deletions = Deletions()
    summary = SessionSummary(id=SessionId("a"), title="A")
    assert deletions.next_deadline() is None
    deletions.pending = Deletion(session=summary, due=6.0, views=(1,))
    deletions.asked.add(SessionId("b"))
    deletions.done.add(SessionId("c"))

    assert [one for one in "abcd" if deletions.takes(SessionId(one))] == ["a", "b", "c"]
    assert deletions.next_deadline() == 6.0
    deletions.forget()
    assert not any(deletions.takes(SessionId(one)) for one in "abcd")

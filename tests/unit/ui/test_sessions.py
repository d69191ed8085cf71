"""The session list."""

from __future__ import annotations

import pytest

from threadline.core.model import SessionId, SessionSummary
from threadline.ui.sessions import session_list


def test_no_sessions_are_told_in_words() -> None:
    """An empty list does not look like a broken one."""
    shown = session_list((), None)

    assert (shown.rows, shown.none) == ((), "No conversations yet.")


def test_rows_keep_the_servers_order_and_mark_the_current_one() -> None:
    """Status words only for what is known."""
    sessions = (
        SessionSummary(id=SessionId("s1"), title="One", status="failed", updated_at=0.0),
        SessionSummary(id=SessionId("s2"), title="  ", status="brand new"),
    )
    shown = session_list(sessions, SessionId("s2"))
    first, second = shown.rows

    assert (first.title, first.status, first.status_words) == ("One", "failed", "Failed")
    assert (first.at, first.current) == ("1970-01-01T00:00:00Z", False)
    assert (second.title, second.status, second.status_words) == ("Untitled chat", "", "")
    assert (second.at, second.current) == ("", True)
    assert shown.none == ""
    assert (first.unread, second.unread) == ("", "")


@pytest.mark.parametrize(
    ("count", "words"), [(0, ""), (1, "1 new"), (99, "99 new"), (100, "99+ new")]
)
def test_new_messages_are_counted(count: int, words: str) -> None:
    """SPEC.md V9: what nobody has seen, and no number that nobody can read."""
    [row] = session_list((SessionSummary(id=SessionId("s1"), title="", unread=count),), None).rows

    assert row.unread == words

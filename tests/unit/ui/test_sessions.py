"""The session list."""

from __future__ import annotations

from typing import Any

import pytest

from threadline.core.model import SessionId
from threadline.core.session_summary import SessionSummary
from threadline.ui.sessions import ListParts, session_list


def summary(name: str = "s1", title: str = "One", **members: Any) -> SessionSummary:
    """Return a conversation as the engine lists it."""
    return SessionSummary(id=SessionId(name), title=title, **members)


def test_no_sessions_are_told_in_words() -> None:
    """An empty list does not look like a broken one."""
    shown = session_list(ListParts())

    assert (shown.rows, shown.none) == ((), "No conversations yet.")


def test_rows_keep_the_engines_order_and_mark_the_current_one() -> None:
    """Status words only for what is known."""
    sessions = (
        summary(status="failed", updated_at=0.0, pinned=True),
        summary("s2", "  ", status="brand new"),
    )
    shown = session_list(ListParts(sessions, SessionId("s2")))
    first, second = shown.rows

    assert (first.title, first.status, first.status_words) == ("One", "failed", "Failed")
    assert (first.at, first.current, first.pinned) == ("1970-01-01T00:00:00Z", False, True)
    assert (second.title, second.status, second.status_words) == ("Untitled chat", "", "")
    assert (second.at, second.current, second.pinned) == ("", True, False)
    assert (shown.none, shown.found, shown.undo, shown.problem) == ("", "", None, "")
    assert (first.unread, second.unread) == ("", "")


@pytest.mark.parametrize(
    ("status", "words"),
    [("running", "Working"), ("completed", "Done"), ("interrupted", "Interrupted")],
)
def test_what_the_agent_does_is_told(status: str, words: str) -> None:
    """Ux.md B5: a word beside each sign."""
    [row] = session_list(ListParts((summary(status=status),))).rows

    assert (row.status, row.status_words) == (status, words)


@pytest.mark.parametrize(
    ("count", "words"), [(0, ""), (1, "1 new"), (99, "99 new"), (100, "99+ new")]
)
def test_new_messages_are_counted(count: int, words: str) -> None:
    """SPEC.md V9: what nobody has seen, and no number that nobody can read."""
    [row] = session_list(ListParts((summary(unread=count),))).rows

    assert row.unread == words


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["Café in Paris", "Flights"]),
        ("CAFE", ["Café in Paris"]),
        ("paris caf", ["Café in Paris"]),
        (" fl ", ["Flights"]),
    ],
)
def test_a_search_finds_titles_by_all_its_words(search: str, found: list[str]) -> None:
    """Ux.md S7: whatever their case, their accents and their order."""
    sessions = (summary("s1", "Café in Paris"), summary("s2", "Flights"))
    shown = session_list(ListParts(sessions, search=search))

    assert [row.title for row in shown.rows] == found
    assert shown.found == ("1 conversation found" if search else "")


def test_a_search_that_finds_nothing_says_so() -> None:
    """It is not the words of an empty list."""
    shown = session_list(ListParts((summary(),), search="two"))

    assert (shown.rows, shown.found) == ((), "")
    assert shown.none == "No conversation has that in its title."


def test_a_deletion_can_be_undone_and_a_problem_is_told() -> None:
    """Ux.md S6: with the title of what is gone."""
    shown = session_list(ListParts(deleted=summary(), problem="No."))

    assert shown.undo is not None
    assert (shown.undo.words, shown.problem) == ("“One” is deleted.", "No.")


def test_what_only_holds_on_this_device_is_called_so() -> None:
    """Ux.md 3: a control that the server does not offer is plainly local."""
    servers = session_list(ListParts())
    here = session_list(ListParts(deleted=summary(), can_rename=False, can_delete=False))

    assert (servers.rename, servers.delete) == ("Rename", "Delete")
    assert (here.rename, here.delete) == ("Rename on this device", "Remove from this device")
    assert here.undo is not None
    assert here.undo.words == "“One” is removed from this device."

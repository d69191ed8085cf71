"""`core.session_marks`: what the person made of the list on this device."""

from __future__ import annotations

import json

from threadline.core.model import SessionId
from threadline.core.session_marks import MAX_ACCOUNTS, MAX_MARKS, Mark, SessionMarks

ONE, TWO = SessionId("s1"), SessionId("s2")


def test_marks_are_an_accounts_own_and_outlive_the_engine() -> None:
    """Ux.md S6: written as JSON text, and read by the next engine."""
    marks = SessionMarks()
    marks.mark("ada", ONE, pinned=True)
    marks.mark("ada", ONE, title="Mine")
    marks.mark("bob", TWO, hidden=True)
    after = SessionMarks()
    after.recall(json.loads(marks.text()))

    assert after.of("ada") == {ONE: Mark(pinned=True, title="Mine")}
    assert after.of("bob") == {TWO: Mark(hidden=True)}
    assert (after.of(None), after.of("eve")) == ({}, {})


def test_what_is_special_no_more_is_forgotten() -> None:
    """Nothing is written of a session like all others, or of one who left."""
    marks = SessionMarks()
    marks.mark("ada", ONE, pinned=True)
    marks.mark("ada", ONE, pinned=False)
    marks.mark("bob", TWO, pinned=True)
    marks.forget("bob")
    marks.forget("eve")

    assert json.loads(marks.text()) == {}


def test_bad_records_are_dropped() -> None:
    """A mark may be missing, and never keeps the list from working."""
    marks = SessionMarks()
    marks.recall("nonsense")
    marks.recall(
        {
            "ada": {"s1": {"pinned": True}, "s2": "nonsense", "s3": {"title": "  "}},
            "bob": ["s1"],
            "eve": {"s1": {"title": "x" * 300, "pinned": "yes"}},
        }
    )

    assert marks.of("ada") == {ONE: Mark(pinned=True)}
    assert marks.of("bob") == {}
    assert marks.of("eve") == {ONE: Mark(title="x" * 200)}


def test_there_are_no_more_than_can_be_kept() -> None:
    """The ones marked longest ago go first, of sessions and of accounts."""
    marks = SessionMarks()
    for number in range(MAX_MARKS + 2):
        marks.mark("ada", SessionId(f"s{number}"), pinned=True)
    assert len(marks.of("ada")) == MAX_MARKS
    assert SessionId("s1") not in marks.of("ada")
    for number in range(MAX_ACCOUNTS):
        marks.mark(f"other {number}", ONE, pinned=True)

    assert marks.of("ada") == {}

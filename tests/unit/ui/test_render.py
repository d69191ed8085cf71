"""HTML: the contract's attributes, everything escaped, nothing drawn twice."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threadline.core.connection import ConnectionState
from threadline.core.model import (
    Account,
    ClientMessageId,
    Delivery,
    Message,
    MessageError,
    MessageId,
    OutboxEntry,
    ProvisionalStep,
    SessionId,
    Step,
)
from threadline.core.session_summary import SessionSummary
from threadline.core.session_view import (
    ConnectionReport,
    Gap,
    GapState,
    Health,
    Loading,
    LoadingState,
    SessionView,
)
from threadline.ui.render import SLOTS, Painter

if TYPE_CHECKING:
    from threadline.core.model import Role

_HTML = Path(__file__).parents[3] / "extension" / "view_html.js"


def _allowed(kind: str) -> frozenset[str]:
    """What the page lets through; anything else would silently be dropped there."""
    found = re.search(rf"{kind}: \[([^\]]+)\]", _HTML.read_text("utf-8"))
    assert found is not None
    return frozenset(re.findall(r"'([a-z0-9-]+)'", found[1]))


_ELEMENTS, _ATTRIBUTES = _allowed("elements"), _allowed("attributes")


class _Page(HTMLParser):
    """Reads HTML into a list of elements with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.depth = 0
        self.roots = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.roots += self.depth == 0
        self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def first(self, tag: str) -> dict[str, str | None]:
        return next(attributes for name, attributes in self.elements if name == tag)


def _message(number: int, text: str = "Hello", step: Step | None = None) -> Message:
    return Message(
        id=MessageId(f"m{number}"),
        role="assistant" if step else "user",
        content=text,
        status="completed" if step else "sent",
        timestamp=float(number),
        sequence=number,
        step=step,
    )


def _own(delivery: Delivery) -> OutboxEntry:
    return OutboxEntry(
        client_message_id=ClientMessageId(f"c-{delivery.value}"),
        session_id=None,
        content="Mine",
        created_at=0.0,
        ordinal=1,
        delivery=delivery,
    )


def _step(index: int, **words: str) -> Step:
    return Step(task_id="t", index=index, **words)


_FULL = SessionView(
    session_id=SessionId("s1"),
    title="Lunch",
    account=Account(id="ann"),
    messages=(
        _message(1),
        _message(2, "One", _step(0, action="click()", thought="why", verification="ok")),
        replace(
            _message(5, "Two", _step(1, correction="other")),
            status="failed",
            error=MessageError(message="boom"),
        ),
        replace(_message(6, ""), role="assistant", status="failed"),
        replace(_message(7, "Note"), role="system", sequence=None, timestamp=1e20),
    ),
    provisional=(ProvisionalStep(step=_step(2), status="executing", received_at=0.0),),
    gaps=(Gap(first=3, last=4), Gap(first=8, last=8, state=GapState.STUCK)),
    pending=tuple(_own(delivery) for delivery in Delivery),
    typing="executing",
    typing_since=0.0,
    problem="overloaded",
    connection=ConnectionReport(
        state=ConnectionState.RECONNECTING,
        health=Health.WAITING,
        attempt=2,
        next_attempt_at=9.0,
        last_event_at=1.0,
    ),
    loading=LoadingState(state=Loading.LOADED, has_older=True),
    sessions=(
        SessionSummary(id=SessionId("s1"), title="Lunch", status="active", updated_at=1.0),
        SessionSummary(id=SessionId("s2"), title="Tea"),
    ),
)
_STATES = {
    "full": _FULL,
    "ended": replace(_FULL, typing=None, run_ended="failed", pending=(), gaps=()),
    "cut off": replace(_FULL, connection=ConnectionReport(rest_works=False)),
    "empty": SessionView(session_id=SessionId("s1"), loading=LoadingState(state=Loading.LOADED)),
    "loading": SessionView(loading=LoadingState(state=Loading.LOADING)),
    "no token": SessionView(connection=ConnectionReport(health=Health.NO_TOKEN)),
}


def _row(state: SessionView, key: str) -> _Page:
    return _Page(next(row.html for row in Painter().paint(state).rows if row.key == key))


@pytest.mark.parametrize("state", _STATES.values(), ids=_STATES.keys())
def test_only_what_the_page_lets_through(state: SessionView) -> None:
    """No element and no attribute is used that the page's allow-list would drop."""
    painted = Painter().paint(state)
    for html in [row.html for row in painted.rows] + list(painted.slots.values()):
        page = _Page(html)
        names = {name for _, attributes in page.elements for name in attributes}

        assert {tag for tag, _ in page.elements} <= _ELEMENTS
        assert {name for name in names if not name.startswith("data-")} <= _ATTRIBUTES
        assert page.depth == 0


@pytest.mark.parametrize("state", _STATES.values(), ids=_STATES.keys())
def test_each_row_is_one_element(state: SessionView) -> None:
    """The root is what the page keys."""
    for row in Painter().paint(state).rows:
        assert _Page(row.html).roots == 1


def test_every_slot_is_painted() -> None:
    """All the names of the contract, always."""
    for state in _STATES.values():
        assert tuple(Painter().paint(state).slots) == SLOTS


def test_a_message_carries_the_contracts_attributes() -> None:
    """Id, role, status, sequence; the text as it is, in its own direction."""
    page = _row(_FULL, "m1")
    article = page.first("article")

    assert article["data-message-id"] == "m1"
    assert article["data-role"] == "user"
    assert article["data-status"] == "sent"
    assert article["data-sequence"] == "1"
    assert ("div", {"class": "text", "dir": "auto"}) in page.elements
    assert page.first("time") == {
        "class": "meta-time",
        "datetime": "1970-01-01T00:00:01Z",
        "data-format": "clock",
    }


def test_a_message_without_a_sequence_has_no_such_attribute() -> None:
    """Nothing is made up."""
    assert "data-sequence" not in _row(_FULL, "m7").first("article")


def test_a_stored_step_stands_inside_its_article() -> None:
    """With its index; folded once the run is over, but never where it failed."""
    over = replace(_FULL, typing=None, provisional=())
    running, done, failed = _row(_FULL, "m2"), _row(over, "m2"), _row(over, "m5")

    assert running.first("details") == {**done.first("details"), "open": None}
    assert done.first("details")["data-step-index"] == "0"
    assert "open" in failed.first("details")
    assert failed.first("details")["class"] == "step step-failed"
    assert "Failed: boom" in "".join(failed.text)
    assert "other" in "".join(failed.text)


def test_a_provisional_step_is_no_article() -> None:
    """It is not a message."""
    page = _row(_FULL, "step:t:2")

    assert "article" not in {tag for tag, _ in page.elements}
    assert ("div", {"class": "step step-running", "data-step-index": "2"}) in page.elements


@pytest.mark.parametrize(
    ("delivery", "buttons"),
    [
        (Delivery.QUEUED, ["edit", "discard"]),
        (Delivery.SENDING, []),
        (Delivery.UNCONFIRMED, ["discard"]),
        (Delivery.FAILED, ["retry", "edit", "discard"]),
    ],
)
def test_an_unsent_text_offers_what_can_be_done(delivery: Delivery, buttons: list[str]) -> None:
    """Its id is ours until the server gives it one."""
    key = f"c-{delivery.value}"
    page = _row(_FULL, key)
    found = [attributes for tag, attributes in page.elements if tag == "button"]

    assert page.first("article")["data-message-id"] == key
    assert page.first("article")["data-status"] == delivery.value
    assert [button["data-command"] for button in found] == buttons
    assert all(button["data-client-message-id"] == key for button in found)


def test_gaps_are_told_in_place() -> None:
    """One that is stuck can be asked for again."""
    fetching, stuck = _row(_FULL, "gap:4"), _row(_FULL, "gap:8")

    assert "2 messages missing · fetching" in "".join(fetching.text)
    assert "button" not in {tag for tag, _ in fetching.elements}
    assert stuck.first("button")["data-command"] == "load_history"


def test_the_working_line_is_empty_without_a_run() -> None:
    """No HTML at all, so that the status line says nothing."""
    assert Painter().paint(_STATES["ended"]).slots["working"] == ""
    assert "Working" in Painter().paint(_FULL).slots["working"]


@given(st.text())
def test_text_stays_text(text: str) -> None:
    """Whatever a message holds comes out as characters, never as an element."""
    state = SessionView(messages=(_message(1, f"<b>{text}</b><img src=x onerror=alert(1)>"),))
    (row,) = Painter().paint(state).rows
    tags = [tag for tag, _ in _Page(row.html).elements]

    assert tags == ["article", "span", "div", "div", "time"]


def test_an_attribute_cannot_be_broken_out_of() -> None:
    """Ids, titles and statuses come from a server too."""
    evil = '"><script>alert(1)</script>'
    message = replace(_message(1), id=MessageId(evil), status=evil)
    summary = SessionSummary(id=SessionId(evil), title=evil, status=evil)
    painted = Painter().paint(SessionView(messages=(message,), sessions=(summary,)))
    page = _Page(painted.rows[0].html)

    assert page.first("article")["data-message-id"] == evil
    for html in (painted.rows[0].html, painted.slots["sessions"]):
        assert "script" not in {tag for tag, _ in _Page(html).elements}


def test_an_unchanged_row_is_not_drawn_again() -> None:
    """The very same HTML object comes back; only the step of a turn that is over now folds."""
    painter = Painter()
    before = painter.paint(_FULL)
    after = painter.paint(replace(_FULL, messages=(*_FULL.messages, _message(9))))
    old = {row.key: row for row in before.rows}

    same = [row.key for row in after.rows if old.get(row.key) is row]
    assert {"m1", "m5", "m6", "m7", "gap:4", "c-failed"} <= set(same)
    assert after.slots["badge"] is before.slots["badge"]


def test_what_changed_is_drawn_anew() -> None:
    """The cache does not keep what is no longer so."""
    painter = Painter()
    painter.paint(_FULL)
    edited = (replace(_FULL.messages[0], content="Edited"), *_FULL.messages[1:])

    assert "Edited" in painter.paint(replace(_FULL, messages=edited)).rows[0].html


_TOLD = tuple(
    ProvisionalStep(step=step, status="executing", received_at=0.0)
    for step in (_step(0, action="a"), _step(1), Step(task_id="t"))
)
_ROLES: tuple[Role, ...] = ("user", "assistant", "system")
_STEPS = (None, Step(action="unnumbered"), _step(3, action="numbered"))


@st.composite
def _changes(draw: st.DrawFn) -> list[SessionView]:
    """The states of one view: its messages come, go at the start and change, and all else too."""
    states: list[SessionView] = []
    messages: list[Message] = []
    number = 0
    for change in draw(st.lists(st.sampled_from(["add", "move", "edit", "same"]), min_size=1)):
        if change == "edit" and messages:
            place = draw(st.integers(0, len(messages) - 1))
            status = draw(st.sampled_from(["running", "failed"]))
            messages[place] = replace(messages[place], status=status)
        elif change in {"add", "move"}:
            number += draw(st.integers(1, 3))
            role, step = draw(st.sampled_from(_ROLES)), draw(st.sampled_from(_STEPS))
            messages.append(replace(_message(number, "Hello", step), role=role))
            messages = messages[change == "move" :]
        numbers = draw(st.sets(st.integers(1, number + 1), max_size=2))
        # Most often nothing but the messages changes, which is the case that is made quick.
        quiet = draw(st.booleans())
        states.append(
            SessionView(messages=tuple(messages))
            if quiet
            else SessionView(
                messages=tuple(messages),
                gaps=tuple(Gap(first=one, last=one) for one in sorted(numbers)),
                provisional=_TOLD[: draw(st.integers(0, len(_TOLD)))],
                pending=_FULL.pending[: draw(st.integers(0, 2))],
                typing=draw(st.sampled_from([None, "executing"])),
                run_ended=draw(st.sampled_from([None, "failed"])),
                sessions=_FULL.sessions[: draw(st.integers(0, 2))],
            )
        )
    return states


@given(_changes())
def test_what_was_painted_before_leaves_no_trace(states: list[SessionView]) -> None:
    """One painter through all states paints each as a new one does."""
    painter = Painter()
    for state in states:
        painted, fresh = painter.paint(state), Painter().paint(state)

        assert painted.rows == fresh.rows
        assert painted.slots == fresh.slots
        said = {"announcement": fresh.facts["announcement"]}  # tells of the change, not the state
        assert {**painted.facts, **said} == fresh.facts
        assert len({row.key for row in painted.rows}) == len(painted.rows)

"""The whole view: rows in order, each made once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from threadline.core.model import (
    ClientMessageId,
    Message,
    MessageId,
    OutboxEntry,
    ProvisionalStep,
    SessionId,
    Step,
)
from threadline.core.session_view import (
    ConnectionReport,
    Gap,
    Health,
    LoadingState,
    SessionView,
    UnreadMark,
)
from threadline.ui.rows import NewRow
from threadline.ui.view import ViewMaker

if TYPE_CHECKING:
    from threadline.core.model import Role


def _message(number: int, role: Role = "assistant", step: Step | None = None) -> Message:
    return Message(
        id=MessageId(f"m{number}"),
        role=role,
        content=f"text {number}",
        status="completed",
        timestamp=float(number),
        sequence=number,
        step=step,
    )


def _entry(id_: str) -> OutboxEntry:
    return OutboxEntry(
        client_message_id=ClientMessageId(id_),
        session_id=SessionId("s1"),
        content=id_,
        created_at=0.0,
        ordinal=1,
    )


def _keys(state: SessionView) -> list[str]:
    return [row.key for row in ViewMaker().make(state).rows]


_RUN = (
    _message(1, "user"),
    _message(2, step=Step(task_id="t", index=0)),
    _message(3, step=Step(task_id="t", index=1)),
)
_TOLD = ProvisionalStep(step=Step(task_id="t", index=2), status="executing", received_at=0.0)


def test_rows_come_in_the_order_of_the_design() -> None:
    """Turn with its summary, steps not stored yet, how it ended, own texts last."""
    state = SessionView(
        session_id=SessionId("s1"),
        messages=_RUN,
        provisional=(_TOLD,),
        run_ended="failed",
        pending=(_entry("c1"),),
    )

    assert _keys(state) == ["m1", "turn:m1", "m2", "m3", "step:t:2", "run", "c1"]


def test_the_end_of_a_run_is_not_told_while_another_is_on() -> None:
    """Nor where there is nothing it could have been the end of."""
    running = SessionView(messages=_RUN, run_ended="failed", typing="thinking")

    assert "run" not in _keys(running)
    assert _keys(SessionView(run_ended="failed")) == []


def test_only_the_last_turn_can_be_running() -> None:
    """The earlier one is done, whatever goes on now."""
    later = tuple(
        replace(message, id=MessageId(f"n{message.id}"), sequence=None) for message in _RUN
    )
    view = ViewMaker().make(SessionView(messages=(*_RUN, *later), typing="executing"))
    states = [getattr(row, "state", None) for row in view.rows if row.key.startswith("turn:")]

    assert states == ["done", "running"]


@pytest.mark.parametrize(
    ("gaps", "keys"),
    [
        ((Gap(first=3, last=4),), ["m1", "m2", "gap:4", "m5", "m6"]),
        ((Gap(first=0, last=0),), ["gap:0", "m1", "m2", "m5", "m6"]),
        ((Gap(first=7, last=9),), ["m1", "m2", "m5", "m6", "gap:9"]),
        (
            (Gap(first=3, last=3), Gap(first=4, last=4), Gap(first=7, last=7)),
            ["m1", "m2", "gap:3", "gap:4", "m5", "m6", "gap:7"],
        ),
    ],
)
def test_gaps_stand_where_the_messages_are_missing(gaps: tuple[Gap, ...], keys: list[str]) -> None:
    """Before the first message that follows them, or at the end."""
    messages = (_message(1, "user"), _message(2), _message(5, "user"), _message(6))

    assert _keys(SessionView(messages=messages, gaps=gaps)) == keys


def test_an_acknowledged_text_is_not_shown_twice() -> None:
    """No key comes twice, even while the outbox still holds it."""
    stored = replace(_message(1, "user"), client_message_id=ClientMessageId("c1"))
    state = SessionView(messages=(stored,), pending=(_entry("c1"), _entry("c2")))

    assert _keys(state) == ["c1", "c2"]


def test_a_steps_row_may_stand_without_a_users_message() -> None:
    """A window can begin in the middle of a turn, and a step can be all there is."""
    assert _keys(SessionView(messages=_RUN[1:])) == ["turn:", "m2", "m3"]
    assert _keys(SessionView(provisional=(_TOLD,))) == ["step:t:2"]


def test_unchanged_rows_are_the_same_objects() -> None:
    """That is what makes them free to draw."""
    views = ViewMaker()
    state = SessionView(messages=_RUN, pending=(_entry("c1"),), typing="executing")
    before = views.make(state).rows
    after = views.make(replace(state, messages=(*_RUN, _message(4)))).rows

    kept = {row.key: row for row in before if not row.key.startswith("turn:")}
    assert all(kept[row.key] is row for row in after if row.key in kept)


def test_changes_are_announced_against_the_last_state() -> None:
    """The first view says nothing, the second what has changed."""
    views = ViewMaker()
    running = SessionView(messages=_RUN, typing="executing")

    assert views.make(running).facts.announcement == ""
    ended = views.make(replace(running, typing=None, run_ended="completed"))
    assert ended.facts.announcement == "Agent finished."


def test_the_boot_report_is_handed_through() -> None:
    """The engine knows it, the page may show it."""
    assert ViewMaker().make(SessionView(), boot="snapshot").facts.boot == "snapshot"


@pytest.mark.parametrize(
    ("state", "title"),
    [
        (SessionView(session_id=SessionId("s1"), title=" Lunch "), "Lunch"),
        (SessionView(session_id=SessionId("s1"), title=" ", messages=_RUN), "Untitled chat"),
        (SessionView(session_id=SessionId("s1")), "New chat"),
        (SessionView(), "New chat"),
        (SessionView(connection=ConnectionReport(health=Health.NO_TOKEN)), "Threadline"),
    ],
)
def test_title(state: SessionView, title: str) -> None:
    """The server's, or what the chat is without one."""
    view = ViewMaker().make(state)

    assert view.title == title
    assert view.facts.document_title == f"{title} · Threadline"


@pytest.mark.parametrize(
    ("mark", "keys"),
    [
        (None, ["m1", "turn:m1", "m2", "m3"]),
        (UnreadMark(1, 3), ["m1", "turn:m1", "new", "m2", "m3"]),
        (UnreadMark(7, 9), ["m1", "turn:m1", "m2", "m3"]),
    ],
    ids=["all seen", "some unseen", "unseen and not here"],
)
def test_what_was_not_seen_is_marked(mark: UnreadMark | None, keys: list[str]) -> None:
    """ux.md S5: a line before the first of it, the same object while nothing changes."""
    maker = ViewMaker()
    state = SessionView(session_id=SessionId("s1"), messages=_RUN, mark=mark)

    rows = maker.make(state).rows

    assert [row.key for row in rows] == keys
    assert maker.make(state).rows is rows


@pytest.mark.parametrize(("has_older", "is_told"), [(False, True), (True, False)])
def test_what_is_only_partly_here_is_not_summed_up(has_older: bool, is_told: bool) -> None:
    """ux.md B3: the line stands above all that is here; how many steps there were is not known."""
    state = SessionView(
        session_id=SessionId("s1"),
        messages=_RUN[1:],
        mark=UnreadMark(0, 3),
        loading=LoadingState(has_older=has_older),
    )

    row = next(row for row in ViewMaker().make(state).rows if isinstance(row, NewRow))

    assert bool(row.away) is is_told

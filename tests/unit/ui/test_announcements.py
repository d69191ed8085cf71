"""What is said to screen readers, once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from threadline.core.connection import ConnectionState
from threadline.core.model import (
    ClientMessageId,
    Delivery,
    Message,
    MessageId,
    OutboxEntry,
    SessionId,
)
from threadline.core.session_view import (
    ConnectionReport,
    Health,
    Loading,
    LoadingState,
    SessionView,
)
from threadline.ui.announcements import Announcer

if TYPE_CHECKING:
    from threadline.core.model import Role

_BASE = SessionView(session_id=SessionId("s1"))


def _line(state: ConnectionState, health: Health = Health.WAITING) -> SessionView:
    return replace(_BASE, connection=ConnectionReport(state=state, health=health))


def _pending(delivery: Delivery, reason: str | None = None) -> SessionView:
    entry = OutboxEntry(
        client_message_id=ClientMessageId("c1"),
        session_id=SessionId("s1"),
        content="Hello",
        created_at=0.0,
        ordinal=1,
        delivery=delivery,
        reason=reason,
    )
    return replace(_BASE, pending=(entry,))


def announcement(*states: SessionView) -> str:
    """Return what is said of the last of these states."""
    announcer = Announcer()
    return [announcer.announce(state) for state in states][-1]


def _with(state: SessionView, *numbers: int | None, role: Role = "assistant") -> SessionView:
    """Return the state with messages of these numbers after those that it has."""
    more = (
        Message(
            id=MessageId(f"m{number}"),
            role=role,
            content="",
            status="completed",
            timestamp=0.0,
            sequence=number,
        )
        for number in numbers
    )
    return replace(state, messages=(*state.messages, *more))


def test_the_first_paint_is_silent() -> None:
    """Opening a panel is not news."""
    assert announcement(_line(ConnectionState.FAILED)) == ""


def test_another_session_is_silent() -> None:
    """The person asked for it."""
    other = replace(_pending(Delivery.FAILED), session_id=SessionId("s2"))

    assert announcement(_BASE, other) == ""


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("CONNECTED", "RECONNECTING", "Reconnecting. The live line is lost; trying again."),
        ("RECONNECTING", "FALLBACK", "Polling. The live line is lost; trying again."),
        ("FALLBACK", "RECONNECTING", ""),
        ("RECONNECTING", "CONNECTED", "Back online."),
        ("CONNECTED", "FALLBACK", "Polling. The live line is lost; trying again."),
        ("CONNECTING", "CONNECTED", ""),
        ("CONNECTED", "CONNECTED", ""),
    ],
)
def test_the_line_is_told_when_it_gets_worse_or_comes_back(
    before: str, after: str, words: str
) -> None:
    """Steps on the way up are not."""
    old, new = _line(ConnectionState[before]), _line(ConnectionState[after])

    assert announcement(old, new) == words


def test_what_came_while_the_line_was_away_is_counted() -> None:
    """ux.md B10: once, when all of it is here; the person's own texts are no news."""
    live = _with(_line(ConnectionState.CONNECTED, Health.LIVE), 1, 2)
    lost = replace(live, connection=_line(ConnectionState.RECONNECTING).connection)
    early = _with(lost, 3)
    back = replace(early, connection=_line(ConnectionState.CONNECTED, Health.CHECKING).connection)
    whole = replace(_with(_with(back, 4, None), 5, role="user"), connection=live.connection)
    announcer = Announcer()

    said = [announcer.announce(state) for state in (live, lost, early, back)]
    catching_up = [announcer.is_catching_up]
    said += [announcer.announce(state) for state in (whole, whole)]

    catching_up.append(announcer.is_catching_up)

    assert catching_up == [True, False]
    worse = "Reconnecting. The live line is lost; trying again."
    assert said == ["", worse, "", "", "Back online. 2 new messages.", ""]


def test_what_cannot_be_read_is_not_waited_for() -> None:
    """The line is back, and the server does not answer: that is said by the banner."""
    lost = _line(ConnectionState.RECONNECTING)
    back = _line(ConnectionState.CONNECTED, Health.CHECKING)

    assert announcement(lost, back) == ""
    silent = replace(back, connection=replace(back.connection, rest_works=False))
    assert announcement(lost, silent) == "Back online."


def test_where_the_line_stays_away_what_came_is_told_before_it_comes_one_by_one() -> None:
    """ux.md B10: nothing that came meanwhile is left unsaid."""
    live = _with(_line(ConnectionState.CONNECTED, Health.LIVE), 1)
    lost = replace(live, connection=_line(ConnectionState.RECONNECTING).connection)
    polling = replace(_with(lost, 2), connection=_line(ConnectionState.FALLBACK).connection)

    assert announcement(live, lost, polling) == (
        "Polling. The live line is lost; trying again. 1 new message."
    )


def test_a_text_that_failed_is_told_once() -> None:
    """With the reason, where there is one."""
    sending, failed = _pending(Delivery.SENDING), _pending(Delivery.FAILED, "server error 500")

    assert announcement(sending, failed) == "Message not sent. server error 500"
    assert announcement(failed, _pending(Delivery.FAILED, "server error 500")) == ""
    assert announcement(_BASE, _pending(Delivery.FAILED)) == "Message not sent."


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        ("completed", "Agent finished."),
        ("failed", "The run failed."),
        ("brand new", ""),
        (None, ""),
    ],
)
def test_the_end_of_a_run_is_told(ended: str | None, words: str) -> None:
    """If the person was waiting for it."""
    running = replace(_BASE, typing="executing")

    assert announcement(running, replace(_BASE, run_ended=ended)) == words
    assert announcement(_BASE, replace(_BASE, run_ended=ended)) == ""


def test_a_failed_load_is_told_once() -> None:
    """And other news of the same moment with it."""
    failed = replace(_line(ConnectionState.FALLBACK), loading=LoadingState(state=Loading.FAILED))

    assert announcement(_line(ConnectionState.CONNECTED), failed) == (
        "Polling. The live line is lost; trying again. History could not be loaded."
    )
    assert announcement(failed, failed) == ""

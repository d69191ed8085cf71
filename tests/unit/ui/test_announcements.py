"""What is said to screen readers, once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from threadline.core.connection import ConnectionState
from threadline.core.model import (
    ClientMessageId,
    ConnectionReport,
    Delivery,
    Health,
    Loading,
    LoadingState,
    OutboxEntry,
    SessionId,
    SessionView,
)
from threadline.ui.announcements import announcement

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


def test_the_first_paint_is_silent() -> None:
    """Opening a panel is not news."""
    assert announcement(None, _line(ConnectionState.FAILED)) == ""


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

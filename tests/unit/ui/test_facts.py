"""The facts of border 1."""

from __future__ import annotations

import pytest

from threadline.core.connection import ConnectionState
from threadline.core.model import Account, ClientMessageId, Delivery, OutboxEntry, SessionId
from threadline.core.session_view import ConnectionReport, Health, LoadingState, SessionView
from threadline.ui.badge import badge
from threadline.ui.facts import Facts, facts_of


def _facts(state: SessionView) -> Facts:
    return facts_of(
        state,
        badge(state.connection),
        title="Lunch",
        announcement="",
        is_catching_up=False,
        boot="",
    )


def _queued(number: int, delivery: Delivery = Delivery.QUEUED) -> OutboxEntry:
    return OutboxEntry(
        client_message_id=ClientMessageId(f"c{number}"),
        session_id=None,
        content="Hello",
        created_at=0.0,
        ordinal=number,
        delivery=delivery,
    )


def test_all_facts_by_the_contracts_names() -> None:
    """Every fact is there, whatever its value."""
    state = SessionView(
        session_id=SessionId("s1"),
        account=Account(id="ann"),
        typing="verifying",
        loading=LoadingState(has_older=True),
        connection=ConnectionReport(state=ConnectionState.CONNECTED, health=Health.LIVE),
    )

    facts = facts_of(
        state,
        badge(state.connection),
        title="Lunch",
        announcement="Hi.",
        is_catching_up=True,
        boot="snapshot",
    )

    assert facts.as_json() == {
        "session": "s1",
        "documentTitle": "Lunch · Threadline",
        "account": "ann",
        "connectionState": "connected",
        "connectionTooltip": "Live: messages arrive as they are written.",
        "typingContext": "verifying",
        "canSend": True,
        "composerHint": "Enter sends · Shift+Enter starts a new line",
        "hasOlder": True,
        "announcement": "Hi.",
        "isCatchingUp": True,
        "boot": "snapshot",
        "accessOrigins": "",
        "readingAsked": 0,
    }


def test_nobody_is_null() -> None:
    """No account, no session, no run."""
    facts = _facts(SessionView())

    assert (facts.account, facts.session, facts.typing_context) == (None, None, None)


@pytest.mark.parametrize(
    ("health", "can_send", "hint"),
    [
        (Health.NO_TOKEN, False, "Sign in to send. What you type is kept."),
        (Health.SIGNED_OUT, False, "Sign in to send. What you type is kept."),
        (Health.FORBIDDEN, False, "This account cannot write here. What you type is kept."),
        (Health.POLLING, True, "Enter sends · Shift+Enter starts a new line"),
    ],
)
def test_who_may_send(health: Health, can_send: bool, hint: str) -> None:
    """A text that could only fail stays where it is, and the hint says why."""
    facts = _facts(SessionView(connection=ConnectionReport(health=health)))

    assert (facts.can_send, facts.composer_hint) == (can_send, hint)


def test_waiting_texts_are_counted() -> None:
    """Those that are on their way or have failed say so themselves."""
    state = SessionView(pending=(_queued(1), _queued(2), _queued(3, Delivery.FAILED)))

    assert _facts(state).composer_hint == "2 messages wait to be sent."

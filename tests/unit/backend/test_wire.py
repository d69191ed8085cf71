"""The wire: every answer and event, word for word."""

from typing import Any

import pytest

from threadline_backend import wire
from threadline_backend.tables import ChatSession, Message

MARKUP = '<script>alert("ü")</script> & \u2028 \U0001f600'


def _message(**members: Any) -> Message:
    given = {
        "message_id": "m1",
        "session_id": "s1",
        "sequence_number": 2,
        "rev": 3,
        "role": "user",
        "content": MARKUP,
        "status": "sent",
        "timestamp": 0,
        "updated_at": 1,
        "action_string": None,
        "action_payload": None,
        "dom_summary": None,
        "details": {"clientMessageId": "c1"},
        "error": None,
        "deleted": False,
        "client_message_id": "c1",
    }
    return Message(**{**given, **members})


def _session(**members: Any) -> ChatSession:
    given = {
        "session_id": "s1",
        "user_id": "u1",
        "title": "Title",
        "status": "active",
        "created_at": 0,
        "updated_at": 1,
        "last_sequence": 2,
        "last_rev": 3,
        "epoch": "e1",
        "deleted": False,
    }
    return ChatSession(**{**given, **members})


PLAIN_BODY = {
    "messageId": "m1",
    "role": "user",
    "content": MARKUP,
    "status": "sent",
    "timestamp": "1970-01-01T00:00:00.000Z",
    "updatedAt": "1970-01-01T00:00:00.001Z",
    "sequenceNumber": 2,
    "rev": 3,
    "deleted": False,
    "metadata": {"clientMessageId": "c1"},
}


def test_a_message() -> None:
    """Its text is as it was sent, markup and all; what it has not is left out."""
    assert wire.message_body(_message()) == PLAIN_BODY


def test_a_message_with_everything() -> None:
    """The optional members appear under their names."""
    message = _message(
        action_string="click()", action_payload={"a": 1}, dom_summary="dom", error={"code": "c"}
    )
    assert wire.message_body(message) == {
        **PLAIN_BODY,
        "actionString": "click()",
        "actionPayload": {"a": 1},
        "domSummary": "dom",
        "error": {"code": "c"},
    }


def test_a_page() -> None:
    """The messages with the heads of their session."""
    assert wire.page_body(_session(), [_message()], True) == {
        "messages": [PLAIN_BODY],
        "hasMore": True,
        "latestSequence": 2,
        "latestRev": 3,
        "epoch": "e1",
    }


def test_a_session() -> None:
    """As the list shows it."""
    assert wire.session_body(_session()) == {
        "sessionId": "s1",
        "title": "Title",
        "status": "active",
        "createdAt": "1970-01-01T00:00:00.000Z",
        "updatedAt": "1970-01-01T00:00:00.001Z",
        "lastSequence": 2,
    }


def test_new_message() -> None:
    """The message lies under `message`."""
    event = wire.new_message_event(_message())
    assert event == {"type": "new_message", "sessionId": "s1", "message": PLAIN_BODY}


def test_interact_response() -> None:
    """The seven members of the contract, and the message that they are about."""
    data = wire.turn_body(
        "t1",
        status="executing",
        step_index=4,
        action="click()",
        thought="why",
        verification="seen",
        correction="other",
        message=_message(),
    )
    assert wire.interact_response_event("s1", data) == {
        "type": "interact_response",
        "sessionId": "s1",
        "data": {
            "taskId": "t1",
            "action": "click()",
            "thought": "why",
            "status": "executing",
            "currentStepIndex": 4,
            "verification": "seen",
            "correction": "other",
            "messageId": "m1",
            "sequenceNumber": 2,
            "rev": 3,
        },
    }


def test_a_turn_without_message() -> None:
    """As `interact` answers it before there is a step."""
    assert wire.turn_body("t1", status="running", step_index=0) == {
        "taskId": "t1",
        "action": None,
        "thought": None,
        "status": "running",
        "currentStepIndex": 0,
        "verification": None,
        "correction": None,
    }


def test_message_update() -> None:
    """Status, time and numbers, with the whole message."""
    assert wire.message_update_event(_message()) == {
        "type": "message_update",
        "sessionId": "s1",
        "payload": {
            "messageId": "m1",
            "status": "sent",
            "updatedAt": "1970-01-01T00:00:00.001Z",
            "sequenceNumber": 2,
            "rev": 3,
            "message": PLAIN_BODY,
        },
    }


def test_message_update_of_a_failed_message() -> None:
    """The error is with it."""
    error = {"message": "No.", "code": "no"}
    assert wire.message_update_event(_message(error=error))["payload"]["error"] == error


@pytest.mark.parametrize("deleted", [True, False])
def test_session_update(deleted: bool) -> None:
    """State and title; a deletion is said in the metadata."""
    event = wire.session_update_event(_session(deleted=deleted))
    assert event == {
        "type": "session_update",
        "sessionId": "s1",
        "payload": {
            "sessionId": "s1",
            "status": "active",
            "updatedAt": "1970-01-01T00:00:00.001Z",
            "metadata": {"title": "Title", **({"deleted": True} if deleted else {})},
        },
    }


def test_typing() -> None:
    """With what, or no longer."""
    assert wire.typing_event("s1", "thinking") == {
        "type": "typing",
        "sessionId": "s1",
        "payload": {"sessionId": "s1", "isTyping": True, "context": "thinking"},
    }
    assert wire.typing_event("s1", None)["payload"] == {"sessionId": "s1", "isTyping": False}

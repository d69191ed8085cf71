"""What a server publishes, as facts."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import EPOCH, iso, message, row
from tests.support.strategies import JSON, objects
from threadline.core.errors import RejectedPayload
from threadline.core.model import MessageError, SessionId, Step
from threadline.core.push_events import (
    InteractResponded,
    MessagePublished,
    MessageUpdated,
    PushEvent,
    ServerErred,
    SessionUpdated,
    TypingChanged,
    push_event,
)

KNOWN = ("new_message", "interact_response", "message_update", "session_update", "typing", "error")
MEMBERS = (
    "type sessionId payload message data messageId status error updatedAt sequenceNumber rev "
    "isTyping context code currentStepIndex taskId action"
)


def told(event: str, data: object) -> PushEvent | None:
    """Return what `event` tells on the channel of session s1."""
    return push_event(SessionId("s1"), event, data)


def test_a_new_message_is_a_message() -> None:
    """Roadmap section 11.11."""
    data = {"type": "new_message", "sessionId": "s1", "message": row(7)}

    assert told("new_message", data) == MessagePublished(message(7))


def test_a_number_beside_the_message_counts() -> None:
    """Roadmap section 6, wrapped in a payload."""
    data = {"payload": {"message": row(None), "sequenceNumber": 4}}

    assert told("new_message", data) == MessagePublished(
        message(4, id="m0", content="text 0", timestamp=EPOCH)
    )


def test_the_agents_answer_is_a_step() -> None:
    """Roadmap section 11.11: inside `data`."""
    inner = {"taskId": "t", "currentStepIndex": 1, "action": "click", "status": "completed"}

    assert told("interact_response", {"data": inner}) == InteractResponded(
        Step(task_id="t", index=1, action="click"), "completed", None, None
    )


def test_the_agents_answer_may_be_flat_and_name_its_message() -> None:
    """R9 of sync.md; a status that is none means that the run goes on."""
    data = {"action": "click", "status": 7, "messageId": "m7", "sequenceNumber": 7}

    assert told("interact_response", data) == InteractResponded(
        Step(action="click"), "running", message(7).id, 7
    )


@pytest.mark.parametrize("wrap", [False, True])
def test_an_update_tells_status_and_error(wrap: bool) -> None:
    """Design section 3: as `{type, sessionId, payload}` or flat."""
    members: dict[str, Any] = {
        "messageId": "m7",
        "status": "failed",
        "error": {"message": "no", "code": 5},
        "updatedAt": iso(EPOCH),
        "sequenceNumber": 7,
        "rev": 9,
    }

    event = told("message_update", {"payload": members} if wrap else members)

    error = MessageError(message="no", code="5")
    assert event == MessageUpdated(message(7).id, "failed", error, EPOCH, 7, 9)


@pytest.mark.parametrize(
    ("error", "known"),
    [
        (None, None),
        ("no", MessageError(message="no")),
        ({"message": "no"}, MessageError(message="no")),
    ],
)
def test_an_update_may_leave_everything_else_out(error: object, known: MessageError | None) -> None:
    """Id and status are enough; null is absent."""
    data = {"messageId": "m7", "status": "sent", "error": error, "sequenceNumber": None}

    event = told("message_update", data)

    assert event == MessageUpdated(message(7).id, "sent", known, None, None, None)


def test_an_update_that_holds_its_message_is_the_message() -> None:
    """sync.md 2.9: then nothing is missing that would have to be read."""
    members = {"messageId": "m7", "status": "failed", "rev": 9, "message": row(7, rev=9)}

    assert told("message_update", members) == MessagePublished(message(7, rev=9), is_new=False)


@pytest.mark.parametrize("whole", [row(8), {"messageId": "m7"}, "m7", None])
def test_an_update_whose_message_is_no_use_tells_of_the_status(whole: object) -> None:
    """Another message, a broken one, or none."""
    event = told("message_update", {"messageId": "m7", "status": "failed", "message": whole})

    assert event == MessageUpdated(message(7).id, "failed", None, None, None, None)


def test_a_session_has_a_status() -> None:
    """In the server's word."""
    assert told("session_update", {"payload": {"status": "paused"}}) == SessionUpdated("paused")


@pytest.mark.parametrize(
    ("data", "context"),
    [
        ({"isTyping": True, "context": "thinking"}, "thinking"),
        ({"isTyping": True, "context": "executing"}, "executing"),
        ({"isTyping": True, "context": "verifying"}, "verifying"),
        ({"isTyping": True, "context": "dancing"}, "processing"),
        ({"isTyping": True}, "processing"),
        ({"isTyping": False, "context": "thinking"}, None),
    ],
)
def test_typing_has_a_context(data: dict[str, Any], context: str | None) -> None:
    """An unknown one counts as processing."""
    event = told("typing", data)

    assert isinstance(event, TypingChanged)
    assert event.context == context


def test_a_servers_error_is_in_its_own_words() -> None:
    """With its code as text, or none."""
    assert told("error", {"message": "no", "code": 5}) == ServerErred("no", "5")
    assert told("error", {"message": "no"}) == ServerErred("no", "")


@pytest.mark.parametrize("name", ["", "mood", "client-typing", "__init__", "keys"])
def test_an_event_we_do_not_know_is_none(name: str) -> None:
    """SPEC.md I7: ignored and counted, never an error."""
    assert told(name, {"anything": 1}) is None


@pytest.mark.parametrize("data", [None, 7, "words", []])
@pytest.mark.parametrize("event", KNOWN)
def test_data_that_is_no_object_is_rejected(event: str, data: object) -> None:
    """SPEC.md E4."""
    with pytest.raises(RejectedPayload, match="not an object"):
        told(event, data)


@pytest.mark.parametrize(
    ("event", "data", "field"),
    [
        ("new_message", {}, ""),
        ("new_message", {"message": row(7, role="robot")}, "role"),
        ("interact_response", {"messageId": 7}, ""),
        ("message_update", {"status": "sent"}, "messageId"),
        ("message_update", {"messageId": "m", "status": ""}, "status"),
        ("session_update", {}, "status"),
        ("typing", {"isTyping": "yes"}, "isTyping"),
        ("error", {"code": 5}, "message"),
    ],
)
def test_a_wrong_member_is_named(event: str, data: dict[str, Any], field: str) -> None:
    """SPEC.md E4: the engine then looks at REST instead of guessing."""
    with pytest.raises(RejectedPayload) as caught:
        told(event, data)

    assert caught.value.source == event
    assert caught.value.field == field


@pytest.mark.parametrize(
    "data",
    [
        {"sessionId": "s2", "status": "done"},
        {"payload": {"sessionId": "s2", "status": "done"}},
        {"sessionId": "s2", "payload": {"sessionId": "s1", "status": "done"}},
    ],
)
def test_an_event_of_another_session_is_rejected(data: dict[str, Any]) -> None:
    """SPEC.md I9: what a channel brings is the channel's session's."""
    with pytest.raises(RejectedPayload, match="another session"):
        told("session_update", data)


@given(st.sampled_from(KNOWN) | st.text(), objects(MEMBERS) | JSON)
def test_whatever_comes_only_a_rejection_is_raised(event: str, data: object) -> None:
    """SPEC.md E1."""
    with suppress(RejectedPayload):
        told(event, data)

"""The wire: rows as the JSON of REST answers and of pushed events.

Names are camelCase here and nowhere else. The names and shapes are those of the contract; what it
does not know and we add (`rev`, `epoch`, `messageId` in `interact_response`) a client may ignore.
"""

from collections.abc import Sequence
from typing import Any, Final

from threadline_backend.clock import iso
from threadline_backend.tables import ChatSession, Message

Body = dict[str, Any]

NEW_MESSAGE: Final = "new_message"
INTERACT_RESPONSE: Final = "interact_response"
MESSAGE_UPDATE: Final = "message_update"
SESSION_UPDATE: Final = "session_update"
TYPING: Final = "typing"


def message_body(message: Message) -> Body:
    """Write a message; of a deleted one all but its numbers is empty."""
    body: Body = {
        "messageId": message.message_id,
        "role": message.role,
        "content": message.content,
        "status": message.status,
        "timestamp": iso(message.timestamp),
        "updatedAt": iso(message.updated_at),
        "sequenceNumber": message.sequence_number,
        "rev": message.rev,
        "deleted": message.deleted,
        "metadata": message.details,
    }
    optional = {
        "actionString": message.action_string,
        "actionPayload": message.action_payload,
        "domSummary": message.dom_summary,
        "error": message.error,
    }
    return body | {name: value for name, value in optional.items() if value is not None}


def page_body(session: ChatSession, messages: Sequence[Message], has_more: bool) -> Body:
    """Write a page of messages with the session's heads."""
    return {
        "messages": [message_body(message) for message in messages],
        "hasMore": has_more,
        **head_body(session),
    }


def head_body(session: ChatSession) -> Body:
    """Write how far the session has come."""
    return {
        "latestSequence": session.last_sequence,
        "latestRev": session.last_rev,
        "epoch": session.epoch,
    }


def session_body(session: ChatSession) -> Body:
    """Write a session as the list shows it."""
    return {
        "sessionId": session.session_id,
        "title": session.title,
        "status": session.status,
        "createdAt": iso(session.created_at),
        "updatedAt": iso(session.updated_at),
        "lastSequence": session.last_sequence,
    }


def turn_body(
    task_id: str,
    *,
    status: str,
    step_index: int,
    action: str | None = None,
    thought: str | None = None,
    verification: str | None = None,
    correction: str | None = None,
    message: Message | None = None,
) -> Body:
    """Write where the agent is in a task: `data` of `interact_response`; `interact`'s answer."""
    body: Body = {
        "taskId": task_id,
        "action": action,
        "thought": thought,
        "status": status,
        "currentStepIndex": step_index,
        "verification": verification,
        "correction": correction,
    }
    if message is not None:
        body["messageId"] = message.message_id
        body["sequenceNumber"] = message.sequence_number
        body["rev"] = message.rev
    return body


def new_message_event(message: Message) -> Body:
    """Write the event that says a message was added."""
    return {
        "type": NEW_MESSAGE,
        "sessionId": message.session_id,
        "message": message_body(message),
    }


def interact_response_event(session_id: str, data: Body) -> Body:
    """Write the event that says the agent got a step further; `data` is a `turn_body`."""
    return {"type": INTERACT_RESPONSE, "sessionId": session_id, "data": data}


def message_update_event(message: Message) -> Body:
    """Write the event that says a message changed; the whole message is with it."""
    payload: Body = {
        "messageId": message.message_id,
        "status": message.status,
        "updatedAt": iso(message.updated_at),
        "sequenceNumber": message.sequence_number,
        "rev": message.rev,
        "message": message_body(message),
    }
    if message.error is not None:
        payload["error"] = message.error
    return _payload_event(MESSAGE_UPDATE, message.session_id, payload)


def session_update_event(session: ChatSession) -> Body:
    """Write the event that says a session's state or title changed, or that it was deleted."""
    metadata: Body = {"title": session.title}
    if session.deleted:
        metadata["deleted"] = True
    payload = {
        "sessionId": session.session_id,
        "status": session.status,
        "updatedAt": iso(session.updated_at),
        "metadata": metadata,
    }
    return _payload_event(SESSION_UPDATE, session.session_id, payload)


def typing_event(session_id: str, context: str | None) -> Body:
    """Write the event that says what the agent is busy with; None says that it is not."""
    payload: Body = {"sessionId": session_id, "isTyping": context is not None}
    if context is not None:
        payload["context"] = context
    return _payload_event(TYPING, session_id, payload)


def _payload_event(name: str, session_id: str, payload: Body) -> Body:
    return {"type": name, "sessionId": session_id, "payload": payload}

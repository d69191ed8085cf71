"""Readable beginnings for tests: each builder makes something valid, and takes what is special.

The JSON is spelt by hand here and never by the code under test: a shared mistake cannot cancel out.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from pydantic import SecretStr

from threadline.core.model import ClientMessageId, Message, MessageId, OutboxEntry, SessionId
from threadline.core.moment import Moment
from threadline.core.settings import Settings
from threadline.core.view_requests import view_request

if TYPE_CHECKING:
    from threadline.core.view_requests import ViewRequest

EPOCH: Final = 1_760_000_000.0  # wall seconds at monotonic second 0 of every test

Row = dict[str, Any]


def moment(monotonic: float = 0.0) -> Moment:
    """Return the moment at a monotonic second, with clocks that run together."""
    return Moment(monotonic, EPOCH + monotonic)


def iso(wall: float) -> str:
    """Return epoch seconds as a server writes them."""
    text = datetime.fromtimestamp(wall, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def token(text: str = "token") -> SecretStr:
    """Return a bearer token."""
    return SecretStr(text)


def configuration(**changes: Any) -> dict[str, Any]:
    """Return the build's configuration, as JSON members."""
    return {
        "apiBase": "http://api.test",
        "pusherKey": "key",
        "pusherHost": "push.test",
        "pusherPort": 3005,
        "pusherTls": False,
        **changes,
    }


def settings(**changes: Any) -> Settings:
    """Return settings in force; `changes` are JSON members."""
    return Settings.model_validate(configuration(**changes))


def message(sequence: int | None = 1, **changes: Any) -> Message:
    """Return a stored message; its id and time follow from its number."""
    number = sequence or 0
    values: dict[str, Any] = {
        "id": MessageId(f"m{number}"),
        "role": "assistant",
        "content": f"text {number}",
        "status": "sent",
        "timestamp": EPOCH + number,
        "sequence": sequence,
    }
    return Message(**{**values, **changes})


def row(sequence: int | None = 1, **changes: Any) -> Row:
    """Return a stored message as the server spells it: the twin of `message`."""
    number = sequence or 0
    return {
        "messageId": f"m{number}",
        "role": "assistant",
        "content": f"text {number}",
        "status": "sent",
        "timestamp": iso(EPOCH + number),
        "sequenceNumber": sequence,
        **changes,
    }


def page_text(*rows: Row, **members: Any) -> str:
    """Return the body of `GET messages`; `members` stand beside the rows, e.g. `hasMore`."""
    return json.dumps({"messages": list(rows), **members})


def frame(event: str, data: object = None, channel: str | None = None) -> str:
    """Return a frame as Pusher servers send it: `data` is JSON in a string."""
    envelope: dict[str, object] = {"event": event}
    if data is not None:
        envelope["data"] = json.dumps(data)
    if channel is not None:
        envelope["channel"] = channel
    return json.dumps(envelope)


def greeting(socket_id: str = "1.1", activity_timeout: float | None = 120) -> str:
    """Return the handshake frame; None leaves the activity timeout out."""
    data: dict[str, object] = {"socket_id": socket_id}
    if activity_timeout is not None:
        data["activity_timeout"] = activity_timeout
    return frame("pusher:connection_established", data)


def channel(session: str = "s1") -> str:
    """Return the name of a session's channel."""
    return f"private-session-{session}"


def joined(session: str = "s1") -> str:
    """Return the frame that acknowledges a join."""
    return frame("pusher_internal:subscription_succeeded", {}, channel(session))


def push_error(message: str, code: int | None = None) -> str:
    """Return a `pusher:error` frame."""
    return frame("pusher:error", {"message": message, "code": code})


def published(event: str, data: object, session: str = "s1") -> str:
    """Return a frame that was published on a session's channel."""
    return frame(event, data, channel(session))


def entry(name: str = "c1", session: str | None = "s1", **changes: Any) -> OutboxEntry:
    """Return a text that waits to be sent."""
    values: dict[str, Any] = {
        "client_message_id": ClientMessageId(name),
        "session_id": None if session is None else SessionId(session),
        "content": f"do {name}",
        "created_at": EPOCH,
        "ordinal": 1,
    }
    return OutboxEntry(**{**values, **changes})


def request(kind: str, **members: Any) -> ViewRequest:
    """Return what a view asks, by its type of border 1 and its JSON members."""
    return view_request(json.dumps({"type": kind, **members}))


def send(name: str = "c1", content: str = "do it", **members: Any) -> ViewRequest:
    """Return the request that sends a text."""
    values = {"clientMessageId": name, "content": content, "createdAt": EPOCH * 1000, "ordinal": 1}
    return request("send", **{**values, **members})

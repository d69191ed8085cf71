"""Frames of the Pusher protocol: what a client sends, taken apart; what the server says.

As Sockudo does, `data` of the handshake, of an acknowledgement and of a published event is a JSON
string, `data` of an error is an object, and ping and pong have none.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

CONNECTION_ESTABLISHED: Final = "pusher:connection_established"
ERROR: Final = "pusher:error"
PING: Final = "pusher:ping"
PONG: Final = "pusher:pong"
SUBSCRIBE: Final = "pusher:subscribe"
UNSUBSCRIBE: Final = "pusher:unsubscribe"
PUSHER: Final = "pusher:"
SOCKUDO: Final = "sockudo:"
SUBSCRIPTION_SUCCEEDED: Final = "pusher_internal:subscription_succeeded"


class BadFrame(ValueError):
    """The client sent what is no frame; the text says why, for the client."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """A frame from the client; `data` is what it decoded to, None where that is no object."""

    event: str
    data: dict[str, Any] | None


def read_frame(frame: str | bytes) -> Inbound:
    """Take a frame apart; its `data` may be an object or a JSON string of one.

    Names of Sockudo's own protocol, `sockudo:ping`, are as good as Pusher's.

    Raises:
        BadFrame: It is not JSON, not an object, or has no event name.
    """
    try:
        envelope = json.loads(frame)
    except (ValueError, RecursionError):
        raise BadFrame("Invalid message format: not JSON") from None
    if not isinstance(envelope, dict):
        raise BadFrame("Invalid message format: not an object")
    event = envelope.get("event")
    if event is None:
        raise BadFrame("Invalid event name: Event name is required")
    if not isinstance(event, str):
        raise BadFrame("Invalid message format: the event name is no string")
    if event.startswith(SOCKUDO):
        event = PUSHER + event.removeprefix(SOCKUDO)
    return Inbound(event, _object(envelope.get("data")))


def write_handshake(socket_id: str, activity_timeout: float) -> str:
    """Write the first frame; `activity_timeout` is told in whole seconds, at least 1."""
    data = {"socket_id": socket_id, "activity_timeout": max(1, int(activity_timeout))}
    return _write({"event": CONNECTION_ESTABLISHED, "data": _write(data)})


def write_error(code: int, message: str) -> str:
    """Write an error; it names no channel, whatever it is about."""
    return _write({"event": ERROR, "data": {"code": code, "message": message}})


def write_bare(event: str) -> str:
    """Write a frame that is its name alone: ping or pong."""
    return _write({"event": event})


def write_subscribed(channel: str) -> str:
    """Write the acknowledgement of a subscription."""
    return _write({"event": SUBSCRIPTION_SUCCEEDED, "channel": channel, "data": "{}"})


def write_event(channel: str, event: str, data: object) -> str:
    """Write a published event; `data` that is no string is written as JSON into one."""
    text = data if isinstance(data, str) else _write(data)
    return _write({"event": event, "channel": channel, "data": text})


def _object(data: object) -> dict[str, Any] | None:
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except (ValueError, RecursionError):
            return None
    return data if isinstance(data, dict) else None


def _write(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

"""Pusher protocol 7 as pure functions: text to frames and back, close code to action.

Source: pusher-protocol.md sections 1.1 to 1.4; sockudo.md section 2 for what the real server sends.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from . import json_text
from .errors import MalformedFrame
from .model import SessionId

__all__ = [
    "MAX_FRAME_LENGTH",
    "PING",
    "PONG",
    "CloseAction",
    "Frame",
    "Handshake",
    "channel_of",
    "close_action",
    "decode",
    "handshake",
    "session_of",
    "socket_url",
    "subscribe",
    "unsubscribe",
]

PROTOCOL_VERSION: Final = 7
CLIENT_NAME: Final = "threadline"
CHANNEL_PREFIX: Final = "private-session-"  # roadmap section 11.11
MAX_FRAME_LENGTH: Final = 8_000_000  # characters; a longer one is dropped and read by REST instead

MAX_ACTIVITY_TIMEOUT: Final = 86_400.0  # seconds; a longer one is a mistake

PING: Final = '{"event":"pusher:ping","data":{}}'
PONG: Final = '{"event":"pusher:pong","data":{}}'


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded frame. `data` is decoded once more if it came as a string of JSON."""

    event: str
    channel: str | None
    data: object


@dataclass(frozen=True, slots=True)
class Handshake:
    """What `pusher:connection_established` told. `activity_timeout` is in seconds."""

    socket_id: str
    activity_timeout: float | None


class CloseAction(Enum):
    """What a close code, or the code of an error before the handshake, asks for."""

    REFUSE = auto()  # do not come back unchanged
    BACK_OFF = auto()  # come back after at least a second
    RETRY = auto()  # come back at once, the first time
    LOST = auto()  # an ordinary loss


def decode(text: str) -> Frame:
    """Return the frame that `text` holds.

    Raises:
        MalformedFrame: too long, not JSON, not an object, or without a string `event`.
    """
    if len(text) > MAX_FRAME_LENGTH:
        raise MalformedFrame("too long", len(text))
    try:
        envelope = json_text.parse(text)
    except ValueError:
        raise MalformedFrame("not JSON", len(text)) from None
    if not isinstance(envelope, dict):
        raise MalformedFrame("not an object", len(text))
    event, channel, data = envelope.get("event"), envelope.get("channel"), envelope.get("data")
    if not isinstance(event, str):
        raise MalformedFrame("no event name", len(text))
    if channel is not None and not isinstance(channel, str):
        raise MalformedFrame("the channel is not a string", len(text))
    return Frame(event, channel, _decode_data(data))


def _decode_data(data: object) -> object:
    # Decoded once only: a publisher who sends the string "123" is delivered a number, as by
    # pusher-js; what does not parse stays the string it is.
    if not isinstance(data, str):
        return data
    try:
        return json_text.parse(data)
    except ValueError:
        return data


def handshake(frame: Frame) -> Handshake | None:
    """Return what the handshake frame told, or None if `frame` is not a usable handshake."""
    if frame.event != "pusher:connection_established" or not isinstance(frame.data, dict):
        return None
    socket_id: Any = frame.data.get("socket_id")
    timeout: Any = frame.data.get("activity_timeout")
    if not isinstance(socket_id, str) or not socket_id:
        return None
    is_number = isinstance(timeout, (int, float)) and not isinstance(timeout, bool)
    is_usable = is_number and 0 < timeout <= MAX_ACTIVITY_TIMEOUT
    # Without one the liveness falls back to our own limit.
    return Handshake(socket_id, float(timeout) if is_usable else None)


def subscribe(channel: str, auth: str) -> str:
    """Return the frame that joins a private channel with the endpoint's `auth`."""
    return _encode("pusher:subscribe", {"channel": channel, "auth": auth})


def unsubscribe(channel: str) -> str:
    """Return the frame that leaves a channel. There is no acknowledgement."""
    return _encode("pusher:unsubscribe", {"channel": channel})


def _encode(event: str, data: dict[str, str]) -> str:
    return json.dumps({"event": event, "data": data}, separators=(",", ":"))


def close_action(code: int | None) -> CloseAction:
    """Return what `code` asks for (pusher-protocol.md 1.4)."""
    match code:
        case int() if 4000 <= code <= 4099 or code >= 4300:
            # 4000 says "TLS only": our scheme is always configured, so going on unchanged is
            # useless and switching by ourselves would be a downgrade of the person's choice.
            return CloseAction.REFUSE
        case int() if 4100 <= code <= 4199 or 1002 <= code <= 1004:
            return CloseAction.BACK_OFF
        case int() if 4200 <= code <= 4299:
            return CloseAction.RETRY
        case _:
            return CloseAction.LOST


@lru_cache(maxsize=1)  # asked for at every event, and the same for weeks
def socket_url(*, host: str, port: int, key: str, tls: bool, version: str) -> str:
    """Return the WebSocket URL of a Pusher server. Holds no secret: the key is public."""
    scheme = "wss" if tls else "ws"
    query = f"protocol={PROTOCOL_VERSION}&client={CLIENT_NAME}&version={quote(version)}"
    return f"{scheme}://{host}:{port}/app/{quote(key, safe='')}?{query}"


def channel_of(session_id: SessionId) -> str:
    """Return the channel of a session."""
    return f"{CHANNEL_PREFIX}{session_id}"


def session_of(channel: str) -> SessionId | None:
    """Return the session of a channel, or None for a channel that is not ours."""
    if not channel.startswith(CHANNEL_PREFIX) or channel == CHANNEL_PREFIX:
        return None
    return SessionId(channel[len(CHANNEL_PREFIX) :])

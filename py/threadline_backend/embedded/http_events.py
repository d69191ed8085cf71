"""The bodies of `POST /apps/{id}/events` and `/batch_events`, taken apart and checked.

Every channel of an event is checked before anything goes out. Limits and words are Sockudo's.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from threadline_backend.embedded.channels import NAME
from threadline_backend.embedded.http_signature import RequestRefused
from threadline_backend.embedded.limits import Limits

SUBSCRIPTION_COUNT: Final = "subscription_count"
USER_COUNT: Final = "user_count"


@dataclass(frozen=True, slots=True)
class Event:
    """An event to publish.

    Attributes:
        name: Its name.
        data: What it carries, a string.
        channels: Where it goes.
        socket_id: The one socket that does not get it.
        info: What the answer is to tell of each channel.
    """

    name: str
    data: str
    channels: Sequence[str]
    socket_id: str | None
    info: frozenset[str]


def read_event(body: bytes, limits: Limits) -> Event:
    """Read the body of `/events`.

    Raises:
        RequestRefused: It cannot be published.
    """
    return _event(_json(body), limits)


def read_batch(body: bytes, limits: Limits) -> list[Event]:
    """Read the body of `/batch_events`.

    Raises:
        RequestRefused: It, or one of its events, cannot be published.
    """
    batch = _json(body).get("batch")
    if not isinstance(batch, list):
        raise _invalid("batch must be a list of events")
    if len(batch) > limits.events_per_batch:
        words = f"Batch size ({len(batch)}) exceeds limit ({limits.events_per_batch})"
        raise RequestRefused(400, "limit_exceeded", words)
    return [_event(event, limits) for event in batch]


def read_info(text: object) -> frozenset[str]:
    """Read what an answer is to tell: names parted by commas."""
    if not isinstance(text, str):
        return frozenset()
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def check_channel(name: object, limits: Limits) -> str:
    """Return the name of a channel that there may be.

    Raises:
        RequestRefused: There may be none of this name.
    """
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise _invalid("Invalid channel name")
    if len(name) > limits.channel_name_length:
        raise _invalid(f"Channel name too long. Max length is {limits.channel_name_length}")
    return name


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise _invalid("The body is not JSON") from None
    if not isinstance(found, dict):
        raise _invalid("The body is not an object")
    return found


def _event(event: object, limits: Limits) -> Event:
    if not isinstance(event, dict):
        raise _invalid("An event must be an object")
    name, data, socket_id = event.get("name"), event.get("data"), event.get("socket_id")
    if not isinstance(name, str) or not name:
        raise _invalid("Event name is required")
    name = _whole(name)
    if len(name.encode()) > limits.event_name_length:
        words = f"Event name exceeds maximum length of {limits.event_name_length}"
        raise RequestRefused(400, "limit_exceeded", words)
    text = _whole(data if isinstance(data, str) else json.dumps(data, ensure_ascii=False))
    size = len(text.encode())
    if size > limits.event_bytes:
        words = f"Event payload size ({size} bytes) exceeds limit ({limits.event_bytes} bytes)"
        raise RequestRefused(413, "payload_too_large", words)
    return Event(
        name,
        text,
        _channels(event, limits),
        socket_id if isinstance(socket_id, str) else None,
        read_info(event.get("info")),
    )


def _whole(text: str) -> str:
    """Replace halves of surrogate pairs: JSON can say them, a frame cannot."""
    return text.encode("utf-8", "replace").decode()


def _channels(event: dict[str, Any], limits: Limits) -> list[str]:
    channels = event.get("channels")
    if channels is None:
        channel = event.get("channel")
        channels = [] if channel is None else [channel]
    if not isinstance(channels, list) or not channels:
        words = "Request must contain 'channels' (list) or 'channel' (string)"
        raise RequestRefused(400, "missing_channel_info", words)
    if len(channels) > limits.channels_per_event:
        words = f"Number of channels ({len(channels)}) exceeds limit ({limits.channels_per_event})"
        raise RequestRefused(400, "limit_exceeded", words)
    return [check_channel(name, limits) for name in channels]


def _invalid(words: str) -> RequestRefused:
    return RequestRefused(400, "invalid_input", words)

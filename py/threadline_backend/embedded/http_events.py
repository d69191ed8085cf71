"""The bodies of `POST /apps/{id}/events` and `/batch_events`, taken apart and checked as Sockudo
does.

What has the wrong type is refused before anything goes out (422, words alone). The rest is looked
at event by event, and in an event channel by channel: those before a bad one have gone out.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from threadline_backend.embedded.channels import NAME
from threadline_backend.embedded.http_signature import RequestRefused
from threadline_backend.embedded.limits import Limits

Body = dict[str, Any]

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


def read_json(body: bytes) -> Body:
    """Read a body, which is an object.

    Raises:
        RequestRefused: It is none.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestRefused(400, "", "Failed to parse the request body as JSON") from None
    if not isinstance(found, dict):
        raise _mistyped("the body is no object")
    return found


def read_batch(body: Body, limits: Limits) -> list[Body]:
    """Return the events of a batch, each of the right type.

    Raises:
        RequestRefused: It is no batch, one of them is no event, or they are too many.
    """
    batch = body.get("batch")
    if not isinstance(batch, list):
        raise _mistyped("missing field `batch`")
    for event in batch:
        check_types(event)
    if len(batch) > limits.events_per_batch:
        words = f"Batch size ({len(batch)}) exceeds limit ({limits.events_per_batch})"
        raise RequestRefused(400, "limit_exceeded", words)
    return batch


def check_types(event: object) -> None:
    """Refuse what is no event; `data` that is no string is refused too, as an object is.

    Raises:
        RequestRefused: 422.
    """
    if not isinstance(event, dict):
        raise _mistyped("an event is no object")
    for member in ("name", "data", "channel"):
        if not isinstance(event.get(member), str | None):
            raise _mistyped(f"{member} is no string")
    channels = event.get("channels")
    if not isinstance(channels, list | None) or not all(
        isinstance(one, str) for one in channels or ()
    ):
        raise _mistyped("channels is no list of strings")


def read_event(event: Body, limits: Limits) -> Event:
    """Return an event whose types are right; its channels are checked as it goes out.

    Raises:
        RequestRefused: It cannot be published.
    """
    name, socket_id = event.get("name"), event.get("socket_id")
    if name is None:
        raise _invalid("Event name is required")
    name = _whole(name)
    if len(name.encode()) > limits.event_name_length:
        words = f"Event name '{name}' exceeds maximum length of {limits.event_name_length}"
        raise RequestRefused(400, "limit_exceeded", words)
    text = _whole("null" if event.get("data") is None else event["data"])
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


def read_info(text: object) -> frozenset[str]:
    """Read what an answer is to tell: names parted by commas."""
    if not isinstance(text, str):
        return frozenset()
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def check_channel(name: str, limits: Limits) -> str:
    """Return the name of a channel that there may be.

    Raises:
        RequestRefused: There may be none of this name.
    """
    if not NAME.fullmatch(name):
        raise _invalid(f"Channel name contains invalid characters: '{name}'")
    if len(name) > limits.channel_name_length:
        raise _invalid(f"Channel name too long. Max length is {limits.channel_name_length}")
    return name


def _whole(text: str) -> str:
    """Replace halves of surrogate pairs: JSON can say them, a frame cannot."""
    return text.encode("utf-8", "replace").decode()


def _channels(event: Body, limits: Limits) -> list[str]:
    channel = event.get("channel")
    channels: list[str] | None = event.get("channels")
    if channels is None:
        channels = [] if channel is None else [channel]
    if not channels:
        words = "Request must contain 'channels' (list) or 'channel' (string)"
        raise RequestRefused(400, "missing_channel_info", words)
    if len(channels) > limits.channels_per_event:
        words = f"Number of channels ({len(channels)}) exceeds limit ({limits.channels_per_event})"
        raise RequestRefused(400, "limit_exceeded", words)
    return channels


def _mistyped(words: str) -> RequestRefused:
    words = f"Failed to deserialize the JSON body into the target type: {words}"
    return RequestRefused(422, "", words)


def _invalid(words: str) -> RequestRefused:
    return RequestRefused(400, "invalid_input", words)

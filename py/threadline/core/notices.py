"""News from the Pusher client to the engine. Each is a fact, named in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .channels import Refusal

__all__ = [
    "AuthorizationWanted",
    "ChannelEvent",
    "ChannelJoined",
    "ChannelRefused",
    "FrameRejected",
    "LineUnexplained",
    "Notice",
    "StateChanged",
]


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The phase, or what is known about it, is another one."""


@dataclass(frozen=True, slots=True)
class AuthorizationWanted:
    """The auth endpoint is to be asked; the answer goes back with the same `socket_id`."""

    channel: str
    socket_id: str


@dataclass(frozen=True, slots=True)
class ChannelJoined:
    """What is published from now on arrives. What was published before may be missed."""

    channel: str


@dataclass(frozen=True, slots=True)
class ChannelRefused:
    """The channel will not be joined until something changes."""

    channel: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class ChannelEvent:
    """Something was published on a channel. `data` is decoded JSON, or a string."""

    channel: str
    event: str
    data: object


@dataclass(frozen=True, slots=True)
class FrameRejected:
    """A frame could not be read; what it told may be missing here."""

    problem: str


@dataclass(frozen=True, slots=True)
class LineUnexplained:
    """The line failed without a word; why may be found out by other means."""


Notice = (
    StateChanged
    | AuthorizationWanted
    | ChannelJoined
    | ChannelRefused
    | ChannelEvent
    | FrameRejected
    | LineUnexplained
)

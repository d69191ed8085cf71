"""What can happen to the engine. Each is a fact, named in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

    from .model import DamagedRow, OutboxEntry, SessionId
    from .settings import Settings
    from .view_requests import ViewRequest

__all__ = [
    "Event",
    "Fenced",
    "OutboxLost",
    "RequestAnswered",
    "RequestFailed",
    "RowNotWritten",
    "RowWritten",
    "Saved",
    "SessionLoaded",
    "SettingsChanged",
    "SocketClosed",
    "SocketOpened",
    "Started",
    "StoreCause",
    "StoreEvent",
    "StoreFailed",
    "StoreLost",
    "StoreOpened",
    "TextReceived",
    "TimerRang",
    "TokenChanged",
    "ViewAttached",
    "ViewLeft",
    "ViewSaid",
    "Woke",
]


@dataclass(frozen=True, slots=True)
class Started:
    """The engine's life begins, with what the last one left.

    Attributes:
        settings: The build's, overlaid with the person's.
        token: The bearer token, or None.
        last_session: `wsConnectionState.sessionId`, or None.
        last_connected_at: `wsConnectionState.lastConnectedAt`, in epoch milliseconds, or None.
        unsent: What the outbox holds.
        remembered: What `chrome.storage.local.account` holds: whose token it was, as JSON members.
        damaged: Outbox rows that cannot be read.
        capabilities: What is remembered of servers' capabilities: JSON of `learning`, or None.
        marks: What `chrome.storage.local.sessionMarks` holds, as JSON members.
    """

    settings: Settings
    token: SecretStr | None
    last_session: SessionId | None
    last_connected_at: int | None
    unsent: tuple[OutboxEntry, ...]
    remembered: object = None
    damaged: tuple[DamagedRow, ...] = ()
    capabilities: object = None
    marks: object = None


@dataclass(frozen=True, slots=True)
class ViewAttached:
    """A view said hello.

    Attributes:
        session: What it wants to show; None: whatever was last.
        is_options: It is the settings page, and shows no session.
        is_new_chat: It shows a new chat, and goes on with it.
        place: The message that its reader was at when the session was left.
    """

    view: int
    session: SessionId | None
    is_options: bool = False
    is_new_chat: bool = False
    place: str | None = None


@dataclass(frozen=True, slots=True)
class ViewLeft:
    """A view is gone."""

    view: int


@dataclass(frozen=True, slots=True)
class ViewSaid:
    """A view asked for something."""

    view: int
    request: ViewRequest


@dataclass(frozen=True, slots=True)
class TokenChanged:
    """`accessToken` appeared, changed or went away."""

    token: SecretStr | None


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """The person, or another page, changed the settings."""

    settings: Settings


@dataclass(frozen=True, slots=True)
class SocketOpened:
    """`socket` is open. Nothing may be sent before the server's handshake frame."""

    socket: int


@dataclass(frozen=True, slots=True)
class TextReceived:
    """A text frame came in on `socket`."""

    socket: int
    text: str


@dataclass(frozen=True, slots=True)
class SocketClosed:
    """`socket` is gone.

    Attributes:
        code: The WebSocket close code (RFC 6455 section 7.4).
        reason: The server's words with it, or "".
    """

    socket: int
    code: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RequestAnswered:
    """The server answered `request`. Names of `headers` are in lower case."""

    request: int
    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """`request` got no answer; whether the server acted on it is not known."""

    request: int
    cause: Literal["timeout", "network"]


@dataclass(frozen=True, slots=True)
class StoreOpened:
    """The database of `OpenStore` is open, and its term is ours.

    Attributes:
        coverage: The coverage row of every session in it.
        is_newer: A newer version of Threadline made it: it may be read, and is not written.
    """

    question: int
    coverage: tuple[tuple[SessionId, str], ...]
    is_newer: bool = False


@dataclass(frozen=True, slots=True)
class SessionLoaded:
    """The rows of a session; `coverage` is None where there are none."""

    question: int
    coverage: str | None
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """What `question` ordered is written, all of it."""

    question: int


# `quota`: no room is left. `lost`: the database is not the one that was opened, or is gone.
StoreCause = Literal["quota", "lost", "failed"]


@dataclass(frozen=True, slots=True)
class StoreFailed:
    """What `question` ordered was not done, and nothing of it was written."""

    question: int
    cause: StoreCause


@dataclass(frozen=True, slots=True)
class StoreLost:
    """The database `database` was deleted, or another page changes it, while it was open."""

    database: str


@dataclass(frozen=True, slots=True)
class RowWritten:
    """The outbox row that `question` ordered is durable, and this engine is still the last one."""

    question: int


@dataclass(frozen=True, slots=True)
class RowNotWritten:
    """The outbox row that `question` ordered could not be written."""

    question: int


@dataclass(frozen=True, slots=True)
class OutboxLost:
    """The rows of what is unsent were deleted under us."""


@dataclass(frozen=True, slots=True)
class Fenced:
    """Another engine has taken over: a write of ours was refused, or its lock is not ours."""


StoreEvent = StoreOpened | SessionLoaded | Saved | StoreFailed | StoreLost | OutboxLost


@dataclass(frozen=True, slots=True)
class Woke:
    """The machine, the network or a view came back: what was true may not be any more.

    Attributes:
        reason: `online`, `visible`, `pageshow`; or `offline`: the network went.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class TimerRang:
    """The deadline that was armed has come, or nearly: a timer may ring a hair early."""


Event = (
    Started
    | ViewAttached
    | ViewLeft
    | ViewSaid
    | TokenChanged
    | SettingsChanged
    | SocketOpened
    | TextReceived
    | SocketClosed
    | RequestAnswered
    | RequestFailed
    | RowWritten
    | RowNotWritten
    | StoreEvent
    | Fenced
    | Woke
    | TimerRang
)

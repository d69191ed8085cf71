"""What the engine asks for. Each is an order, named in the imperative.

An effect is plain data. The engine never performs one; `runtime.driver` does. A token travels as
`SecretStr`, whose text no log and no report shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pydantic import SecretStr

    from .model import ClientMessageId, MessageId, OutboxEntry, SessionId

__all__ = [
    "AnswerView",
    "CancelRequest",
    "CloseEngine",
    "CloseSocket",
    "DeleteOutboxRow",
    "DropSessions",
    "Effect",
    "EraseStore",
    "KeepEngine",
    "LoadSession",
    "Notify",
    "OpenSocket",
    "OpenStore",
    "Publish",
    "ReadToken",
    "Report",
    "SaveSession",
    "SendRequest",
    "SendText",
    "ShowUnread",
    "StepDown",
    "StoreOrder",
    "WriteOutboxRow",
    "WriteStorage",
]


@dataclass(frozen=True, slots=True)
class OpenSocket:
    """Open a WebSocket to `url`; report back under the same `socket`."""

    socket: int
    url: str


@dataclass(frozen=True, slots=True)
class SendText:
    """Send one text frame on `socket`. On one that is gone it is not an error."""

    socket: int
    text: str


@dataclass(frozen=True, slots=True)
class CloseSocket:
    """Close `socket`. Closing one that is gone is not an error.

    Attributes:
        code: 1000 or 3000 to 4999; a browser throws on any other (WHATWG WebSockets, `close()`).
    """

    socket: int
    code: int


@dataclass(frozen=True, slots=True)
class SendRequest:
    """Send one HTTP request; report back under the same `request`.

    Attributes:
        body: The bytes as text, or None; `SecretStr` where it holds a password.
        content_type: Of the body; "" without one.
        token: Goes into `Authorization: Bearer`, or None for a request that needs none.
        timeout: Seconds until the request counts as unanswered.
        is_opaque: An answer that may not be read is one all the same; it comes with status 0.
    """

    request: int
    method: Literal["GET", "POST", "PATCH", "DELETE"]
    url: str
    body: SecretStr | str | None
    content_type: str
    token: SecretStr | None
    timeout: float
    is_opaque: bool = False


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """The answer to `request` is not wanted any more."""

    request: int


@dataclass(frozen=True, slots=True)
class WriteStorage:
    """Write one key of `chrome.storage.local`; None removes it. `value` is JSON text."""

    key: Literal[
        "wsConnectionState", "settings", "accessToken", "account", "capabilities", "sessionMarks"
    ]
    value: SecretStr | str | None


@dataclass(frozen=True, slots=True)
class ReadToken:
    """Read `accessToken` again and report it as changed: the server does not take ours any more."""


@dataclass(frozen=True, slots=True)
class WriteOutboxRow:
    """Write down what became of an entry, so that it survives the engine.

    Attributes:
        question: Report back under it what came of the write; None: nobody waits for that.
    """

    entry: OutboxEntry
    question: int | None = None


@dataclass(frozen=True, slots=True)
class DeleteOutboxRow:
    """The server has it, or the person removed it."""

    client_message_id: ClientMessageId


@dataclass(frozen=True, slots=True)
class KeepEngine:
    """Whether the engine is to be there although no view is open.

    While `is_wanted`, the host opens it again should it end: at the browser's start, and within
    half a minute at any other time.
    """

    is_wanted: bool


@dataclass(frozen=True, slots=True)
class CloseEngine:
    """Nothing needs the engine: write what is to be written, and end it."""


@dataclass(frozen=True, slots=True)
class OpenStore:
    """Open the database of one account's sessions and take its term (sync.md W2).

    Report back under the same `question`, as for every order about a store.
    """

    question: int
    database: str


@dataclass(frozen=True, slots=True)
class LoadSession:
    """Read all rows of one session."""

    question: int
    database: str
    session_id: SessionId


@dataclass(frozen=True, slots=True)
class SaveSession:
    """Write what changed of a session, all of it in one transaction (sync.md D1).

    Attributes:
        records: The rows of messages that are new or changed, by id.
        removed: Messages whose rows go.
        coverage: The row of what the session's records cover, once these are written.
        is_whole: Whatever other rows the session has go as well.
    """

    question: int
    database: str
    session_id: SessionId
    records: tuple[tuple[MessageId, str], ...]
    removed: tuple[MessageId, ...]
    coverage: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class DropSessions:
    """Delete all rows of these sessions: they can be read again."""

    question: int
    database: str
    sessions: tuple[SessionId, ...]


@dataclass(frozen=True, slots=True)
class EraseStore:
    """Delete the whole database of an account. One that is not there is no error."""

    database: str


StoreOrder = OpenStore | LoadSession | SaveSession | DropSessions | EraseStore


@dataclass(frozen=True, slots=True)
class StepDown:
    """Another engine has taken over: let go of the views, which find that one."""


@dataclass(frozen=True, slots=True)
class ShowUnread:
    """Show on the toolbar button how many messages nobody has seen; 0 shows nothing."""

    count: int


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell the person of `session_id` though nobody looks; a later one replaces it.

    Without the browser's permission for notifications nothing is shown.
    """

    session_id: SessionId
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """Answer a request of a view. `answer` is JSON text (ARCHITECTURE, border 1)."""

    view: int
    answer: str


@dataclass(frozen=True, slots=True)
class Publish:
    """What views show may have changed."""


@dataclass(frozen=True, slots=True)
class Report:
    """Tell the engineer. Never holds a token or a message's text."""

    level: Literal["info", "warning", "error"]
    text: str


Effect = (
    OpenSocket
    | SendText
    | CloseSocket
    | SendRequest
    | CancelRequest
    | WriteStorage
    | ReadToken
    | WriteOutboxRow
    | DeleteOutboxRow
    | KeepEngine
    | CloseEngine
    | StoreOrder
    | StepDown
    | ShowUnread
    | Notify
    | AnswerView
    | Publish
    | Report
)

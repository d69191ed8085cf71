"""The words of the domain: what a session holds and what a view shows of it.

Frozen data without behaviour beyond reading itself. Values from outside become one of these in
`wire`, once; nothing further in ever sees the server's spelling.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal, NewType

from .connection import ConnectionState
from .session_summary import SessionSummary

__all__ = [
    "NO_NEWS",
    "QUIET",
    "TERMINAL_STATUSES",
    "Account",
    "ClientMessageId",
    "ConnectionReport",
    "DamagedRow",
    "Delivery",
    "Gap",
    "GapState",
    "Health",
    "Loading",
    "LoadingState",
    "Message",
    "MessageError",
    "MessageId",
    "OutboxEntry",
    "ProvisionalStep",
    "Role",
    "SessionId",
    "SessionSummary",
    "SessionView",
    "Step",
    "StorageHealth",
    "TypingContext",
    "UnreadMark",
]

SessionId = NewType("SessionId", str)
MessageId = NewType("MessageId", str)
ClientMessageId = NewType("ClientMessageId", str)

Role = Literal["user", "assistant", "system"]
TypingContext = Literal["thinking", "executing", "verifying", "processing"]

# Any other status means that the run goes on (design section 3, "Turns").
TERMINAL_STATUSES: Final = frozenset({"completed", "failed", "interrupted", "cancelled"})

QUIET: Final = 30.0  # seconds without news of a run after which it is said since when (ux.md 5.6)
NO_NEWS: Final = 60.0  # seconds without news after which nobody can say that a run goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageError:
    """Why the server says that a message failed. Both are the server's words."""

    message: str
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What the agent did in one step of a turn.

    Attributes:
        task_id: The run the step belongs to.
        index: Position in the run, from 0, or None if the server did not say.
        thought: Why, in the agent's words.
        action: What, in plain words or as the server spelt it, e.g. `click("Submit")`.
        verification: What the agent found when it looked at the result.
        correction: What it changed because of that.
    """

    task_id: str | None = None
    index: int | None = None
    thought: str | None = None
    action: str | None = None
    verification: str | None = None
    correction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One stored message of a session: a fact from the server.

    Attributes:
        id: Unique within the server; the key for deduplication.
        sequence: The server's order within the session, from 1, or None if it sent none.
        timestamp: Server time, seconds since the epoch (UTC).
        status: The server's word, e.g. `sent`, `completed`, `failed`.
        rev: The server's change counter, or None where it has none. A higher one is newer.
        updated_at: Server time of its last change, seconds since the epoch, or None.
        deleted: A tombstone: keeps its place in the numbering, shows nothing.
        client_message_id: Ours, if a Threadline sent it. Also the message's key on screen, so
            that the bubble the person saw appear is the one that stays.
        step: For an assistant's message, what it did.
    """

    id: MessageId
    role: Role
    content: str
    status: str
    timestamp: float
    sequence: int | None = None
    rev: int | None = None
    updated_at: float | None = None
    deleted: bool = False
    client_message_id: ClientMessageId | None = None
    step: Step | None = None
    error: MessageError | None = None

    @property
    def key(self) -> str:
        """The message's identity on screen: ours if we sent it, else the server's."""
        return self.client_message_id or self.id


class Delivery(Enum):
    """How far a text of the person's own has come. The values are the contract's words."""

    QUEUED = "queued"
    SENDING = "sending"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """A text the person sent and the server has not acknowledged yet.

    Attributes:
        client_message_id: Made once by the view; the idempotency key of every attempt.
        session_id: Where it belongs, or None for the first message of a new chat.
        created_at: Seconds since the epoch by the person's clock; for show only.
        ordinal: Order among the person's own; the order it will be sent in.
        delivery: `SENDING` lives in memory only and is never written down.
        reason: Why it failed, waits or is not confirmed, in words for the person.
        attempts: Requests begun so far, since the person last asked for it.
        first_sent_at: When the first request began that the server may have acted on, seconds
            since the epoch by the person's clock; None while there is none.
        due_at: When the next request begins, seconds since the epoch, while it waits for a
            moment; for show only, and never written down.
        place: Its place in line, from 2, while it waits behind another one; for show only.
        account: Who wrote it, as far as was known then; None: nobody in particular.
    """

    client_message_id: ClientMessageId
    session_id: SessionId | None
    content: str
    created_at: float
    ordinal: int
    delivery: Delivery = Delivery.QUEUED
    reason: str | None = None
    attempts: int = 0
    first_sent_at: float | None = None
    due_at: float | None = None
    place: int | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedRow:
    """An outbox row that cannot be read: kept as it is, shown, and removed by the person alone.

    Attributes:
        key: Its key in the store.
        text: All that it holds, as JSON text.
    """

    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionalStep:
    """A step that `interact_response` told of and no stored message holds yet.

    Attributes:
        step: What it did. `task_id` and `index` are its identity.
        status: The run's status, in the server's word.
        received_at: Seconds since the epoch, by the person's clock; for its expiry only.
    """

    step: Step
    status: str
    received_at: float

    @property
    def key(self) -> str:
        """Its identity on screen."""
        return f"step:{self.step.task_id}:{self.step.index}"


class GapState(Enum):
    """What is being done about missing messages."""

    FETCHING = "fetching"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Sequence numbers that are known to exist and are not here, both ends inclusive."""

    first: int
    last: int
    state: GapState = GapState.FETCHING

    @property
    def count(self) -> int:
        """How many messages are missing."""
        return self.last - self.first + 1


class Loading(Enum):
    """How the history of a session stands."""

    IDLE = "idle"
    LOADING = "loading"
    LOADED = "loaded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadingState:
    """The loading state of roadmap section 2.3.

    Attributes:
        state: Where it stands.
        error: Words for the person, while `FAILED`.
        can_retry: Whether asking again may help.
        has_older: Whether the server holds messages before the oldest one here.
        is_checking: The server's numbering is another one: what is on show may be gone there, and
            is being read anew.
    """

    state: Loading = Loading.IDLE
    error: str | None = None
    can_retry: bool = False
    has_older: bool = False
    is_checking: bool = False


class Health(Enum):
    """The richer truth behind the six public states (sync.md 2.16)."""

    NO_TOKEN = "no_token"
    NO_SESSION = "no_session"
    PAUSED = "paused"
    OPENING = "opening"
    JOINING = "joining"
    CATCHING_UP = "catching_up"
    GAP = "gap"
    CHECKING = "checking"
    LIVE = "live"
    WAITING = "waiting"
    POLLING = "polling"
    OFFLINE = "offline"
    NOT_CONFIGURED = "not_configured"
    SIGNED_OUT = "signed_out"
    FORBIDDEN = "forbidden"
    REFUSED = "refused"


class StorageHealth(Enum):
    """Whether what is read is kept on this device (sync.md D4, D6)."""

    SAVED = "saved"
    FULL = "full"
    FAILING = "failing"
    NEWER = "newer"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReport:
    """All that the badge and the panel it opens say about the line.

    Attributes:
        state: The public state.
        health: Why, more finely.
        server: `host:port` of the push server, without scheme or key.
        attempt: Failed attempts in a row; 0 while joined.
        next_attempt_at: When the next attempt begins, seconds since the epoch, or None.
        connected_since: When the channel was joined, seconds since the epoch, or None.
        last_event_at: When the last frame came in, seconds since the epoch, or None.
        last_error: Words for the person, or None. Never holds a secret.
        cure: What the person can do about it, or None.
        rest_works: Whether the last REST answer was a good one; None before the first.
        looked_at: When the server's newest message was last compared with ours, seconds since the
            epoch; None while that goes without saying, or before the first time.
        waiting: How many of the person's texts of this session are not acknowledged yet.
        storage: Whether messages are kept on this device.
        damaged: How many unsent texts are on this device that cannot be read.
    """

    state: ConnectionState = ConnectionState.DISCONNECTED
    health: Health = Health.NO_SESSION
    server: str = ""
    attempt: int = 0
    next_attempt_at: float | None = None
    connected_since: float | None = None
    last_event_at: float | None = None
    last_error: str | None = None
    cure: str | None = None
    rest_works: bool | None = None
    looked_at: float | None = None
    waiting: int = 0
    storage: StorageHealth = StorageHealth.SAVED
    damaged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whom the token speaks for. `id` keys everything that is stored."""

    id: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class UnreadMark:
    """What nobody had seen when the person came to a session, by the numbers of messages.

    It came after the message `after`, and `until` is the last one that was there then.
    """

    after: int
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """Everything one view shows, at one moment: the input of the `ui` ring.

    Attributes:
        session_id: The session on show, or None.
        title: The session's title, or None where the server gave none.
        messages: The view's window of the list, in display order. Tombstones are left out.
        pending: The person's unacknowledged texts of this session, in order. Drawn last.
        provisional: Steps not stored yet, in order. Drawn after `messages`, before `pending`.
        gaps: Holes within the window, ascending.
        typing: What the agent is doing, while a run is on; else None.
        typing_since: When that run began, seconds since the epoch.
        heard_at: When there was news of it last, seconds since the epoch, while it is silent.
        silence: For how long there has been no news of it: 0, `QUIET` or `NO_NEWS`.
        is_stopping: The server was asked to end it.
        can_stop: The server can end a run.
        run_ended: The terminal status of the last run, if it is over.
        problem: A server's `error` event, in its own words, until the next good news.
        mark: What was not seen when the person came, or None where all was.
        reading_asked: Which asking for the place of its reader the view is to answer.
        account: Whom the token speaks for, or None while unknown or signed out.
        sessions: What the session list shows.
        can_list_sessions: The server has a session list.
        can_create_session: A new chat can begin with the server's own session.
        can_rename_sessions: A title is the server's; else it holds on this device alone.
        can_delete_sessions: A deletion is the server's; else it is a removal from this device.
        session_search: What the list is searched for, or "".
        deleted: The session whose deletion can still be undone, or None.
        missing_access: The hosts that the browser does not let the view talk to, or "".
        access_origins: The match patterns of the servers, with spaces between them.
        list_problem: Why the last wish about the list came to nothing, in words, or None.
    """

    session_id: SessionId | None = None
    title: str | None = None
    messages: tuple[Message, ...] = ()
    pending: tuple[OutboxEntry, ...] = ()
    provisional: tuple[ProvisionalStep, ...] = ()
    gaps: tuple[Gap, ...] = ()
    loading: LoadingState = field(default_factory=LoadingState)
    connection: ConnectionReport = field(default_factory=ConnectionReport)
    typing: TypingContext | None = None
    typing_since: float | None = None
    heard_at: float | None = None
    silence: float = 0.0
    is_stopping: bool = False
    can_stop: bool = False
    run_ended: str | None = None
    problem: str | None = None
    mark: UnreadMark | None = None
    reading_asked: int = 0
    account: Account | None = None
    sessions: tuple[SessionSummary, ...] = ()
    can_list_sessions: bool = False
    can_create_session: bool = False
    can_rename_sessions: bool = False
    can_delete_sessions: bool = False
    session_search: str = ""
    deleted: SessionSummary | None = None
    list_problem: str | None = None
    missing_access: str = ""
    access_origins: str = ""

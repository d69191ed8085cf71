"""What a view shows: the input of the `ui` ring, made anew for each update (`showing`).

Frozen data without behaviour beyond reading itself; no words but those of a server, and no HTML.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from .connection import ConnectionState

if TYPE_CHECKING:
    from .model import Account, Message, OutboxEntry, ProvisionalStep, SessionId, TypingContext
    from .session_summary import SessionSummary

__all__ = [
    "ConnectionReport",
    "Gap",
    "GapState",
    "Health",
    "Loading",
    "LoadingState",
    "SessionView",
    "StorageHealth",
    "UnreadMark",
]


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

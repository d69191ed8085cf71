"""The words of the domain: what a session holds, and whose it is.

Frozen data without behaviour beyond reading itself. Values from outside become one of these in
`wire`, once; nothing further in ever sees the server's spelling.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, NewType

__all__ = [
    "NO_NEWS",
    "QUIET",
    "TERMINAL_STATUSES",
    "Account",
    "ClientMessageId",
    "DamagedRow",
    "Delivery",
    "Message",
    "MessageError",
    "MessageId",
    "OutboxEntry",
    "ProvisionalStep",
    "Role",
    "SessionId",
    "Step",
    "TypingContext",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whom the token speaks for. `id` keys everything that is stored."""

    id: str
    name: str | None = None

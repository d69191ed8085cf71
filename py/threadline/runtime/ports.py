"""What the world must offer. Adapters implement these; nothing here runs.

Nothing calls back through a port: what comes of an order enters the driver as an event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from pydantic import SecretStr

    from threadline.core.effects import Effect, SendRequest, StoreOrder
    from threadline.core.events import Event
    from threadline.core.model import ClientMessageId, OutboxEntry, SessionId
    from threadline.core.moment import Moment

__all__ = [
    "Clock",
    "Host",
    "Http",
    "Log",
    "Machine",
    "OutboxRows",
    "Records",
    "Screen",
    "Sockets",
    "Storage",
    "World",
]


class Machine(Protocol):
    """What the driver needs of an engine."""

    def handle(self, event: Event, now: Moment) -> list[Effect]: ...
    def next_deadline(self) -> float | None: ...


class Clock(Protocol):
    """Both clocks, and the one timer. Arming it anew replaces what was armed."""

    def now(self) -> Moment: ...
    def arm(self, seconds: float) -> None: ...
    def disarm(self) -> None: ...


class Sockets(Protocol):
    """WebSockets by number. Unknown numbers are not an error: the socket may have gone first."""

    def open(self, socket: int, url: str) -> None: ...
    def send(self, socket: int, text: str) -> None: ...
    def close(self, socket: int, code: int) -> None: ...


class Http(Protocol):
    """HTTP requests by number."""

    def send(self, request: SendRequest) -> None: ...
    def cancel(self, request: int) -> None: ...


class Storage(Protocol):
    """`chrome.storage.local`. `value` is JSON text; None removes the key."""

    def read_token(self) -> None: ...
    def write(self, key: str, value: SecretStr | str | None) -> None: ...


class OutboxRows(Protocol):
    """The rows in which the person's unsent texts survive the engine.

    They are written by the engine that took the term last, and by no other (sync.md W2). What came
    of an update is told under its `question`, where there is one.
    """

    def update(self, entry: OutboxEntry, question: int | None) -> None: ...
    def delete(self, client_message_id: ClientMessageId) -> None: ...


class Host(Protocol):
    """The page that holds the engine, and who opens it."""

    def keep(self, *, is_wanted: bool) -> None: ...
    def close(self) -> None: ...
    def show_unread(self, count: int) -> None: ...
    def notify(self, session_id: SessionId, title: str, text: str) -> None: ...


class Records(Protocol):
    """The stored sessions, one database per account. Each order is one transaction.

    A database is written by the engine that took its term last, and by no other (sync.md W2). A
    write after the orders before it sees what they did.
    """

    def perform(self, order: StoreOrder) -> None: ...


class Screen(Protocol):
    """The views. `mark` says that they may have something new; `flush` shows it when it is due.

    After `let_go` there are none any more: they look for another engine.
    """

    def mark(self) -> None: ...
    def flush(self, now: Moment) -> None: ...
    def next_deadline(self) -> float | None: ...
    def answer(self, view: int, answer: str) -> None: ...
    def let_go(self) -> None: ...


class Log(Protocol):
    """Where the engineer looks."""

    def report(self, level: Literal["info", "warning", "error"], text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class World:
    """All ports together, as a composition root hands them to the driver."""

    clock: Clock
    sockets: Sockets
    http: Http
    storage: Storage
    outbox: OutboxRows
    host: Host
    records: Records
    screen: Screen
    log: Log

"""A world that fits in a test: a clock you push, a network, a server, an engine, and its driver.

    world = World()
    world.start()                       # the engine's life begins, signed in
    world.attach(1, "s1")               # view 1 shows session s1
    world.server.post("s1", "Hello")    # stored, and published
    world.advance(1.0)
    assert [one.content for one in world.show(1).messages] == ["Hello"]

Nothing happens but in `feed` and `advance`. An error of the engine's comes out of them.
"""

from __future__ import annotations

import heapq
import json
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from threadline.core.effects import (
    AnswerView,
    CancelRequest,
    CloseEngine,
    CloseSocket,
    DeleteOutboxRow,
    KeepEngine,
    Notify,
    OpenSocket,
    Publish,
    ReadToken,
    Report,
    SendRequest,
    SendText,
    ShowUnread,
    StepDown,
    StoreOrder,
    WriteOutboxRow,
    WriteStorage,
)
from threadline.core.engine import Engine
from threadline.core.events import (
    RequestAnswered,
    RequestFailed,
    RowNotWritten,
    RowWritten,
    SettingsChanged,
    SocketClosed,
    SocketOpened,
    Started,
    TextReceived,
    TimerRang,
    TokenChanged,
    ViewAttached,
    ViewLeft,
    ViewSaid,
    Woke,
)
from threadline.core.model import SessionId

from .builders import configuration, entry, request, settings, token
from .clock import Clock
from .disk import Disk
from .scripted_server import ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import SecretStr

    from threadline.core.effects import Effect
    from threadline.core.events import Event
    from threadline.core.model import ClientMessageId, OutboxEntry
    from threadline.core.session_view import SessionView


LATENCY: Final = 0.02  # seconds each way of everything on the network
DISK_LATENCY: Final = 0.005  # seconds of everything on the disk
MAX_STEPS: Final = 200  # facts at one moment, beyond which something turns in circles


@dataclass
class Socket:
    """One socket the engine asked for, as the network sees it."""

    number: int
    url: str
    opened_at: float
    sent: list[str] = field(default_factory=list)
    is_gone: bool = False


class World:
    """Everything around one engine.

    Args:
        server: Whom it talks to.
        jitter: Draws from [0, 1); nothing is added by default.
        disk: Where sessions are stored; give it the one of an earlier world to begin with that.
        build: Changes to the build's configuration, as JSON members.

    Attributes:
        sockets: All the engine ever asked for, in order.
        storage: What it wrote to `chrome.storage.local`, as JSON text.
        rows: Its outbox rows on disk.
        reports: What it told the engineer.
        answers: What it answered options pages: view and JSON text.
        cancelled: The requests that it gave up.
        stored_token: What `accessToken` holds; the engine hears of a change by `sign_in_as` only.
        published: How often views were told that something may be new.
        kept: Whether the engine was said to be wanted without a view, word by word.
        unread: What the toolbar button shows.
        notified: What the person was told of, in order.
        closed_at: The seconds at which it asked to be ended.
        has_let_go: The engine has stepped down, and let go of its views.
    """

    def __init__(
        self,
        server: ScriptedServer | None = None,
        jitter: Callable[[], float] = lambda: 0.0,
        disk: Disk | None = None,
        **build: Any,
    ) -> None:
        self.clock = Clock()
        self.server = server or ScriptedServer()
        self.server.wall = lambda: self.clock.wall
        self.server.say = self._carry
        self.settings = settings(**build)
        self.stored_token: str | None = None
        self.engine = Engine(configuration(**build), "0.1.0", jitter)
        self.sockets: list[Socket] = []
        self.storage: dict[str, str] = {}
        self.rows: dict[ClientMessageId, OutboxEntry] = {}
        self.reports: list[Report] = []
        self.answers: list[tuple[int, str]] = []
        self.published = 0
        self.kept: list[bool] = []
        self.unread = 0
        self.notified: list[Notify] = []
        self.closed_at: list[float] = []
        self.has_let_go = False
        self.disk = disk or Disk()
        self.term = self.disk.take_term()
        self.after_each_step: Callable[[], None] = lambda: None
        self.cancelled: set[int] = set()
        self._order = count()
        self._coming: list[tuple[float, int, Callable[[], None]]] = []

    # --- what happens ------------------------------------------------------------------------

    def start(
        self,
        who: str | None = "token",
        last: str | None = None,
        unsent: tuple[OutboxEntry, ...] = (),
    ) -> None:
        """Begin the engine's life."""
        self.rows |= {one.client_message_id: one for one in unsent}
        session = None if last is None else SessionId(last)
        credential = None if who is None else token(who)
        self.stored_token = who
        names = ("account", "capabilities", "sessionMarks")
        whose, known, marks = (json.loads(self.storage.get(one, "null")) for one in names)
        begun = Started(self.settings, credential, session, None, unsent, whose)
        self.feed(replace(begun, capabilities=known, marks=marks))

    def attach(self, view: int = 1, session: str | None = "s1", **hello: Any) -> None:
        """A view is here."""
        wish = None if session is None else SessionId(session)
        self.feed(ViewAttached(view, wish, **hello))

    def leave(self, view: int = 1) -> None:
        """A view is gone."""
        self.feed(ViewLeft(view))

    def ask(self, kind: str, view: int = 1, **members: Any) -> None:
        """A view asks for something: a type of border 1, and its JSON members."""
        self.feed(ViewSaid(view, request(kind, **members)))

    def say(self, content: str, name: str = "c1", ordinal: int = 1, view: int = 1) -> None:
        """The person sends a text: the view writes its row down, and only then says so."""
        at = self.clock.wall
        shown = self.show(view)
        whose = None if shown.account is None else shown.account.id
        text = {"content": content, "ordinal": ordinal, "account": whose}
        row = entry(name, shown.session_id, created_at=at, **text)
        self.rows[row.client_message_id] = row
        self.ask("send", view, clientMessageId=name, createdAt=at * 1000, **text)

    def sign_in_as(self, who: str | None) -> None:
        """The token becomes another one, or goes away."""
        self.stored_token = who
        self.feed(TokenChanged(None if who is None else token(who)))

    def change_settings(self, **changes: Any) -> None:
        """The settings become other ones."""
        self.settings = settings(**changes)
        self.feed(SettingsChanged(self.settings))

    def wake(self) -> None:
        """The machine or the network came back."""
        self.feed(Woke("online"))

    def cut(self, code: int = 1006) -> None:
        """The network drops every open socket."""
        for socket in [one for one in self.sockets if not one.is_gone]:
            self._gone(socket, code)

    def sleep(self, seconds: float) -> None:
        """The laptop sleeps: the wall clock alone runs on, and nothing happens."""
        self.clock.wall += seconds

    def advance(self, seconds: float) -> None:
        """Let time run: deliver what comes and ring the timer, in order."""
        until = self.clock.monotonic + seconds
        steps, moment = 0, -1.0
        while (due := self._next_due()) <= until:
            self.clock.push(max(0.0, due - self.clock.monotonic))
            steps = steps + 1 if self.clock.monotonic == moment else 0
            moment = self.clock.monotonic
            assert steps < MAX_STEPS, "time stands still: something turns in circles"
            if self._coming and self._coming[0][0] <= self.clock.monotonic:
                heapq.heappop(self._coming)[2]()
            else:
                self.feed(TimerRang())
        self.clock.push(until - self.clock.monotonic)

    def later(self, act: Callable[[], None], delay: float = LATENCY) -> None:
        """Let something happen after so many seconds."""
        heapq.heappush(self._coming, (self.clock.monotonic + delay, next(self._order), act))

    def feed(self, event: Event) -> None:
        """Hand one fact to the engine, and perform what it orders."""
        for effect in self.engine.handle(event, self.clock.now()):
            self._perform(effect)
        self.after_each_step()

    def next_life(self, server: ScriptedServer | None = None) -> World:
        """The engine dies, whatever it was doing; return the world of the next one, not begun.

        It finds what was written: the disk, the outbox rows, `chrome.storage.local`.
        """
        self.server.sockets.clear()
        world = World(server or self.server, disk=self.disk)
        world.clock, world.storage, world.rows = self.clock, self.storage, self.rows
        return world

    # --- what is seen ------------------------------------------------------------------------

    def show(self, view: int = 1) -> SessionView:
        """Return what a view shows."""
        return self.engine.show(view, self.clock.now())

    def texts(self, view: int = 1) -> list[str]:
        """Return the texts of the messages on show, in order."""
        return [one.content for one in self.show(view).messages]

    def opened_at(self) -> list[float]:
        """Return the seconds at which sockets were asked for."""
        return [socket.opened_at for socket in self.sockets]

    # --- inside ------------------------------------------------------------------------------

    def _next_due(self) -> float:
        dues = [self.engine.next_deadline(), self._coming[0][0] if self._coming else None]
        return min((due for due in dues if due is not None), default=float("inf"))

    def _perform(self, effect: Effect) -> None:
        if isinstance(effect, StoreOrder):
            self._ask_disk(effect)
            return
        match effect:
            case OpenSocket(number, url):
                self._open(Socket(number, url, self.clock.monotonic))
            case SendText(number, text):
                self._sent(number, text)
            case CloseSocket(number, code):
                self._gone(self._socket(number), code)
            case SendRequest():
                self._requested(effect)
            case CancelRequest(number):
                self.cancelled.add(number)
            case WriteStorage() | ReadToken() | WriteOutboxRow() | DeleteOutboxRow():
                self._keep(effect)
            case KeepEngine() | CloseEngine() | ShowUnread() | Notify():
                self._told_host(effect)
            case StepDown():
                self.has_let_go = True
            case AnswerView(view, answer):
                self.answers.append((view, answer))
            case Publish():
                self.published += 1
            case Report():
                self.reports.append(effect)

    def _keep(self, effect: WriteStorage | ReadToken | WriteOutboxRow | DeleteOutboxRow) -> None:
        match effect:
            case WriteStorage(key, value):
                self._stored(key, value)
            case ReadToken():
                self.later(lambda: self.sign_in_as(self.stored_token))
            case WriteOutboxRow(row, question):
                self._write_row(row, question)
            case DeleteOutboxRow(client_message_id):
                self.rows.pop(client_message_id, None)

    def _write_row(self, row: OutboxEntry, question: int | None) -> None:
        fails = self.disk.outbox_fails
        if fails is None:
            self.rows[row.client_message_id] = row
        if question is not None and fails != "hang":
            told = RowNotWritten(question) if fails else RowWritten(question)
            self.later(lambda: self.feed(told), DISK_LATENCY)

    def _ask_disk(self, order: StoreOrder) -> None:
        outcome = self.disk.perform(order, self.term)
        if outcome is not None:
            self.later(lambda: self.feed(outcome), DISK_LATENCY)

    def _told_host(self, effect: KeepEngine | CloseEngine | ShowUnread | Notify) -> None:
        match effect:
            case KeepEngine(is_wanted):
                self.kept.append(is_wanted)
            case CloseEngine():
                self.closed_at.append(self.clock.monotonic)
            case ShowUnread(unread):
                self.unread = unread
            case Notify():
                self.notified.append(effect)

    def _stored(self, key: str, value: SecretStr | str | None) -> None:
        if value is None:
            self.storage.pop(key, None)
        else:
            self.storage[key] = value if isinstance(value, str) else value.get_secret_value()

    def _socket(self, number: int) -> Socket:
        return next(one for one in self.sockets if one.number == number)

    def _open(self, socket: Socket) -> None:
        self.sockets.append(socket)
        match self.server.sockets_do:
            case "greet":
                self.later(lambda: self._greet(socket))
            case "refuse":
                self._gone(socket, self.server.refuse_code)
            case "hang":
                pass

    def _greet(self, socket: Socket) -> None:
        if not socket.is_gone:
            self.feed(SocketOpened(socket.number))
            self.server.socket_opened(socket.number)

    def _sent(self, number: int, text: str) -> None:
        socket = self._socket(number)
        if not socket.is_gone:
            socket.sent.append(text)
            self.later(lambda: self.server.socket_said(number, text))

    def _gone(self, socket: Socket, code: int) -> None:
        if not socket.is_gone:
            socket.is_gone = True
            self.server.socket_gone(socket.number)
            self.later(lambda: self.feed(SocketClosed(socket.number, code)))

    def _carry(self, number: int, text: str) -> None:
        # As in a browser, what is under way when a socket closes is not delivered.
        def arrive() -> None:
            if not self._socket(number).is_gone:
                self.feed(TextReceived(number, text))

        self.later(arrive)

    def _requested(self, asked: SendRequest) -> None:
        answer = self.server.answer(asked)
        number, delay = asked.request, 2 * LATENCY
        outcome: Event = RequestFailed(number, "network")
        if answer is not None:
            outcome = RequestAnswered(number, answer.status, answer.headers, answer.body)
        elif self.server.is_up and not asked.is_opaque:
            outcome, delay = RequestFailed(number, "timeout"), asked.timeout
        self.later(lambda: None if number in self.cancelled else self.feed(outcome), delay)

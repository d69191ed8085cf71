"""Between a browser and the servers: sockets and requests, with all that goes wrong on the way."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tests.support.builders import EPOCH
from tests.support.scripted_server import Reply, reply
from threadline.core.events import (
    RequestAnswered,
    RequestFailed,
    SocketClosed,
    SocketOpened,
    TextReceived,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadline.core.effects import SendRequest
    from threadline.core.events import Event

    from .chance import Chance
    from .model_server import ModelServer
    from .push_server import PushServer
    from .schedule import Schedule

__all__ = ["Network", "Wire"]

LATENCY: Final = (0.01, 0.12)  # seconds each way
SLOW: Final = (0.3, 4.0)  # the same where it is slow
FORGOTTEN_AFTER: Final = 60.0  # seconds after which a server notices that a peer is gone


@dataclass
class Wire:
    """One socket, from the browser's engine to the push server.

    Attributes:
        number: The engine's number for it.
        hear: Delivers an event to the engine that opened it.
        is_open: Whether it carries anything.
        is_believed: Whether the engine takes it to be open.
        joined: Channels whose acknowledgement the engine heard.
        is_cut: Whether nothing gets through any more, without either end knowing.
    """

    number: int
    hear: Callable[[Event], None]
    network: Network
    is_open: bool = True
    is_believed: bool = True
    is_cut: bool = False
    joined: set[str] = field(default_factory=set)
    server_number: int = 0
    heard_at: float = 0.0
    _free_at: float = 0.0

    def say(self, text: str) -> None:
        """Carry one frame to the browser, behind those already on the way."""
        network = self.network
        due = max(self._free_at, network.schedule.now + network.latency())
        self._free_at = due

        def arrive() -> None:
            if self.is_open and not self.is_cut:
                self.hear(TextReceived(self.number, text))

        network.schedule.at(due, arrive)

    def drop(self, code: int) -> None:
        """The server, or the network, closes it; a cut line does not tell."""
        if self.is_cut or not self.is_open:
            return
        self.is_open = False
        self.network.push.gone(self.server_number)
        self.network.schedule.after(self.network.latency(), lambda: self.closed(code))

    def closed(self, code: int) -> None:
        """The engine hears that it is gone."""
        self.is_open = False
        self.hear(SocketClosed(self.number, code))

    def tell(self, event: Event) -> None:
        """The engine hears `event` now."""
        match event:
            case TextReceived(_, text):
                self.heard_at = self.network.schedule.now
                if "subscription_succeeded" in text:
                    self.joined.add(json.loads(text)["channel"])
            case SocketClosed():
                self.is_believed = False
            case _:
                pass

    def close(self) -> None:
        """The engine closes it."""
        self.is_believed = False
        if self.is_open:
            self.is_open = False
            delay = FORGOTTEN_AFTER if self.is_cut else self.network.latency()
            number = self.server_number
            self.network.schedule.after(delay, lambda: self.network.push.gone(number))

    def cut(self) -> None:
        """Nothing gets through any more, and nobody is told."""
        self.is_cut = True


class Network:
    """All lines and requests of a run."""

    def __init__(
        self, schedule: Schedule, chance: Chance, server: ModelServer, push: PushServer
    ) -> None:
        self.schedule = schedule
        self.chance = chance
        self.server = server
        self.push = push
        self.is_down = False  # nothing at all gets through

    def latency(self) -> float:
        """Return the seconds that something takes, one way."""
        if self.chance.hits("slow"):
            return self.chance.between("latency", *SLOW)
        return self.chance.between("latency", *LATENCY)

    # --- sockets ----------------------------------------------------------------------------------

    def open(self, number: int, hear: Callable[[Event], None]) -> Wire:
        """Open a socket to the push server."""
        wire = Wire(number, hear, self)
        if self.is_down or self.chance.hits("connect refused"):
            wire.is_open = False
            self.schedule.after(self.latency(), lambda: wire.closed(1006))
        elif not self.chance.hits("connect hangs"):
            self.schedule.after(2.0 * self.latency(), lambda: self._greet(wire))
        return wire

    def send(self, wire: Wire, text: str) -> None:
        """Carry one frame to the push server."""
        if wire.is_open and not wire.is_cut and not self.is_down:
            self.schedule.after(self.latency(), lambda: self._hear(wire, text))

    def _hear(self, wire: Wire, text: str) -> None:
        if not wire.is_cut:
            self.push.said(wire.server_number, text)

    def _greet(self, wire: Wire) -> None:
        if wire.is_open and not wire.is_cut:
            wire.hear(SocketOpened(wire.number))
            wire.server_number = self.push.opened(wire)

    # --- requests ---------------------------------------------------------------------------------

    def request(self, asked: SendRequest, hear: Callable[[Event], None]) -> None:
        """Carry a request to the server and its answer back, or not."""
        is_answered = False

        def answer(event: Event) -> None:
            nonlocal is_answered
            if not is_answered:
                is_answered = True
                hear(event)

        timeout = RequestFailed(asked.request, "timeout")
        self.schedule.after(asked.timeout, lambda: answer(timeout))
        if self.is_down or self.chance.hits("request lost"):
            self._break(asked, answer)
            return
        own = self._refusal(asked)
        delay = self.latency()
        if own is not None:
            self.schedule.after(2.0 * delay, lambda: answer(self._event(asked, own)))
            return
        if self.chance.hits("request late"):
            # The client is told that it failed, and it arrives all the same.
            self._break(asked, answer)
            delay = self.chance.between("request late by", 0.5, 5.0)
        self.schedule.after(delay, lambda: self._arrive(asked, answer))

    def _break(self, asked: SendRequest, answer: Callable[[Event], None]) -> None:
        """Nothing comes back: told soon, or only by the timeout."""
        if self.chance.pick("told", (True, True, False)):
            failed = RequestFailed(asked.request, "network")
            self.schedule.after(self.latency(), lambda: answer(failed))

    def _refusal(self, asked: SendRequest) -> Reply | None:
        """Return what a proxy or an overloaded server answers in place of the server, if so."""
        if self.chance.hits("server error"):
            bodies = ("{}", "", "<html>Bad gateway</html>", '{"error": "Out of order."}')
            status = self.chance.pick("status", (500, 502, 503, 504))
            return Reply(status, self.chance.pick("body", bodies))
        if self.chance.hits("rate limit"):
            pause = self.chance.pick("pause", ("1", "2", "7", None, "soon"))
            headers = {} if pause is None else {"retry-after": pause}
            return Reply(429, '{"error": "Slow down.", "code": "rate_limited"}', headers)
        if self.chance.hits("nonsense"):
            return Reply(200, self.chance.pick("body", ("<html>Sign in</html>", "[]", "{}", "")))
        return None

    def _arrive(self, asked: SendRequest, answer: Callable[[Event], None]) -> None:
        def respond(given: Reply) -> None:
            if self.chance.hits("answer lost"):
                self._break(asked, answer)
                return
            if self.chance.hits("error after all"):
                given = reply(500, error="It broke afterwards.")
            if self.chance.hits("partial page") and urlsplit(asked.url).path.endswith("messages"):
                given = Reply(given.status, given.body[: len(given.body) // 2], given.headers)
            event = self._event(asked, given)
            self.schedule.after(self.latency(), lambda: answer(event))

        self.server.handle(asked, respond)

    def _event(self, asked: SendRequest, given: Reply) -> Event:
        headers = {"date": formatdate(EPOCH + self.schedule.now, usegmt=True), **given.headers}
        return RequestAnswered(asked.request, given.status, headers, given.body)

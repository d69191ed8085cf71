"""Every port of a `real_engine`, over the machine's own sockets, clocks and memory."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final

import httpx
from pydantic import SecretStr
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin

from threadline.core.events import (
    RequestAnswered,
    RequestFailed,
    RowWritten,
    SocketClosed,
    SocketOpened,
    TextReceived,
)
from threadline.core.moment import Moment
from threadline.runtime.ports import World

from .backend_server import ORIGIN
from .disk import Disk

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from threadline.core.effects import SendRequest, StoreOrder
    from threadline.core.events import Event
    from threadline.core.model import ClientMessageId, OutboxEntry, SessionId

    from .real_engine import RealEngine

ABNORMAL: Final = 1006  # what a browser reports where there was no close frame


class RealPorts:
    """Every port of one engine."""

    def __init__(self, engine: RealEngine) -> None:
        self.rows: dict[ClientMessageId, OutboxEntry] = {}
        self._engine = engine
        self._client = httpx.AsyncClient(trust_env=False)
        self._sockets: dict[int, ClientConnection | None] = {}
        self._tasks: dict[object, asyncio.Task[None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False

    def world(self) -> World:
        """Return them as the driver takes them."""
        return World(
            clock=self,
            sockets=_Sockets(self),
            http=_Http(self),
            storage=_Storage(),
            outbox=_Rows(self),
            records=_Records(self),
            host=_Host(),
            screen=_Screen(self._engine),
            log=_Log(self._engine),
        )

    async def close(self) -> None:
        """Cancel all that is under way, and wait for it."""
        self._is_closed = True
        self.disarm()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()

    def now(self) -> Moment:
        """Return the moment."""
        return now()

    def arm(self, seconds: float) -> None:
        """Set the one timer."""
        self.disarm()
        if not self._is_closed:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(seconds, self._engine.driver.ring)

    def disarm(self) -> None:
        """Stop it."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def begin(self, name: object, work: Coroutine[Any, Any, None]) -> None:
        """Do something, under a name by which it can be given up."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._tasks.pop(name, None))

    def give_up(self, name: object) -> None:
        """Stop what has that name, if it is still under way."""
        task = self._tasks.pop(name, None)
        if task is not None:
            task.cancel()

    def tell(self, event: Event) -> None:
        """Tell the engine what happened."""
        if not self._is_closed:
            self._engine.driver.feed(event)

    async def serve_socket(self, number: int, url: str) -> None:
        """Open a socket and tell what comes, to its end."""
        code, reason = ABNORMAL, ""
        try:
            async with connect(
                url, origin=Origin(ORIGIN), compression=None, max_size=None, ping_interval=None
            ) as socket:
                self._sockets[number] = socket
                self.tell(SocketOpened(number))
                async for text in socket:
                    self.tell(TextReceived(number, str(text)))
                code, reason = socket.close_code or ABNORMAL, socket.close_reason or ""
        except ConnectionClosed as closed:
            if closed.rcvd is not None:
                code, reason = closed.rcvd.code, closed.rcvd.reason
        except (OSError, InvalidHandshake, TimeoutError):
            pass  # a browser says no more than that it did not open
        finally:
            self._sockets.pop(number, None)
        self.tell(SocketClosed(number, code, reason))

    async def send_text(self, number: int, text: str) -> None:
        """Send a frame; a socket that is gone tells so itself."""
        socket = self._sockets.get(number)
        if socket is not None:
            try:
                await socket.send(text)
            except ConnectionClosed:
                return

    async def send_request(self, order: SendRequest) -> None:
        """Do a request and tell how it ended."""
        headers = {"Accept": "application/json", "Origin": ORIGIN}
        if order.content_type:
            headers["Content-Type"] = order.content_type
        if order.token is not None:
            headers["Authorization"] = f"Bearer {order.token.get_secret_value()}"
        body = order.body
        content = body.get_secret_value() if isinstance(body, SecretStr) else body
        try:
            answer = await self._client.request(
                order.method, order.url, content=content, headers=headers, timeout=order.timeout
            )
        except httpx.TimeoutException:
            self.tell(RequestFailed(order.request, "timeout"))
        except httpx.TransportError:
            self.tell(RequestFailed(order.request, "network"))
        else:
            told = RequestAnswered(
                order.request, answer.status_code, dict(answer.headers), answer.text
            )
            self.tell(told)


class _Records:
    """`ports.Records`, in memory."""

    def __init__(self, ports: RealPorts) -> None:
        self._ports = ports
        self._disk = Disk()
        self._term = self._disk.take_term()

    def perform(self, order: StoreOrder) -> None:
        outcome = self._disk.perform(order, self._term)
        if outcome is not None:
            asyncio.get_running_loop().call_soon(self._ports.tell, outcome)


class _Sockets:
    """`ports.Sockets`."""

    def __init__(self, ports: RealPorts) -> None:
        self._ports = ports

    def open(self, socket: int, url: str) -> None:
        self._ports._engine.sockets_opened += 1
        self._ports.begin(("socket", socket), self._ports.serve_socket(socket, url))

    def send(self, socket: int, text: str) -> None:
        name = ("frame", socket, text, time.monotonic_ns())
        self._ports.begin(name, self._ports.send_text(socket, text))

    def close(self, socket: int, code: int) -> None:
        self._ports.give_up(("socket", socket))


class _Http:
    """`ports.Http`."""

    def __init__(self, ports: RealPorts) -> None:
        self._ports = ports

    def send(self, request: SendRequest) -> None:
        self._ports._engine.requests_sent += 1
        self._ports.begin(("request", request.request), self._ports.send_request(request))

    def cancel(self, request: int) -> None:
        self._ports.give_up(("request", request))


class _Storage:
    """`ports.Storage` of a browser in which nothing else changes."""

    def read_token(self) -> None:
        pass

    def write(self, key: str, value: SecretStr | str | None) -> None:
        pass


class _Rows:
    """`ports.OutboxRows` in memory."""

    def __init__(self, ports: RealPorts) -> None:
        self._ports = ports

    def update(self, entry: OutboxEntry, question: int | None) -> None:
        self._ports.rows[entry.client_message_id] = entry
        if question is not None:
            asyncio.get_running_loop().call_soon(self._ports.tell, RowWritten(question))

    def delete(self, client_message_id: ClientMessageId) -> None:
        self._ports.rows.pop(client_message_id, None)


class _Host:
    """`ports.Host` of an engine that a test ends."""

    def keep(self, *, is_wanted: bool) -> None:
        pass

    def close(self) -> None:
        pass

    def notify(self, session_id: SessionId, title: str, text: str) -> None:
        """Nobody looks."""

    def show_unread(self, count: int) -> None:
        pass


class _Screen:
    """`ports.Screen` that wakes the test."""

    def __init__(self, engine: RealEngine) -> None:
        self._engine = engine

    def mark(self) -> None:
        self._engine.note_change()

    def flush(self, now: Moment) -> None:
        pass

    def next_deadline(self) -> float | None:
        return None

    def answer(self, view: int, answer: str) -> None:
        pass

    def let_go(self) -> None:
        pass


class _Log:
    """`ports.Log` that a failed test shows."""

    def __init__(self, engine: RealEngine) -> None:
        self._engine = engine

    def report(self, level: str, text: str) -> None:
        self._engine.reports.append((level, text))


def now() -> Moment:
    """Return the moment by the machine's clocks."""
    return Moment(time.monotonic(), time.time())

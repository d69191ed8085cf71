"""The panel's Pusher client on real sockets and in real time, in this process."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from threadline.core.effects import CloseSocket, OpenSocket, SendText
from threadline.core.notices import AuthorizationWanted, ChannelJoined, ChannelRefused
from threadline.core.pusher_client import PusherClient

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["OurLine"]

ABNORMAL = 1006  # what a browser shows where no close frame came


class OurLine:
    """One client that wants one channel, whose signatures come at once.

    Args:
        url: Of the push server.
        channel: To join.
        tell: Called with `joined` or `refused`.
    """

    def __init__(self, url: str, channel: str, tell: Callable[[str], None]) -> None:
        self._client = PusherClient(random.random)
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._open: dict[int, ClientConnection] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._client.configure(url, self._now)
        self._client.want([channel], self._now)
        self._perform()

    async def close(self) -> None:
        """End it, with all its sockets."""
        self._client.want([], self._now)
        self._perform()
        for task in list(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    @property
    def _now(self) -> float:
        return self._loop.time()

    def _perform(self) -> None:
        effects, notices = self._client.drain()
        for notice in notices:
            match notice:
                case AuthorizationWanted(name, socket_id):
                    self._client.authorized(name, socket_id, "ours:signature", self._now)
                case ChannelJoined():
                    self._tell("joined")
                case ChannelRefused():
                    self._tell("refused")
                case _:
                    pass
        for effect in effects:
            match effect:
                case OpenSocket(number, url):
                    self._tasks[number] = asyncio.create_task(self._live(number, url))
                case SendText(number, text) if number in self._open:
                    self._tasks[-number] = asyncio.create_task(self._open[number].send(text))
                case CloseSocket(number):
                    self._open.pop(number, None)
                    self._tasks[number].cancel()
                case _:
                    pass
        if effects or notices:
            self._perform()
            return
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        due = self._client.next_deadline()
        self._timer = None if due is None else self._loop.call_at(due, self._ring)

    def _ring(self) -> None:
        self._client.tick(self._now)
        self._perform()

    async def _live(self, number: int, url: str) -> None:
        code, reason = ABNORMAL, ""
        try:
            async with connect(url, ping_interval=None, close_timeout=1) as socket:
                self._open[number] = socket
                while True:
                    text = await socket.recv()
                    self._client.text_received(number, str(text), self._now)
                    self._perform()
        except ConnectionClosed as closed:
            if closed.rcvd is not None:
                code, reason = closed.rcvd.code, closed.rcvd.reason
        except (OSError, WebSocketException):
            pass  # nobody there, or no WebSocket: 1006, as in a browser
        self._open.pop(number, None)
        self._client.socket_closed(number, code, self._now, reason)
        self._perform()

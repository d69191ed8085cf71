"""Push servers that do one thing wrong each, and remember what their clients did."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

__all__ = ["AWAY", "ENOUGH", "REFUSALS", "WRONGS", "LineServer"]

ENOUGH: Final = 300  # sockets of one client, after which its pace is known and it is left hanging
AWAY: Final = (5, 10, 20)  # seconds for which a server that works is gone
SHORT: Final = 5  # seconds; the activity timeout of the server that falls silent


class LineServer:
    """One server on a port of its own; a client says by its key who it is.

    Args:
        wrong: What it does with each socket.

    Attributes:
        opened: When each client's sockets were opened, by its key; seconds of the loop's clock.
        since: When something happened from which seconds are counted, by key.
        port: On this machine; kept when it is started again.
    """

    def __init__(self, wrong: Callable[[LineServer, ServerConnection], Awaitable[None]]) -> None:
        self.opened: dict[str, list[float]] = {"ours": [], "peer": []}
        self.since: dict[str, float] = {}
        self.port = 0
        self._wrong = wrong
        self._server: Server | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await serve(
            self._meet, "127.0.0.1", self.port, ping_interval=None, close_timeout=1
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Be gone, with every socket."""
        assert self._server is not None
        for socket in list(self._server.connections):
            socket.transport.abort()
        self._server.close()
        await self._server.wait_closed()

    async def _meet(self, socket: ServerConnection) -> None:
        who = self.who(socket)
        self.opened[who].append(asyncio.get_running_loop().time())
        with suppress(ConnectionClosed):
            if len(self.opened[who]) < ENOUGH:
                await self._wrong(self, socket)
            await socket.wait_closed()

    def who(self, socket: ServerConnection) -> str:
        """Return whose socket it is."""
        assert socket.request is not None
        return socket.request.path.split("/")[2].partition("?")[0]


Wrong = Callable[[LineServer, ServerConnection], Awaitable[None]]


def closes(code: int, *, greeted: bool = False) -> Wrong:
    """Return the wrong of ending every socket with `code`."""

    async def wrong(_server: LineServer, socket: ServerConnection) -> None:
        if greeted:
            await greet(socket)
        await socket.close(code)

    return wrong


async def drops(_server: LineServer, socket: ServerConnection) -> None:
    """End every socket without a word, as for an unknown key."""
    socket.transport.abort()


async def drops_greeted(_server: LineServer, socket: ServerConnection) -> None:
    """Greet, and then drop."""
    await greet(socket)
    socket.transport.abort()


async def chatters(_server: LineServer, socket: ServerConnection) -> None:
    """Begin with something that is no handshake."""
    await socket.send("hello")


async def refuses_signatures(server: LineServer, socket: ServerConnection) -> None:
    """Answer every subscription with an error that names no channel, as Sockudo does."""
    await greet(socket)
    error = {"code": 4009, "message": "Invalid signature"}
    async for text in socket:
        if json.loads(text)["event"] == "pusher:subscribe":
            server.since.setdefault(server.who(socket), asyncio.get_running_loop().time())
            await socket.send(json.dumps({"event": "pusher:error", "data": error}))


async def falls_silent(server: LineServer, socket: ServerConnection) -> None:
    """Let the channel be joined, and say nothing more."""
    await greet(socket, SHORT)
    await join(socket)
    server.since.setdefault(server.who(socket), asyncio.get_running_loop().time())


async def works(_server: LineServer, socket: ServerConnection) -> None:
    """Do everything right."""
    await greet(socket)
    await join(socket)


async def greet(socket: ServerConnection, activity_timeout: int = 120) -> None:
    """Send the handshake."""
    data = {"socket_id": f"1.{id(socket)}", "activity_timeout": activity_timeout}
    await socket.send(
        json.dumps({"event": "pusher:connection_established", "data": json.dumps(data)})
    )


async def join(socket: ServerConnection) -> None:
    """Acknowledge the first subscription."""
    channel = json.loads(await socket.recv())["data"]["channel"]
    joined = {"event": "pusher_internal:subscription_succeeded", "channel": channel, "data": "{}"}
    await socket.send(json.dumps(joined))


REFUSALS: Final[dict[str, Wrong]] = {
    "1006 before the handshake": drops,
    "4001": closes(4001),
    "4100": closes(4100),
    "4200": closes(4200),
    "4200 after the handshake": closes(4200, greeted=True),
    "1006 after the handshake": drops_greeted,
    "1000 after the handshake": closes(1000, greeted=True),
    "no handshake": chatters,
}
WRONGS: Final[dict[str, Wrong]] = {
    **REFUSALS,
    "4009 without a channel": refuses_signatures,
    "silence": falls_silent,
    **{f"away {seconds} s": works for seconds in AWAY},
}

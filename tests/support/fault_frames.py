"""A WebSocket server that passes frames on and spoils some: push's half of the fault proxy."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from websockets.asyncio.client import connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidHandshake

if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.asyncio.client import ClientConnection

__all__ = ["FaultFrames", "FrameFault"]

LOGGED: Final = 60  # characters of a frame that the log keeps
NO_CODE: Final = {1005, 1006}  # what cannot be said in a closing frame


@dataclass(slots=True, kw_only=True)
class FrameFault:
    """What is to happen to the next `times` frames that hold `text`.

    Attributes:
        text: What a frame holds that meets it.
        action: `drop` loses it, `duplicate` gives it `count` times, `truncate` gives its first
            half, `hold_back` gives it after the `count` frames that follow it.
        times: How many frames are still to meet it.
        count: See `action`.
        way: `down` towards the extension, `up` towards the server.
    """

    text: str
    action: Literal["drop", "duplicate", "truncate", "hold_back"]
    times: int = 1
    count: int = 2
    way: Literal["down", "up"] = "down"


class FaultFrames:
    """Passes sockets on to the push server at the port `upstream`.

    Attributes:
        port: Where it listens, once it is started.
    """

    def __init__(self, upstream: int, tell: Callable[[str], None]) -> None:
        self.port = 0
        self._upstream = upstream
        self._tell = tell
        self._faults: list[FrameFault] = []
        self._server: Server | None = None

    async def start(self) -> None:
        """Begin to listen on a free port."""
        settings: dict[str, Any] = _plain()
        self._server = await serve(self._serve, "127.0.0.1", 0, **settings)
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def stop(self) -> None:
        """End everything."""
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    def order(self, fault: FrameFault) -> None:
        """Add a fault; those ordered earlier come first."""
        self._faults.append(fault)

    def forget(self) -> None:
        """Forget the faults that are still to come."""
        self._faults.clear()

    async def _serve(self, client: ServerConnection) -> None:
        request = client.request
        assert request is not None
        address = f"ws://127.0.0.1:{self._upstream}{request.path}"
        origin = request.headers.get("Origin")
        try:
            async with connect(address, origin=origin, **_plain()) as upstream:  # type: ignore[arg-type]
                await self._relay(client, upstream)
        except (OSError, InvalidHandshake):
            client.transport.abort()  # the server lets nobody in

    async def _relay(self, client: ServerConnection, upstream: ClientConnection) -> None:
        ways = [
            asyncio.create_task(self._pass(client, upstream, "up")),
            asyncio.create_task(self._pass(upstream, client, "down")),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        code = upstream.close_code
        if code is None or code in NO_CODE:
            client.transport.abort()
        else:
            await client.close(code, upstream.close_reason or "")

    async def _pass(
        self,
        source: ServerConnection | ClientConnection,
        target: ServerConnection | ClientConnection,
        way: str,
    ) -> None:
        held: list[tuple[int, str | bytes]] = []  # how many frames are still to go before it
        with suppress(ConnectionClosed):
            async for frame in source:
                fault = self._take(str(frame), way)
                self._tell(f"{way} {str(frame)[:LOGGED]}")
                await self._send(target, frame, fault)
                held = [(left - 1, late) for left, late in held]
                while held and held[0][0] <= 0:
                    await target.send(held.pop(0)[1])
                if fault is not None and fault.action == "hold_back":
                    held.append((fault.count, frame))

    async def _send(
        self,
        target: ServerConnection | ClientConnection,
        frame: str | bytes,
        fault: FrameFault | None,
    ) -> None:
        match None if fault is None else fault.action:
            case None:
                await target.send(frame)
            case "duplicate":
                assert fault is not None
                for _ in range(fault.count):
                    await target.send(frame)
            case "truncate":
                await target.send(frame[: len(frame) // 2])
            case "drop" | "hold_back":
                pass

    def _take(self, frame: str, way: str) -> FrameFault | None:
        for fault in self._faults:
            if fault.way == way and fault.text in frame:
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                self._tell(f"{fault.action} {fault.text}")
                return fault
        return None


def _plain() -> dict[str, Any]:
    """Return what leaves sockets to the two ends: no pings, no compression, no limit of ours."""
    return {"compression": None, "ping_interval": None, "max_size": None}

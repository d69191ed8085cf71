"""A TCP connection that misbehaves as networks do: the lower half of the fault proxy.

Bytes pass unchanged; when they pass, and whether, is what a test sets. What is held is not lost: as
with a real outage, what was sent meanwhile arrives when the way is free again, or the connection is
given up first.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Conditions", "FaultLink"]

CHUNK: Final = 65_536  # bytes read at once
ENDS_WITH_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time


@dataclass(slots=True)
class Conditions:
    """What the way is like, for both directions.

    Attributes:
        latency: Seconds by which each piece is late.
        jitter: At most so many seconds more, drawn anew for each piece.
        bytes_per_second: The bandwidth of each direction; None means any.
        slice_bytes: The largest piece that is passed on at once; None means any.
        idle_limit: Seconds of silence after which a connection is ended; None means any.
        refused: Whether new connections are reset at once.
    """

    latency: float = 0.0
    jitter: float = 0.0
    bytes_per_second: float | None = None
    slice_bytes: int | None = None
    idle_limit: float | None = None
    refused: bool = False


@dataclass(eq=False)
class Passage:
    """One connection and the one that was made for it.

    Attributes:
        client: Towards the extension.
        upstream: Towards the server.
        heard_at: The loop's seconds at which a byte last came, from either side.
        stranded: The ways on which nothing passes any more.
    """

    client: asyncio.StreamWriter
    upstream: asyncio.StreamWriter
    heard_at: float
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    stranded: set[str] = field(default_factory=set)

    def end(self, *, with_reset: bool) -> None:
        """Close both sides, in good order or by reset."""
        for writer in (self.client, self.upstream):
            if with_reset:
                reset(writer)
            else:
                writer.close()

    async def ended(self) -> None:
        """Wait until both sides are closed."""
        for writer in (self.client, self.upstream):
            with suppress(OSError):  # how it ended does not matter
                await writer.wait_closed()


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection so that its peer sees a reset."""
    with suppress(OSError):  # it is closed already
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, ENDS_WITH_RESET
        )
    writer.transport.abort()


class FaultLink:
    """Listens, and passes on to one address what comes in.

    Args:
        upstream: The port of this machine that connections are passed on to.
        tell: Takes a line for the log.

    Attributes:
        conditions: To be set at any time; they hold for connections that are open, too.
        port: Where it listens, once it is started.
    """

    def __init__(self, upstream: int, tell: Callable[[str], None]) -> None:
        self.conditions = Conditions()
        self.port = 0
        self._upstream = upstream
        self._tell = tell
        self._ways = {"up": asyncio.Event(), "down": asyncio.Event()}
        self._passages: set[Passage] = set()
        self._random = random.Random(7)  # the same jitter in every run
        self._server: asyncio.Server | None = None
        self.release()

    async def start(self) -> None:
        """Begin to listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End everything."""
        assert self._server is not None
        self._server.close()
        self.release()
        passages = list(self._passages)
        self.end_all(with_reset=True)
        for passage in passages:
            await passage.ended()

    @property
    def open_count(self) -> int:
        """How many connections there are."""
        return len(self._passages)

    def hold(self, *, up: bool, down: bool) -> None:
        """Let nothing pass towards the server (`up`), towards the extension (`down`)."""
        self._tell(f"held up={up} down={down}")
        for way, is_held in (("up", up), ("down", down)):
            if is_held:
                self._ways[way].clear()

    def release(self) -> None:
        """Let pass again, what was held first."""
        for way in self._ways.values():
            way.set()

    def strand(self, *, up: bool, down: bool) -> int:
        """Let nothing pass any more on the connections there are; return how many there are."""
        for passage in self._passages:
            passage.stranded |= {way for way, stops in (("up", up), ("down", down)) if stops}
        self._tell(f"stranded {len(self._passages)} up={up} down={down}")
        return len(self._passages)

    def end_all(self, *, with_reset: bool) -> int:
        """End all connections; return how many there were."""
        ended = list(self._passages)
        for passage in ended:
            passage.end(with_reset=with_reset)
        self._tell(f"ended {len(ended)} with_reset={with_reset}")
        return len(ended)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.conditions.refused:
            self._tell("refused")
            reset(writer)
            return
        try:
            down, upstream = await asyncio.open_connection("127.0.0.1", self._upstream)
        except OSError:
            self._tell("unreachable")
            reset(writer)
            return
        passage = Passage(writer, upstream, asyncio.get_running_loop().time())
        self._passages.add(passage)
        self._tell("opened")
        try:
            passage.tasks = [
                asyncio.create_task(self._pump(passage, reader, upstream, "up")),
                asyncio.create_task(self._pump(passage, down, writer, "down")),
                asyncio.create_task(self._watch(passage)),
            ]
            # Where one direction has come to its end the connection has: both protocols are so.
            await asyncio.wait(passage.tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in passage.tasks:
                task.cancel()
            passage.end(with_reset=False)
            self._passages.discard(passage)
            self._tell("closed")

    async def _pump(
        self,
        passage: Passage,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        way: str,
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                passage.heard_at = asyncio.get_running_loop().time()
                if way not in passage.stranded:
                    await self._pass(data, writer, way)
            await self._ways[way].wait()

    async def _pass(self, data: bytes, writer: asyncio.StreamWriter, way: str) -> None:
        delay = self.conditions.latency + self._random.random() * self.conditions.jitter
        if delay > 0:
            await asyncio.sleep(delay)
        size = self.conditions.slice_bytes or len(data)
        for start in range(0, len(data), size):
            await self._ways[way].wait()
            piece = data[start : start + size]
            writer.write(piece)
            await writer.drain()
            rate = self.conditions.bytes_per_second
            await asyncio.sleep(0 if rate is None else len(piece) / rate)

    async def _watch(self, passage: Passage) -> None:
        """End the connection when it has been silent for the limit."""
        loop = asyncio.get_running_loop()
        while True:
            limit = self.conditions.idle_limit
            silence = loop.time() - passage.heard_at
            if limit is not None and silence >= limit:
                self._tell("idle")
                passage.end(with_reset=True)
                return
            await asyncio.sleep(0.1 if limit is None else max(0.01, limit - silence))

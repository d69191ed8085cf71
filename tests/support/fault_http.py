"""An HTTP server that passes requests on and spoils some: REST's half of the fault proxy.

Each connection carries one request. A fault is `match -> action -> times`; what came by is kept, to
be asserted on.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

import h11
import httpx

from .fault_link import reset

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FaultHttp", "HttpFault", "SeenRequest"]

Headers = list[tuple[bytes, bytes]]

REQUEST_LIMIT: Final = 60.0  # seconds for the server's answer
# What belongs to a connection and not to the request or the answer on it, or is made anew.
OF_THE_CONNECTION: Final = {
    "connection", "content-encoding", "content-length", "host", "keep-alive", "transfer-encoding",
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class HttpFault:
    """What is to happen to the next `times` requests for a path.

    Attributes:
        path: A path, or a pattern with `*`.
        method: The HTTP method; None means any.
        times: How many requests are still to meet it.
        late_request: Seconds by which the request reaches the server late, whether or not the
            extension still waits.
        late_answer: Seconds by which the answer is late.
        keeps_answer: Whether the answer is kept until the faults are forgotten.
        passes: Whether the server gets the request at all.
        status, headers, body: An answer in place of the server's; `status` None leaves that.
        cut_after: Bytes of the answer's body after which the connection ends.
        loses_answer: Whether the connection is reset in place of an answer, at once where the
            request is late.
        hangs: Whether no answer comes and the connection stays.
    """

    path: str
    method: str | None = None
    times: int = 1
    late_request: float = 0.0
    late_answer: float = 0.0
    keeps_answer: bool = False
    passes: bool = True
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    cut_after: int | None = None
    loses_answer: bool = False
    hangs: bool = False


@dataclass(slots=True)
class SeenRequest:
    """A request that came by.

    Attributes:
        at: The loop's seconds.
        method, path, query, body: What was asked.
        fault: What happened to it, or None.
        is_answered: Whether the extension has been sent the whole of an answer.
    """

    at: float
    method: str
    path: str
    query: str
    body: str
    fault: HttpFault | None
    is_answered: bool = False


class FaultHttp:
    """Passes requests on to `upstream`, an address without a path.

    Attributes:
        port: Where it listens, once it is started.
        seen: Every request, oldest first.
    """

    def __init__(self, upstream: str) -> None:
        self.port = 0
        self.seen: list[SeenRequest] = []
        self._faults: list[HttpFault] = []
        self._forgotten = asyncio.Event()
        self._client = httpx.AsyncClient(base_url=upstream, timeout=REQUEST_LIMIT)
        self._server: asyncio.Server | None = None
        self._late: set[asyncio.Task[httpx.Response]] = set()
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        """Begin to listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End everything."""
        assert self._server is not None
        self._server.close()
        for task in self._late:
            task.cancel()
        for writer in list(self._open):
            reset(writer)
            with suppress(OSError):  # how it ended does not matter
                await writer.wait_closed()
        await self._client.aclose()

    def order(self, fault: HttpFault) -> None:
        """Add a fault; those ordered earlier for the same path come first."""
        self._faults.append(fault)

    def forget(self) -> None:
        """Forget the faults that are still to come, and let go of the answers that were kept."""
        self._faults.clear()
        self._forgotten.set()
        self._forgotten = asyncio.Event()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        self._open.add(writer)
        with suppress(OSError, h11.RemoteProtocolError):
            request = await self._read(connection, reader)
            if request is not None:
                await self._answer(connection, writer, *request)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        self._open.discard(writer)

    async def _read(
        self, connection: h11.Connection, reader: asyncio.StreamReader
    ) -> tuple[h11.Request, bytes] | None:
        """Return the request and its body, or None where the connection ended before."""
        head: h11.Request | None = None
        body = b""
        while True:
            match connection.next_event():
                case h11.NEED_DATA:
                    connection.receive_data(await reader.read(65_536))
                case h11.Request() as head:
                    pass
                case h11.Data(data=data):
                    body += data
                case h11.EndOfMessage():
                    assert head is not None
                    return head, body
                case _:
                    return None

    def _take(self, method: str, path: str) -> HttpFault | None:
        for fault in self._faults:
            if fault.method in (None, method) and fnmatchcase(path, fault.path):
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None

    async def _answer(
        self,
        connection: h11.Connection,
        writer: asyncio.StreamWriter,
        head: h11.Request,
        body: bytes,
    ) -> None:
        method, target = head.method.decode(), head.target.decode()
        path, _, query = target.partition("?")
        fault = self._take(method, path)
        at = asyncio.get_running_loop().time()
        seen = SeenRequest(at, method, path, query, body.decode("utf-8", "replace"), fault)
        self.seen.append(seen)
        fault, forgotten = fault or HttpFault(path=path), self._forgotten
        answer = httpx.Response(502)
        headers = [(name, value) for name, value in head.headers if _passes(name)]
        if fault.passes and fault.status is None:
            carried_out = self._carry_out(fault.late_request, head, headers, body)
            if not (fault.loses_answer and fault.late_request):
                answer = await asyncio.shield(carried_out)
        else:
            answer = httpx.Response(fault.status or 200, headers=fault.headers, text=fault.body)
        if fault.keeps_answer:
            await forgotten.wait()
        await asyncio.sleep(REQUEST_LIMIT if fault.hangs else fault.late_answer)
        if fault.loses_answer:
            reset(writer)
            return
        writer.write(_encoded(connection, answer, fault.cut_after))
        await writer.drain()
        seen.is_answered = fault.cut_after is None

    def _carry_out(
        self, delay: float, head: h11.Request, headers: Headers, body: bytes
    ) -> asyncio.Task[httpx.Response]:
        """Let the server carry it out, even if the extension does not wait for it."""
        request = self._client.build_request(
            head.method.decode(), head.target.decode(), headers=headers, content=body
        )
        asked = asyncio.create_task(self._ask(delay, request))
        self._late.add(asked)
        asked.add_done_callback(self._late.discard)
        return asked

    async def _ask(self, delay: float, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(delay)
        try:
            return await self._client.send(request)
        except httpx.HTTPError:
            return httpx.Response(502, text="")


def _passes(name: bytes) -> bool:
    return name.decode().lower() not in OF_THE_CONNECTION


def _encoded(connection: h11.Connection, answer: httpx.Response, cut_after: int | None) -> bytes:
    headers = [(name, value) for name, value in answer.headers.raw if _passes(name)]
    headers += [(b"content-length", str(len(answer.content)).encode()), (b"connection", b"close")]
    head = connection.send(h11.Response(status_code=answer.status_code, headers=headers))
    return (head or b"") + answer.content[:cut_after]

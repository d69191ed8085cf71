"""A proxy between the extension and the back end that makes what networks and proxies make.

    with fault_proxy(server) as proxy:
        # lead the extension to proxy.api and proxy.pusher_port, then:
        proxy.push.reset()                                           # every socket, by RST
        proxy.rest.hold(up=False, down=True)                         # answers get stuck
        proxy.push.shape(latency=0.2, jitter=0.3, slice_bytes=1)
        proxy.spoil("/api/agent/interact", loses_answer=True)        # carried out, not told
        proxy.spoil_frames("new_message", "drop")
        proxy.heal()
        assert proxy.count("refused")

REST and push are two ways, each a `FaultLink` (bytes) before a server that knows the protocol
(`FaultHttp`, `FaultFrames`). It runs in a thread of its own, so that the test can do what it likes.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from .fault_frames import FaultFrames, FrameFault
from .fault_http import FaultHttp, HttpFault, SeenRequest
from .fault_link import Conditions, FaultLink

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from .backend_server import BackendServer

__all__ = ["FaultProxy", "FaultyWay", "fault_proxy"]

CALL_LIMIT: Final = 10.0  # seconds for one order to the proxy's thread

Answer = TypeVar("Answer")


class FaultyWay:
    """The bytes of REST, or of push, as a test spoils them."""

    def __init__(self, link: FaultLink, loop: asyncio.AbstractEventLoop) -> None:
        self._link = link
        self._loop = loop

    @property
    def port(self) -> int:
        """Where the extension is to connect."""
        return self._link.port

    def open_count(self) -> int:
        """Return how many connections there are."""
        return _on(self._loop, lambda: self._link.open_count)

    def shape(self, **conditions: Any) -> None:
        """Set conditions, and all others back: members of `Conditions`."""
        _on(self._loop, lambda: setattr(self._link, "conditions", Conditions(**conditions)))

    def hold(self, *, up: bool = True, down: bool = True) -> None:
        """Let nothing pass, in both directions or one: a black hole, with no word of it."""
        _on(self._loop, lambda: self._link.hold(up=up, down=down))

    def release(self) -> None:
        """Let pass again."""
        _on(self._loop, self._link.release)

    def strand(self, *, up: bool = True, down: bool = True) -> int:
        """Let nothing pass on the connections there are, for ever; new ones are as they should be.

        Returns how many there were.
        """
        return _on(self._loop, lambda: self._link.strand(up=up, down=down))

    def cut(self) -> int:
        """End all connections in good order; return how many."""
        return _on(self._loop, lambda: self._link.end_all(with_reset=False))

    def reset(self) -> int:
        """End all connections by a TCP reset; return how many."""
        return _on(self._loop, lambda: self._link.end_all(with_reset=True))


class FaultProxy:
    """The running proxy.

    Attributes:
        rest, push: The two ways.
        log: What happened, oldest first: `push opened`, `rest refused`, `push drop new_message`,
            and each frame's beginning: `push up {"event":"pusher:ping"`.
    """

    def __init__(self, server: BackendServer, loop: asyncio.AbstractEventLoop) -> None:
        self.log: list[str] = []
        self._loop = loop
        self._http = FaultHttp(server.api)
        self._frames = FaultFrames(server.pusher_port, self._teller("push"))
        self._await(self._http.start())
        self._await(self._frames.start())
        links = [
            FaultLink(self._http.port, self._teller("rest")),
            FaultLink(self._frames.port, self._teller("push")),
        ]
        for link in links:
            self._await(link.start())
        self._links = links
        self.rest, self.push = (FaultyWay(link, loop) for link in links)

    @property
    def api(self) -> str:
        """The address of REST."""
        return f"http://127.0.0.1:{self.rest.port}"

    @property
    def pusher_port(self) -> int:
        """The port of the push server."""
        return self.push.port

    def spoil(self, path: str, **fault: Any) -> None:
        """Spoil the next requests for `path`: the members of `HttpFault`."""
        _on(self._loop, lambda: self._http.order(HttpFault(path=path, **fault)))

    def spoil_frames(self, text: str, action: Any, **fault: Any) -> None:
        """Spoil the next frames that hold `text`: the members of `FrameFault`."""
        _on(self._loop, lambda: self._frames.order(FrameFault(text=text, action=action, **fault)))

    def heal(self) -> None:
        """Take away every fault."""
        for way in (self.rest, self.push):
            way.shape()
            way.release()
        _on(self._loop, self._http.forget)
        _on(self._loop, self._frames.forget)

    def seen(self, method: str) -> list[SeenRequest]:
        """Return the requests that came by with a method, oldest first."""
        return [one for one in self._http.seen if one.method == method]

    def requests(self, method: str, path: str) -> list[SeenRequest]:
        """Return the requests that came by for a path, oldest first."""
        return [one for one in self.seen(method) if one.path == path]

    def count(self, line: str) -> int:
        """Return how many entries of the log begin so."""
        return sum(one.startswith(line) for one in self.log)

    def forget(self) -> None:
        """Begin a new log."""
        self.log.clear()
        self._http.seen.clear()

    def stop(self) -> None:
        """End everything."""
        for link in self._links:
            self._await(link.stop())
        self._await(self._http.stop())
        self._await(self._frames.stop())

    def _teller(self, way: str) -> Callable[[str], None]:
        return lambda line: self.log.append(f"{way} {line}")

    def _await(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(CALL_LIMIT)


def _on(loop: asyncio.AbstractEventLoop, work: Callable[[], Answer]) -> Answer:
    """Do something in the proxy's thread, and wait until it is done."""

    async def do() -> Answer:
        return work()

    return asyncio.run_coroutine_threadsafe(do(), loop).result(CALL_LIMIT)


@contextmanager
def fault_proxy(server: BackendServer) -> Iterator[FaultProxy]:
    """Run a proxy before `server` for as long as the block lasts."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="fault proxy", daemon=True)
    thread.start()
    try:
        proxy = FaultProxy(server, loop)
        try:
            yield proxy
        finally:
            proxy.stop()
            asyncio.run_coroutine_threadsafe(_end_tasks(), loop).result(CALL_LIMIT)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(CALL_LIMIT)
        loop.close()


async def _end_tasks() -> None:
    """Cancel what still runs, and wait for it."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)

"""Several engines in a thread of their own, with real sockets, for a run that a person's browser is
part of: Playwright has the main thread, and its own event loop there.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from tests.support.real_engine import RealEngine, real_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence

    from tests.support.backend_server import BackendServer
    from tests.support.fault_proxy import FaultProxy

Answer = TypeVar("Answer")

ORDER_LIMIT: Final = 30.0  # seconds for one order to the thread


class Engines:
    """Engines on one session, each behind the proxy."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._stack = AsyncExitStack()
        self._engines: list[RealEngine] = []

    def start(self, count: int, server: BackendServer, proxy: FaultProxy, session: str) -> None:
        """Start so many engines and show the session in each."""

        async def begin() -> None:
            for _ in range(count):
                reached = real_engine(server, pusher_port=proxy.pusher_port, api=proxy.api)
                engine = await self._stack.enter_async_context(reached)
                engine.attach(session)
                self._engines.append(engine)

        self._do(begin())

    def stop(self) -> None:
        """End them."""
        self._do(self._stack.aclose())

    def send(self, place: int, text: str) -> None:
        """Let the person of an engine send a text."""
        self._ask(lambda: self._engines[place % len(self._engines)].send(text))

    def problems(self, texts: Sequence[str]) -> list[str]:
        """Say, engine by engine, how what is on show differs from `texts`, all of the session's.

        An engine shows a window: its messages have to be the last of them, without a hole.
        """
        return self._ask(lambda: [_problem(engine, texts) for engine in self._engines])

    def counts(self) -> tuple[int, int]:
        """Return how many sockets and how many requests all of them have asked for."""
        return self._ask(
            lambda: (
                sum(engine.sockets_opened for engine in self._engines),
                sum(engine.requests_sent for engine in self._engines),
            )
        )

    def _do(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(ORDER_LIMIT)

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        async def answer() -> Answer:
            return question()

        return self._do(answer())


def _problem(engine: RealEngine, texts: Sequence[str]) -> str:
    shown, view = engine.texts(), engine.view()
    if engine.unsent:
        return f"{engine.unsent} texts are not acknowledged"
    if view.gaps:
        return f"{len(view.gaps)} holes are on show"
    if not shown or list(texts[-len(shown) :]) != shown:
        return f"{len(shown)} messages on show are not the last of {len(texts)}"
    return ""


@contextmanager
def engines() -> Iterator[Engines]:
    """Give a thread for engines for as long as the block lasts."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="engines", daemon=True)
    thread.start()
    found = Engines(loop)
    try:
        yield found
    finally:
        found.stop()
        loop.call_soon_threadsafe(loop.stop)
        thread.join(ORDER_LIMIT)
        loop.close()

"""The panel's engine in CPython, with real sockets and real HTTP in place of the browser's.

    async with real_engine(server) as engine:
        engine.attach(session)
        await engine.until(lambda: engine.texts() == ["Hello"], "the message is not here")

It is the engine and the driver that run in the extension, with the same configuration; only the
adapters are others. What one engine does happens in one task of the loop at a time.
"""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from pydantic import SecretStr

from threadline.core.engine import Engine
from threadline.core.events import Started, ViewAttached, ViewSaid
from threadline.core.model import SessionId
from threadline.core.settings import settings_from
from threadline.runtime.driver import Driver

from .builders import entry, request
from .real_ports import RealPorts, now

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from threadline.core.session_view import SessionView

    from .backend_server import BackendServer

LIMIT: Final = 60.0  # seconds until something is so, on a busy machine
VIEW: Final = 1  # the one view of a real engine


class RealEngine:
    """An engine at work, with `RealPorts` around it.

    Args:
        configuration: As `dist/configuration.json` has it.
        token: The person's access token.

    Attributes:
        reports: What it told the engineer, level first.
        sockets_opened: How many sockets it has asked for.
        requests_sent: How many HTTP requests.
    """

    def __init__(self, configuration: dict[str, Any], token: str) -> None:
        self.reports: list[tuple[str, str]] = []
        self.sockets_opened = 0
        self.requests_sent = 0
        self._token = token
        self._settings, errors = settings_from(configuration, None)
        assert not errors, errors
        self._engine = Engine(configuration, "0.1.0", random.random)
        self._ports = RealPorts(self)
        self.driver: Final = Driver(self._engine, self._ports.world())
        self._changed = asyncio.Event()
        self._ordinal = 0

    def start(self) -> None:
        """Begin its life, signed in."""
        self.driver.feed(Started(self._settings, SecretStr(self._token), None, None, ()))

    def attach(self, session: str) -> None:
        """Show a session."""
        self.driver.feed(ViewAttached(VIEW, SessionId(session), is_options=False))

    def send(self, content: str) -> str:
        """Let the person send a text, and return the id that it has here."""
        self._ordinal += 1
        name, wall = f"real-{time.time_ns()}", time.time()
        row = entry(name, self.view().session_id, content=content, created_at=wall)
        self._ports.rows[row.client_message_id] = row
        said = {"content": content, "createdAt": wall * 1000, "ordinal": self._ordinal}
        self.driver.feed(ViewSaid(VIEW, request("send", clientMessageId=name, **said)))
        return name

    def view(self) -> SessionView:
        """Return what is on show now."""
        return self._engine.show(VIEW, now())

    def texts(self) -> list[str]:
        """Return the texts on show, in order."""
        return [message.content for message in self.view().messages]

    @property
    def state(self) -> str:
        """The state of the badge."""
        return self.view().connection.state.value

    @property
    def unsent(self) -> int:
        """How many texts of the person's are not acknowledged."""
        return len(self._ports.rows)

    def note_change(self) -> None:
        """Wake who waits for something to be so."""
        self._changed.set()

    async def until(self, holds: Callable[[], bool], otherwise: str, limit: float = LIMIT) -> None:
        """Wait until `holds()`; fail with `otherwise` after `limit` seconds."""
        try:
            async with asyncio.timeout(limit):
                while not holds():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            said = "; ".join(f"{level}: {text}" for level, text in self.reports[-5:])
            raise AssertionError(f"{otherwise} ({self.state}; {said})") from None

    async def close(self) -> None:
        """End everything that it has under way."""
        await self._ports.close()


@asynccontextmanager
async def real_engine(
    server: BackendServer, *, pusher_port: int | None = None, api: str | None = None
) -> AsyncIterator[RealEngine]:
    """Run an engine for as long as the block lasts.

    Args:
        server: Whose person is signed in.
        pusher_port: Of the push server, where it is not the back end's own.
        api: Address of REST, where it is not the back end's own.
    """
    configuration = {
        "apiBase": api or server.api,
        "pusherKey": server.key,
        "pusherHost": "127.0.0.1",
        "pusherPort": pusher_port or server.pusher_port,
        "pusherTls": False,
    }
    engine = RealEngine(configuration, server.token)
    engine.start()
    try:
        yield engine
    finally:
        await engine.close()


def stored(server: BackendServer, session: str) -> list[str]:
    """Return the texts that the server has, in order."""
    return [str(message["content"]) for message in server.messages(session, limit=200)]


async def equal(engines: Sequence[RealEngine], server: BackendServer, session: str) -> None:
    """Wait until every engine shows what the server has: all of it, once, in order."""
    for number, engine in enumerate(engines, start=1):
        there = await asyncio.to_thread(stored, server, session)

        def is_equal(engine: RealEngine = engine, there: list[str] = there) -> bool:
            return engine.texts() == there

        await engine.until(is_equal, f"engine {number} does not show what the server has")

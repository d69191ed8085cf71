"""Runs the back end until a signal: REST, and in the same process the embedded Pusher server,
unless Sockudo is to publish.

The ports are taken before anything else, so that a port in use is one clear line. When all servers
listen, one JSON line on standard output says so; all else that is said goes to standard error.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import uvicorn
from alembic.util import CommandError
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from starlette.types import ASGIApp

from threadline_backend.agent import Agent
from threadline_backend.agent_demo import DemoAgent
from threadline_backend.agent_openai import Endpoint, OpenAiAgent
from threadline_backend.app import SETTLE_LIMIT, create_app
from threadline_backend.embedded.abortable import AbortableProtocol
from threadline_backend.embedded.limits import Limits
from threadline_backend.embedded.server import EmbeddedPusher
from threadline_backend.fault_control import FaultControl, FaultyPublisher
from threadline_backend.realtime import Publisher
from threadline_backend.settings import Settings
from threadline_backend.sockudo.http_api import Address
from threadline_backend.sockudo.publisher import sockudo_publisher

BACKLOG: Final = 512  # connections that wait to be taken
GRACE: Final = 1  # seconds that requests have to end when the server stops


class StartError(Exception):
    """The back end cannot start; the text is one line for a person."""


class _Server(uvicorn.Server):
    """uvicorn's server without its signal handlers, and with a word when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def take_port(host: str, port: int, variable: str, flag: str) -> socket.socket:
    """Bind a socket to `host` and `port`.

    Raises:
        StartError: It cannot be had; the text names `variable` and `flag`.
    """
    try:
        family, kind, number, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        taken = socket.socket(family, kind, number)
    except OSError as problem:
        raise StartError(f"cannot listen on {host}: {problem.strerror}") from None
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        taken.listen(BACKLOG)
    except OSError as problem:
        taken.close()
        raise StartError(
            f"cannot listen on {host}:{port}: {problem.strerror}. "
            f"Choose another port with {flag} or {variable}."
        ) from None
    return taken


@dataclass(frozen=True, slots=True)
class _Push:
    """Where events are published.

    Attributes:
        publisher: The adapter.
        port: Where clients find the push server.
        embedded, taken: The server in this process and what it listens on; None where it is
            Sockudo.
    """

    publisher: Publisher
    port: int
    embedded: EmbeddedPusher | None = None
    taken: socket.socket | None = None


async def run(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; print the ready line once all servers listen.

    Raises:
        StartError: A port is in use, or the database cannot be used.
    """
    limits = Limits(activity_timeout=settings.activity_timeout, pong_timeout=settings.pong_timeout)
    async with contextlib.AsyncExitStack() as stack:
        api_port = stack.enter_context(
            take_port(settings.api_host, settings.api_port, "API_PORT", "--api-port")
        )
        if settings.realtime == "embedded":
            push = _embedded(settings, limits, stack)
        else:
            push = await _sockudo(settings, stack)
        faults = FaultControl(push.publisher) if settings.faults else None
        publisher = push.publisher if faults is None else FaultyPublisher(faults)
        try:
            app = create_app(settings, publisher, agent_of(settings), faults=faults)
        except ModuleNotFoundError as problem:
            raise StartError(f"DATABASE_URL: its driver {problem.name} is not installed") from None
        servers = [(_Server(_config(app, limits, settings)), api_port)]
        if push.embedded is not None and push.taken is not None:
            application = push.embedded.application()
            servers.append((_Server(_config(application, limits, settings)), push.taken))
        async with _opened(app):
            ready = _ready(settings, api_port.getsockname()[1], push.port)
            await _serve(app, push.embedded, servers, ready)


def _embedded(settings: Settings, limits: Limits, stack: contextlib.AsyncExitStack) -> _Push:
    """Make the Pusher server of this process, with its port taken."""
    taken = stack.enter_context(
        take_port(settings.pusher_host, settings.pusher_port, "SOCKUDO_PORT", "--pusher-port")
    )
    pusher = EmbeddedPusher(
        settings.app_id,
        settings.app_key,
        settings.app_secret,
        settings.allowed_origins,
        limits,
    )
    return _Push(pusher, taken.getsockname()[1], pusher, taken)


async def _sockudo(settings: Settings, stack: contextlib.AsyncExitStack) -> _Push:
    """Publish through Sockudo; one that is not there is said in the log, and may come later."""
    scheme = "https" if settings.sockudo_tls else "http"
    address = Address(
        base=f"{scheme}://{_in_url(settings.pusher_host)}:{settings.pusher_port}",
        app_id=settings.app_id,
        key=settings.app_key,
        secret=settings.app_secret,
    )
    publisher = await stack.enter_async_context(sockudo_publisher(address))
    await publisher.look()
    return _Push(publisher, settings.pusher_port)


async def _serve(
    app: FastAPI,
    pusher: EmbeddedPusher | None,
    servers: Sequence[tuple[_Server, socket.socket]],
    ready: dict[str, Any],
) -> None:
    """Serve until a signal, or until one of the servers ends by itself."""
    stop = _stop_signal()
    tasks = [asyncio.create_task(server.serve(sockets=[port])) for server, port in servers]
    for server, _ in servers:
        await server.listening.wait()
    print(json.dumps(ready), flush=True)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    # While the sockets are still open: what the runs say at their end is pushed.
    await app.state.services.runs.close()
    await app.state.services.announcer.settle(SETTLE_LIMIT)
    if pusher is not None:
        await pusher.close()
    for server, _ in servers:
        server.should_exit = True
    await asyncio.gather(*tasks)


@contextlib.asynccontextmanager
async def _opened(app: FastAPI) -> AsyncIterator[None]:
    """Keep the application's database open; one line where it cannot be."""
    async with contextlib.AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(app.router.lifespan_context(app))
        except DBAPIError as problem:
            raise StartError(f"DATABASE_URL: cannot be opened: {problem.orig}") from None
        except CommandError as problem:
            raise StartError(f"DATABASE_URL: cannot be brought up to date: {problem}") from None
        yield


def agent_of(settings: Settings) -> Agent:
    """Return who works on tasks: the demo agent, unless another is configured."""
    if not settings.agent_base_url:
        return DemoAgent(settings.agent_pace)
    return OpenAiAgent(
        Endpoint(
            settings.agent_base_url,
            settings.agent_model,
            settings.agent_api_key,
            settings.agent_timeout,
        )
    )


def _config(app: ASGIApp, limits: Limits, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        ws=AbortableProtocol,
        ws_max_size=limits.frame_bytes,
        ws_ping_interval=None,  # Pusher has its own; a browser does not see those of WebSocket
        ws_per_message_deflate=False,
        lifespan="off",  # entered here, around both servers
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE,
        server_header=False,
        date_header=settings.abilities.has("R8"),
    )


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows: Ctrl+C arrives as KeyboardInterrupt there
            print("stop with Ctrl+C", file=sys.stderr)
    return stop


def _ready(settings: Settings, api_port: int, push_port: int) -> dict[str, Any]:
    scheme = "wss" if settings.sockudo_tls else "ws"
    return {
        "event": "ready",
        "api": f"http://{_in_url(settings.api_host)}:{api_port}",
        "pusher": f"{scheme}://{_in_url(settings.pusher_host)}:{push_port}",
        "apiPort": api_port,
        "pusherPort": push_port,
        "key": settings.app_key,
        "realtime": settings.realtime,
        "faults": settings.faults,
        "threeCalls": settings.abilities.three_calls,
        "agent": settings.agent_model or "demo",
        "pid": os.getpid(),
    }


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host

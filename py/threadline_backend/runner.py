"""Runs the back end: REST and the embedded Pusher server in one process, until a signal.

Both ports are taken before anything else, so that a port in use is one clear line. When both
servers listen, one JSON line on standard output says so; all else that is said goes to standard
error.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import uvicorn
from alembic.util import CommandError
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from starlette.types import ASGIApp

from threadline_backend.agent import Agent
from threadline_backend.agent_demo import DemoAgent
from threadline_backend.agent_openai import Endpoint, OpenAiAgent
from threadline_backend.app import create_app
from threadline_backend.embedded.abortable import AbortableProtocol
from threadline_backend.embedded.limits import Limits
from threadline_backend.embedded.server import EmbeddedPusher
from threadline_backend.fault_control import FaultControl, FaultyPublisher
from threadline_backend.settings import Settings

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


async def run(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; print the ready line once both servers listen.

    Raises:
        StartError: A port is in use, or the database cannot be used.
    """
    with contextlib.ExitStack() as ports:
        api_port = ports.enter_context(
            take_port(settings.api_host, settings.api_port, "API_PORT", "--api-port")
        )
        pusher_port = ports.enter_context(
            take_port(settings.pusher_host, settings.pusher_port, "SOCKUDO_PORT", "--pusher-port")
        )
        limits = Limits(
            activity_timeout=settings.activity_timeout, pong_timeout=settings.pong_timeout
        )
        pusher = EmbeddedPusher(
            settings.app_id,
            settings.app_key,
            settings.app_secret,
            settings.allowed_origins,
            limits,
        )
        faults = FaultControl(pusher) if settings.faults else None
        publisher = pusher if faults is None else FaultyPublisher(faults)
        try:
            app = create_app(settings, publisher, agent_of(settings), faults=faults)
        except ModuleNotFoundError as problem:
            raise StartError(f"DATABASE_URL: its driver {problem.name} is not installed") from None
        async with _opened(app):
            servers = [
                (_Server(_config(app, limits, settings)), api_port),
                (_Server(_config(pusher.application(), limits, settings)), pusher_port),
            ]
            stop = _stop_signal()
            serving = [
                asyncio.create_task(server.serve(sockets=[port])) for server, port in servers
            ]
            for server, _ in servers:
                await server.listening.wait()
            print(json.dumps(_ready(settings, api_port, pusher_port)), flush=True)
            stopping = asyncio.create_task(stop.wait())
            # A server that ends by itself ends the other one too.
            await asyncio.wait([stopping, *serving], return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            # While the sockets are still open: what the runs say at their end is pushed.
            await app.state.services.runs.close()
            await app.state.services.announcer.settle()
            await pusher.close()
            for server, _ in servers:
                server.should_exit = True
            await asyncio.gather(*serving)


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


def _ready(settings: Settings, api: socket.socket, pusher: socket.socket) -> dict[str, Any]:
    api_port, pusher_port = api.getsockname()[1], pusher.getsockname()[1]
    return {
        "event": "ready",
        "api": f"http://{_in_url(settings.api_host)}:{api_port}",
        "pusher": f"ws://{_in_url(settings.pusher_host)}:{pusher_port}",
        "apiPort": api_port,
        "pusherPort": pusher_port,
        "key": settings.app_key,
        "faults": settings.faults,
        "threeCalls": settings.abilities.three_calls,
        "agent": settings.agent_model or "demo",
        "pid": os.getpid(),
    }


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host

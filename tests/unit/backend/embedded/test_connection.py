"""One socket: what ends it, and what is still sent then."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.websockets import WebSocket

from tests.support.asynchronous import asynchronous
from threadline_backend.embedded.abortable import ABORT
from threadline_backend.embedded.channels import Channels
from threadline_backend.embedded.connection import Connection, End
from threadline_backend.embedded.limits import Limits

Message = dict[str, Any]


class _Wire:
    """The client's end of an accepted WebSocket, as ASGI sees it."""

    def __init__(self) -> None:
        self.sent: asyncio.Queue[Message] = asyncio.Queue()
        self.coming: asyncio.Queue[Message] = asyncio.Queue()
        self.reads = asyncio.Event()
        self.reads.set()
        self.aborted = False

    async def receive(self) -> Message:
        """Give the application what the client sent."""
        return await self.coming.get()

    async def send(self, message: Any) -> None:
        """Take what the application sends, once the client reads."""
        await self.reads.wait()
        self.sent.put_nowait(message)

    def abort(self) -> None:
        """Note that the socket was cut."""
        self.aborted = True

    def say(self, **frame: Any) -> None:
        """Send a frame from the client."""
        self.coming.put_nowait({"type": "websocket.receive", "text": json.dumps(frame)})

    async def hear(self) -> Any:
        """Return the next frame that the client gets, or its close code."""
        message = await self.sent.get()
        if message["type"] == "websocket.close":
            return message["code"]
        return json.loads(message["text"])


@asynccontextmanager
async def _served(**limits: Any) -> AsyncIterator[tuple[_Wire, Connection, asyncio.Task[None]]]:
    """Serve one socket; the handshake has been taken."""
    wire = _Wire()
    scope = {
        "type": "websocket",
        "extensions": {ABORT: {"abort": wire.abort}},
        "headers": [],
        "path": "/",
        "query_string": b"",
    }
    websocket = WebSocket(scope, wire.receive, wire.send)
    wire.coming.put_nowait({"type": "websocket.connect"})
    await websocket.accept()
    await wire.sent.get()
    bounds = Limits(**limits)
    channels = Channels("key", "secret", bounds.channel_name_length, bounds.channels_per_socket)
    connection = Connection(websocket, channels, bounds)
    serving = asyncio.create_task(connection.serve())
    assert (await wire.hear())["event"] == "pusher:connection_established"
    yield wire, connection, serving
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


@asynchronous
async def test_an_end_with_a_code_comes_after_what_was_queued() -> None:
    """Nothing that was offered before it is lost."""
    async with _served() as (wire, connection, serving):
        for number in range(3):
            connection.offer(json.dumps(number))
        connection.end(End(4200, "later"))
        connection.end(End(4000, "too late"))
        connection.offer("7")
        assert [await wire.hear() for _ in range(4)] == [0, 1, 2, 4200]
        await serving
        assert not wire.aborted


@asynchronous
async def test_an_end_without_a_code_cuts() -> None:
    """No close frame."""
    async with _served() as (wire, connection, serving):
        connection.end(End(None))
        await serving
        assert wire.aborted
        assert wire.sent.empty()


@asynchronous
async def test_a_slow_client_loses_frames_and_is_not_told() -> None:
    """When more wait for it than may; the socket stays open, and hears what comes later."""
    async with _served(queued_frames=3) as (wire, connection, serving):
        for number in range(5):
            connection.offer(json.dumps(number))
        assert [await wire.hear() for _ in range(3)] == [0, 1, 2]
        connection.offer("5")
        assert await wire.hear() == 5
        assert not serving.done()


@asynchronous
async def test_a_client_that_reads_nothing_is_cut_at_its_end() -> None:
    """It cannot even be told why; it does not hold up anybody."""
    async with _served(queued_frames=1, closing_timeout=0.01) as (wire, connection, serving):
        wire.reads.clear()
        for _ in range(4):
            connection.offer("0")
        connection.end(End(4200, "later"))
        await serving
        assert wire.aborted


@asynchronous
async def test_a_client_that_leaves_ends_it() -> None:
    """Without an answer."""
    async with _served() as (wire, _, serving):
        wire.coming.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await serving
        assert wire.sent.empty()


@pytest.mark.parametrize("answer", ["pusher:ping", "pusher:pong"])
@asynchronous
async def test_an_answered_ping_keeps_it(answer: str) -> None:
    """A pong or a ping of the client's own."""
    async with _served(activity_timeout=0.02, pong_timeout=5) as (wire, _, serving):
        for _ in range(2):
            assert await wire.hear() == {"event": "pusher:ping"}
            wire.say(event=answer)
            if answer == "pusher:ping":
                assert await wire.hear() == {"event": "pusher:pong"}
        assert not serving.done()


@asynchronous
async def test_other_traffic_does_not_answer_a_ping() -> None:
    """4201, though the client was heard; an error says so before."""
    async with _served(activity_timeout=0.01, pong_timeout=0.05) as (wire, _, serving):
        assert await wire.hear() == {"event": "pusher:ping"}
        wire.say(event="something")
        assert (await wire.hear())["data"]["code"] == 4201
        assert await wire.hear() == 4201
        await serving


@asynchronous
async def test_any_frame_puts_the_ping_off() -> None:
    """Silence is counted from the last frame."""
    loop = asyncio.get_running_loop()
    async with _served(activity_timeout=0.4) as (wire, _, _serving):
        await asyncio.sleep(0.2)
        spoken = loop.time()
        wire.say(event="something")
        assert await wire.hear() == {"event": "pusher:ping"}
        assert loop.time() - spoken >= 0.39


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("pusher:subscribe", None),
        ("pusher:subscribe", "text"),
        ("pusher:subscribe", {}),
        ("pusher:unsubscribe", None),
        ("pusher:unsubscribe", {"channel": 7}),
    ],
)
@asynchronous
async def test_a_request_without_a_channel_is_a_wrong_frame(event: str, data: object) -> None:
    """4000, and the socket stays."""
    async with _served() as (wire, _, serving):
        wire.say(event=event, data=data)
        assert (await wire.hear())["data"]["code"] == 4000
        assert not serving.done()


@asynchronous
async def test_client_events_are_refused_and_unknown_ones_ignored() -> None:
    """4301 for the one; nothing for the other."""
    async with _served() as (wire, _, _serving):
        wire.say(event="pusher:signin", data={})
        wire.say(event="client-typing", channel="c", data={})
        frame = await wire.hear()
        assert (frame["event"], frame["data"]["code"]) == ("pusher:error", 4301)
        assert wire.sent.empty()

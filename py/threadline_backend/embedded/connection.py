"""One socket of the embedded Pusher server: a reader, a writer, a watch, an end."""

import asyncio
import contextlib
import random
from dataclasses import dataclass
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from threadline_backend.embedded import frames
from threadline_backend.embedded.abortable import cut
from threadline_backend.embedded.channels import Channels, JoinRefused
from threadline_backend.embedded.limits import Limits

CATCH_ALL: Final = 4000
PONG_MISSED: Final = 4201
CLIENT_EVENT: Final = 4301


@dataclass(frozen=True, slots=True)
class End:
    """How a socket ends: with a close code and reason, or cut without a close frame (None).

    With `told`, an error frame says the same before, as Sockudo does where it ends one itself.
    """

    code: int | None
    reason: str = ""
    told: bool = False


class Connection:
    """A socket that has been accepted and is served until it ends."""

    def __init__(self, websocket: WebSocket, channels: Channels, limits: Limits) -> None:
        self.socket_id: Final = f"{random.randrange(10**10)}.{random.randrange(10**10)}"
        self._websocket = websocket
        self._channels = channels
        self._limits = limits
        self._outbound: asyncio.Queue[str] = asyncio.Queue(limits.queued_frames)
        self._end: asyncio.Future[End] = asyncio.get_running_loop().create_future()
        self._last_inbound = self._clock()
        self._answered = asyncio.Event()

    def offer(self, frame: str) -> None:
        """Queue a frame; where too many wait, it is lost without a word, as it is with Sockudo."""
        if not self._end.done():
            with contextlib.suppress(asyncio.QueueFull):
                self._outbound.put_nowait(frame)

    def end(self, end: End) -> None:
        """Make the socket end; only the first call counts."""
        if not self._end.done():
            self._end.set_result(end)

    async def serve(self) -> None:
        """Serve the socket until either side ends it."""
        self.offer(frames.write_handshake(self.socket_id, self._limits.activity_timeout))
        parts = [asyncio.create_task(part) for part in (self._read(), self._write(), self._watch())]
        ends: list[asyncio.Future[Any]] = [*parts, self._end]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._channels.leave_all(self)
            for part in parts:
                part.cancel()
            outcomes = await asyncio.gather(*parts, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect):
                cut(self._websocket)
                raise outcome
        if self._end.done():
            await self._finish(self._end.result())

    async def _finish(self, end: End) -> None:
        """Send what still waits and the close frame; a client that does not take them is cut."""
        if end.code is None:
            cut(self._websocket)
            return
        try:
            async with asyncio.timeout(self._limits.closing_timeout):
                while not self._outbound.empty():
                    await self._websocket.send_text(self._outbound.get_nowait())
                if end.told:
                    await self._websocket.send_text(frames.write_error(end.code, end.reason))
                await self._websocket.close(end.code, end.reason)
        except TimeoutError:
            cut(self._websocket)
        except (WebSocketDisconnect, RuntimeError):
            pass  # the client has gone in the meantime

    async def _write(self) -> None:
        while True:
            await self._websocket.send_text(await self._outbound.get())

    async def _read(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            self._last_inbound = self._clock()
            text = message.get("text")
            self._take(message["bytes"] if text is None else text)

    def _take(self, frame: str | bytes) -> None:
        """Answer one frame from the client."""
        try:
            inbound = frames.read_frame(frame)
        except frames.BadFrame as problem:
            self.offer(frames.write_error(CATCH_ALL, str(problem)))
            return
        match inbound.event:
            case frames.PING:
                self._answered.set()
                self.offer(frames.write_bare(frames.PONG))
            case frames.PONG:
                self._answered.set()
            case frames.SUBSCRIBE:
                self._subscribe(inbound)
            case frames.UNSUBSCRIBE:
                self._unsubscribe(inbound)
            case event if event.startswith("client-"):
                self.offer(frames.write_error(CLIENT_EVENT, "Client events are not enabled"))
            case _:
                pass  # as Sockudo does with a name that it does not know

    def _subscribe(self, inbound: frames.Inbound) -> None:
        if inbound.data is None:
            words = "Invalid message format: Invalid subscription data format"
            self.offer(frames.write_error(CATCH_ALL, words))
            return
        try:
            channel = self._channels.join(
                self, inbound.data.get("channel"), inbound.data.get("auth")
            )
        except JoinRefused as refused:
            self.offer(frames.write_error(refused.code, refused.words))
        else:
            self.offer(frames.write_subscribed(channel))

    def _unsubscribe(self, inbound: frames.Inbound) -> None:
        channel = (inbound.data or {}).get("channel")
        if isinstance(channel, str):
            self._channels.leave(self, channel)
        else:
            words = "Invalid message format: Missing channel in unsubscribe message"
            self.offer(frames.write_error(CATCH_ALL, words))

    async def _watch(self) -> None:
        """Ping after silence; end the socket when neither a pong nor a ping follows in time."""
        while True:
            silence = self._clock() - self._last_inbound
            if silence < self._limits.activity_timeout:
                await asyncio.sleep(self._limits.activity_timeout - silence)
                continue
            self._answered.clear()
            self.offer(frames.write_bare(frames.PING))
            try:
                async with asyncio.timeout(self._limits.pong_timeout):
                    await self._answered.wait()
            except TimeoutError:
                self.end(End(PONG_MISSED, "Pong reply not received in time", told=True))
                return

    def _clock(self) -> float:
        return asyncio.get_running_loop().time()

"""The embedded Pusher server: its sockets, its addresses, and publishing to those who joined.

A socket is refused as Sockudo refuses it: an unknown key or one socket too many is upgraded and
dropped without a frame, a wrong origin gets an error and is closed with 4009, a bad `protocol` is
HTTP 400. A client without an `Origin` has a wrong one, unless all are let in. What else is asked
over HTTP is `http_api`'s.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from threadline_backend.embedded import frames
from threadline_backend.embedded.abortable import cut
from threadline_backend.embedded.channels import UNAUTHORIZED, Channels
from threadline_backend.embedded.connection import Connection, End
from threadline_backend.embedded.http_api import HttpApi
from threadline_backend.embedded.limits import Limits
from threadline_backend.origins import is_allowed

GENERIC_RECONNECT: Final = 4200
PROTOCOL_2: Final = 2


class EmbeddedPusher:
    """A Pusher server for one application; it is a `realtime.Publisher`.

    Args:
        app_id, key, secret: Of the application.
        allowed_origins: Patterns as in `origins`.
        limits: What it bounds.
    """

    def __init__(
        self,
        app_id: str,
        key: str,
        secret: str,
        allowed_origins: Sequence[str],
        limits: Limits,
    ) -> None:
        self.limits: Final = limits
        self._http = HttpApi(self, app_id, key, secret, allowed_origins, limits)
        self._key = key
        self._origins = allowed_origins
        self._channels = Channels(
            key, secret, limits.channel_name_length, limits.channels_per_socket
        )
        self._open: set[Connection] = set()
        self._refused_until = 0.0
        self._draining = False

    def application(self) -> Starlette:
        """Return the ASGI application to serve, with `abortable.AbortableProtocol`."""
        routes = [WebSocketRoute("/app/{key}", self._serve), *self._http.routes()]
        return Starlette(routes=routes)

    @property
    def is_draining(self) -> bool:
        """Whether no more sockets are taken, for now or for good."""
        return self._draining or asyncio.get_running_loop().time() < self._refused_until

    async def publish(
        self, channel: str, event: str, data: object, *, except_socket: str | None = None
    ) -> None:
        """Send an event to all who joined `channel`, but for the socket of that id."""
        members = self._channels.members(channel)
        if members:
            frame = frames.write_event(channel, event, data)
            for connection in members:
                if connection.socket_id != except_socket:
                    connection.offer(frame)

    def send_raw(self, text: str) -> int:
        """Send `text` as a frame to every socket, whatever it is; return how many there are."""
        for connection in self._open:
            connection.offer(text)
        return len(self._open)

    def end_all(self, end: End) -> int:
        """End every socket; return how many there were."""
        for connection in self._open:
            connection.end(end)
        return len(self._open)

    def refuse_for(self, seconds: float) -> None:
        """Refuse new sockets (HTTP 503) for a while; 0 ends it."""
        self._refused_until = asyncio.get_running_loop().time() + seconds

    def counts(self) -> tuple[int, dict[str, int]]:
        """Return how many sockets are open, and how many have joined each channel."""
        return len(self._open), self._channels.counts()

    async def close(self) -> None:
        """Take no more sockets and close those there are with 4200."""
        self._draining = True
        self.end_all(End(GENERIC_RECONNECT, "Server shutting down", told=True))

    async def _serve(self, websocket: WebSocket) -> None:
        refusal = self._refusal(websocket)
        if refusal is not None:
            await websocket.send_denial_response(refusal)
            return
        await websocket.accept()
        if websocket.path_params["key"] != self._key or len(self._open) >= self.limits.sockets:
            cut(websocket)
            return
        if not is_allowed(websocket.headers.get("origin", ""), self._origins):
            words = "Origin not allowed"
            await websocket.send_text(frames.write_error(UNAUTHORIZED, words))
            await websocket.close(UNAUTHORIZED, words)
            return
        connection = Connection(websocket, self._channels, self.limits)
        self._open.add(connection)
        try:
            await connection.serve()
        finally:
            self._open.discard(connection)

    def _refusal(self, websocket: WebSocket) -> PlainTextResponse | None:
        """Return the HTTP answer for a socket that is not even upgraded."""
        protocol = websocket.query_params.get("protocol", "7")
        if not protocol.isascii() or not protocol.isdigit() or int(protocol) > 255:
            return PlainTextResponse("protocol must be a number", 400)
        if int(protocol) == PROTOCOL_2:
            return PlainTextResponse("protocol 2 is not spoken here", 400)
        if self.is_draining:
            return PlainTextResponse("not now", 503)
        return None

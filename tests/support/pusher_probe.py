"""A raw Pusher client for tests: it shows frames as they came and knows no rule of its own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.support.backend_server import ORIGIN, BackendServer

FRAME_LIMIT: Final = 10.0  # seconds to wait for a frame
ABNORMAL: Final = 1006  # what a browser shows when there was no close frame

Frame = dict[str, Any]


class PusherProbe:
    """One socket, seen from the client."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.socket_id = ""

    def receive_text(self, limit: float = FRAME_LIMIT) -> str:
        """Return the next frame as it came."""
        return cast("str", self._socket.recv(limit))

    def receive(self, limit: float = FRAME_LIMIT) -> Frame:
        """Return the next frame, taken out of its JSON once: `data` is what the server wrote."""
        frame: Frame = json.loads(self.receive_text(limit))
        return frame

    def receive_event(self, name: str) -> Any:
        """Pass over other frames and return the decoded `data` of the next one named `name`."""
        while True:
            frame = self.receive()
            if frame["event"] == name:
                return json.loads(frame["data"])

    def greet(self) -> Frame:
        """Take the handshake frame, keep the socket id, and return the decoded data."""
        frame = self.receive()
        assert frame["event"] == "pusher:connection_established"
        data: Frame = json.loads(frame["data"])
        self.socket_id = data["socket_id"]
        return data

    def send_text(self, text: str | bytes) -> None:
        """Send a frame as it is."""
        self._socket.send(text)

    def send(self, event: str, data: object = None) -> None:
        """Send an event."""
        frame = {"event": event} if data is None else {"event": event, "data": data}
        self.send_text(json.dumps(frame))

    def subscribe(self, channel: str, auth: str | None = None, **more: Any) -> Frame:
        """Ask to join and return the frame that answers."""
        data = {"channel": channel, **more}
        if auth is not None:
            data["auth"] = auth
        self.send("pusher:subscribe", data)
        return self.receive()

    def join_session(self, server: BackendServer, session_id: str) -> str:
        """Authorize for a session's channel, join it, and return its name."""
        channel = f"private-session-{session_id}"
        auth = server.authorize(self.socket_id, channel).json()["auth"]
        answer = self.subscribe(channel, auth)
        assert answer["event"] == "pusher_internal:subscription_succeeded", answer
        return channel

    def closed_with(self, limit: float = FRAME_LIMIT) -> int:
        """Wait for the end, passing over frames, and return its code as a browser would show it."""
        try:
            while True:
                self._socket.recv(limit)
        except ConnectionClosed as closed:
            return ABNORMAL if closed.rcvd is None else closed.rcvd.code


@contextmanager
def pusher_probe(
    url: str, *, greet: bool = True, origin: str | None = ORIGIN, **options: Any
) -> Iterator[PusherProbe]:
    """Open a socket for as long as the block lasts; with `greet`, past its handshake frame."""
    headers = {} if origin is None else {"Origin": origin}
    options = {"compression": None, "max_size": None, "ping_interval": None, **options}
    with connect(url, additional_headers=headers, close_timeout=1, **options) as socket:
        probe = PusherProbe(socket)
        if greet:
            probe.greet()
        yield probe

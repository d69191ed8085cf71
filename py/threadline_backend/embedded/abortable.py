"""The WebSocket protocol of uvicorn, with one thing more: a socket can be cut.

Sockudo drops some sockets without a close frame, and a client that does not read cannot be sent
one. ASGI has no word for that, so the way to the transport is put into the scope under `ABORT`.
"""

from typing import Final

from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

ABORT: Final = "threadline.abort"


class AbortableProtocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol; the application finds a function that cuts the socket in its scope."""

    def handle_connect(self, event: Request) -> None:
        """Begin the handshake as uvicorn does."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            self.scope["extensions"][ABORT] = {"abort": self.transport.abort}


def cut(websocket: WebSocket) -> None:
    """Drop the connection at once, without a close frame: the client sees 1006."""
    websocket.scope["extensions"][ABORT]["abort"]()

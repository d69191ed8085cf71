"""`ports.Sockets` over the browser's WebSocket."""

from __future__ import annotations

from .ffi import host

__all__ = ["BrowserSockets"]


class BrowserSockets:
    """WebSockets by number; JavaScript holds them, so no proxy is made for one."""

    def open(self, socket: int, url: str) -> None:
        """Open a socket."""
        host.openSocket(socket, url)

    def send(self, socket: int, text: str) -> None:
        """Send one text frame."""
        host.sendText(socket, text)

    def close(self, socket: int, code: int) -> None:
        """Start the closing handshake, and listen no longer."""
        host.closeSocket(socket, code)

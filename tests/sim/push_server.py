"""The Pusher server: greets sockets, checks signatures, delivers what is published, mostly.

As Sockudo does, it drops a frame for a consumer that is slow, and two of its nodes may deliver in
another order than they were given (sockudo.md).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from tests.support.builders import channel, frame, greeting, joined

if TYPE_CHECKING:
    from .chance import Chance
    from .schedule import Schedule

__all__ = ["Line", "PushServer"]


class Line(Protocol):
    """The server's end of one socket."""

    def say(self, text: str) -> None:
        """Send one frame; in order, while the line holds."""

    def drop(self, code: int) -> None:
        """Close it with a WebSocket close code."""


@dataclass
class _Socket:
    line: Line
    socket_id: str
    channels: set[str] = field(default_factory=set)


class PushServer:
    """Sockets and channels.

    Args:
        schedule: Virtual time.
        chance: What goes wrong.
    """

    def __init__(self, schedule: Schedule, chance: Chance) -> None:
        self._schedule = schedule
        self._chance = chance
        self._sockets: dict[int, _Socket] = {}
        self._last = 0

    def opened(self, line: Line) -> int:
        """A socket is open: greet it; return its number here."""
        self._last += 1
        socket = _Socket(line, f"7.{self._last}")
        self._sockets[self._last] = socket
        line.say(greeting(socket.socket_id))
        return self._last

    def gone(self, number: int) -> None:
        """A socket is gone, whoever closed it."""
        self._sockets.pop(number, None)

    def said(self, number: int, text: str) -> None:
        """A frame came in."""
        socket = self._sockets.get(number)
        if socket is None:
            return
        said = json.loads(text)
        match said["event"]:
            case "pusher:ping":
                socket.line.say(frame("pusher:pong", {}))
            case "pusher:subscribe":
                self._subscribe(socket, said["data"])
            case "pusher:unsubscribe":
                socket.channels.discard(said["data"]["channel"])
            case _:
                pass  # a pong

    def publish(self, session_id: str, event: str, payload: object) -> None:
        """Deliver an event to all who joined the session's channel, as well as this server can."""
        name = channel(session_id)
        text = frame(event, payload, name)
        lost = "frame lost" if event == "new_message" else "update lost"
        for number, socket in list(self._sockets.items()):
            if name in socket.channels and not self._chance.hits(lost):
                self._deliver(number, name, text)

    def restart(self) -> None:
        """Close every socket, as an ordinary restart does."""
        sockets, self._sockets = self._sockets, {}
        for socket in sockets.values():
            socket.line.drop(self._chance.pick("close code", (1001, 1006, 4200)))

    def joined(self, number: int) -> set[str]:
        """Return the channels that the socket `number` has joined."""
        socket = self._sockets.get(number)
        return set() if socket is None else set(socket.channels)

    def signature(self, socket_id: str, name: str) -> str:
        """Return what the auth endpoint signs, with the secret that both servers share."""
        return f"key:{socket_id}:{name}"

    def _subscribe(self, socket: _Socket, data: dict[str, str]) -> None:
        name = data["channel"]
        if data["auth"] != self.signature(socket.socket_id, name):
            socket.line.say(frame("pusher:error", {"code": 4009, "message": "bad signature"}))
            return
        if self._chance.hits("acknowledgement lost"):
            return
        socket.channels.add(name)
        socket.line.say(joined(name.removeprefix("private-session-")))

    def _deliver(self, number: int, name: str, text: str) -> None:
        times = 2 if self._chance.hits("frame doubled") else 1
        for _ in range(times):
            delay = 0.0
            if self._chance.hits("frame late"):
                delay = self._chance.between("frame late by", 0.05, 2.5)

            def arrive() -> None:
                socket = self._sockets.get(number)
                if socket is not None and name in socket.channels:
                    socket.line.say(text)

            if delay:
                self._schedule.after(delay, arrive)
            else:
                arrive()

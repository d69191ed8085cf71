"""The flight recorder: the last events and orders of the connection, for the engineer.

It stands between driver and engine and lets everything pass. What it writes down names kinds,
codes and times, and never a token, a message's text or an id: its report may be sent to anybody
(ux.md B8). What is frequent and went well is counted, not listed, so that two hundred lines reach
far back.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from threadline.core.effects import (
    CancelRequest,
    CloseEngine,
    CloseSocket,
    OpenSocket,
    Report,
    SendRequest,
    SendText,
    StepDown,
)
from threadline.core.events import (
    RequestAnswered,
    RequestFailed,
    SettingsChanged,
    SocketClosed,
    SocketOpened,
    Started,
    TextReceived,
    TokenChanged,
    ViewAttached,
    ViewLeft,
    Woke,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from threadline.core.effects import Effect
    from threadline.core.events import Event
    from threadline.core.moment import Moment

    from .ports import Machine

__all__ = ["MAX_ENTRIES", "MAX_SAMPLES", "Entry", "FlightRecorder"]

MAX_ENTRIES: Final = 200  # lines kept (ux.md B8)
MAX_SAMPLES: Final = 200  # latencies kept

# The name of an event, which the protocol puts first; the rest of a frame is not looked at.
_NAME: Final = re.compile(r'"event"\s*:\s*"([\w:.-]{1,60})"')
_NAME_WITHIN: Final = 200  # characters of a frame in which its name must stand
# Parts of a path that name somebody's conversation or message.
_KNOWN_PARTS: Final = {
    *("api", "agent", "auth", "capabilities", "changes", "interact", "me", "messages", "pusher"),
    *("session", "sign-in", "stop", "up"),
}
_CONTROL: Final = "pusher"  # prefix of the events of the protocol itself


@dataclass(frozen=True, slots=True)
class Entry:
    """One line.

    Attributes:
        at: Seconds since the epoch.
        kind: `socket`, `frame`, `request`, `engine`, `view` or `report`.
        words: What happened, without anything secret.
    """

    at: float
    kind: str
    words: str


class FlightRecorder:
    """An engine that is watched. It is a `Machine` itself.

    Args:
        engine: What is watched.

    Attributes:
        counts: How often each kind of thing happened in this life of the engine.
    """

    def __init__(self, engine: Machine) -> None:
        self.counts: Counter[str] = Counter()
        self._engine = engine
        self._entries: deque[Entry] = deque(maxlen=MAX_ENTRIES)
        self._paints: deque[float] = deque(maxlen=MAX_SAMPLES)
        self._answers: deque[float] = deque(maxlen=MAX_SAMPLES)
        self._asked: dict[int, tuple[str, float]] = {}  # request to what it asks, and since when

    def handle(self, event: Event, now: Moment) -> list[Effect]:
        """Let an event and its orders pass, and note them."""
        self._heard(event, now)
        effects = self._engine.handle(event, now)
        for effect in effects:
            self._ordered(effect, now)
        return effects

    def next_deadline(self) -> float | None:
        """Return the engine's."""
        return self._engine.next_deadline()

    def painted(self, seconds: float) -> None:
        """A frame was taken in and what views show of it was told, in so many seconds."""
        self._paints.append(seconds)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The lines, oldest first."""
        return tuple(self._entries)

    def latencies(self) -> dict[str, tuple[float, float]]:
        """Return median and 95th percentile in seconds: `paint` of a frame, `answer` of REST.

        What was not measured yet is left out.
        """
        samples = {"paint": self._paints, "answer": self._answers}
        return {name: _median_and_p95(taken) for name, taken in samples.items() if taken}

    def _heard(self, event: Event, now: Moment) -> None:
        match event:
            case Started():
                self._note(now, "engine", "started")
            case ViewAttached(view, _, is_options):
                self._note(now, "view", f"{view} attached{' (settings)' if is_options else ''}")
            case ViewLeft(view):
                self._note(now, "view", f"{view} left")
            case TokenChanged(token):
                self._note(now, "engine", "token is gone" if token is None else "token changed")
            case SettingsChanged():
                self._note(now, "engine", "settings changed")
            case Woke(reason):
                self._note(now, "engine", f"woke: {reason}")
            case SocketOpened(socket):
                self._note(now, "socket", f"{socket} opened")
            case SocketClosed(socket, code):
                self.counts["sockets closed"] += 1
                self._note(now, "socket", f"{socket} closed with {code}")
            case TextReceived(socket, text):
                self._frame(socket, text, now, "received")
            case RequestAnswered(request, status):
                self._answered(request, str(status), now, went_well=status < 400)
            case RequestFailed(request, cause):
                self._answered(request, cause, now, went_well=False)
            case _:
                pass  # the timer, and what a person does: neither is the connection's

    def _ordered(self, effect: Effect, now: Moment) -> None:
        match effect:
            case OpenSocket(socket, url):
                self.counts["sockets opened"] += 1
                self._note(now, "socket", f"{socket} opening to {_server(url)}")
            case CloseSocket(socket, code):
                self._note(now, "socket", f"{socket} closing with {code}")
            case SendText(socket, text):
                self._frame(socket, text, now, "sent")
            case SendRequest(request, method, url):
                self.counts["requests sent"] += 1
                self._asked[request] = (f"{method} {_path(url)}", now.monotonic)
            case CancelRequest(request):
                self._asked.pop(request, None)
            case CloseEngine():
                self._note(now, "engine", "closing")
            case StepDown():
                self._note(now, "engine", "stepping down: another engine took over")
            case Report(level, text) if level != "info":
                self._note(now, "report", f"{level}: {text}")
            case _:
                pass  # storage and views

    def _frame(self, socket: int, text: str, now: Moment, verb: str) -> None:
        found = _NAME.search(text, 0, _NAME_WITHIN)
        name = "unreadable" if found is None else found[1]
        self.counts[f"frames {verb}"] += 1
        self.counts[f"{verb}: {name}"] += 1
        if name.startswith(_CONTROL) and not name.endswith((":ping", ":pong")):
            self._note(now, "frame", f"{socket} {verb} {name}")

    def _answered(self, request: int, outcome: str, now: Moment, *, went_well: bool) -> None:
        asked, since = self._asked.pop(request, ("a request of the connection test", now.monotonic))
        seconds = now.monotonic - since
        if went_well:
            self.counts["requests answered"] += 1
            self._answers.append(seconds)
        else:
            self.counts["requests failed"] += 1
            self._note(now, "request", f"{asked}: {outcome} after {seconds * 1000:.0f} ms")

    def _note(self, now: Moment, kind: str, words: str) -> None:
        self._entries.append(Entry(now.wall, kind, words))


def _server(url: str) -> str:
    """The host and port of `url`, without the credentials that an address may hold."""
    return urlsplit(url).netloc.rpartition("@")[2]


def _path(url: str) -> str:
    """The path of `url` with everything left out that names something of the person's."""
    parts = urlsplit(url).path.split("/")
    return "/".join(part if part in _KNOWN_PARTS or not part else "…" for part in parts)


def _median_and_p95(samples: Iterable[float]) -> tuple[float, float]:
    ordered = sorted(samples)
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)]

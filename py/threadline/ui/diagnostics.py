"""The diagnostics page: what the engine tells of itself, as HTML and as a report to copy.

Runs in the page's own Python. What it shows comes from our engine as JSON text, without anything
secret (`core.diagnosis`, `runtime.flight_recorder`); it is escaped all the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pprint import pformat
from typing import TYPE_CHECKING, Any

from .render import html
from .times import iso
from .words import number, say, translated

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Diagnostics"]

WIDTH = 76  # characters of a line of the engine's view

# Session columns: the member of the engine's report, in the order in which they are shown.
COLUMNS = ("number", "channel", "messages", "contiguous", "highest", "missing", "loading", "run")


@dataclass(frozen=True, slots=True)
class Line:
    """A name with what it stands for."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the flight recorder. `at` is ISO 8601 UTC."""

    at: str
    kind: str
    words: str


class Diagnostics:
    """One report of the engine.

    Args:
        text: The JSON text of the engine's answer to `get_diagnostics`, with `firstPaint`: the
            milliseconds until the last panel that was opened showed something, or null.
    """

    def __init__(self, text: str) -> None:
        self._told: dict[str, Any] = json.loads(text)

    def slots(self) -> dict[str, str]:
        """Return the HTML of each of the page's slots."""
        return {
            "summary": html("diagnostics_lines.html", self._summary()),
            "counts": html("diagnostics_lines.html", self._figures()),
            "sessions": html("diagnostics_sessions.html", self._sessions()),
            "events": html("diagnostics_events.html", self._events()),
            "engine": html("diagnostics_engine.html", self._engine()),
        }

    def report(self) -> str:
        """Return all of it as text: what an engineer sends to another."""
        summary = (f"{line.name}: {line.value}" for line in (*self._summary(), *self._figures()))
        events = (f"{event.at} {event.kind} {event.words}" for event in reversed(self._events()))
        return "\n".join(
            (
                *summary,
                "",
                say("diagnostics_engine"),
                self._engine(),
                "",
                say("diagnostics_events"),
                *events,
            )
        )

    def _summary(self) -> list[Line]:
        engine = self._told["engine"]
        connection = engine["connection"]
        return list(
            _lines(
                ("state", say(f"badge_{connection['state']}")),
                ("health", connection["health"]),
                ("phase", connection["phase"]),
                ("server", engine["settings"]["pushServer"]),
                ("joined", _seconds(connection["secondsSinceJoined"])),
                ("heard", _seconds(connection["secondsSinceHeard"])),
                ("failures", str(connection["failures"])),
                ("next_attempt", _seconds(connection["secondsToNextAttempt"])),
                (
                    "last_error",
                    translated(connection["lastError"] or "") or say("diagnostics_none"),
                ),
                ("token", engine["token"]),
                ("version", engine["version"]),
                ("boot", self._told["boot"] or say("diagnostics_none")),
                ("first_paint", _first_paint(self._told["firstPaint"])),
            )
        )

    def _figures(self) -> list[Line]:
        taken = [
            Line(say(f"diagnostics_latency_{name}"), _milliseconds(median, p95))
            for name, (median, p95) in self._told["latencies"].items()
        ]
        counts = [Line(name, str(count)) for name, count in sorted(self._told["counts"].items())]
        return [*taken, *counts]

    def _sessions(self) -> dict[str, Any]:
        return {
            "columns": [say(f"diagnostics_session_{name}") for name in COLUMNS],
            "rows": [
                [_cell(session[name]) for name in COLUMNS]
                for session in self._told["engine"]["sessions"]
            ],
        }

    def _events(self) -> list[Event]:
        """The newest first: that is what one looks for."""
        return [Event(iso(at), kind, words) for at, kind, words in reversed(self._told["entries"])]

    def _engine(self) -> str:
        """All that the engine knows, as Python would print it."""
        return pformat(self._told["engine"], width=WIDTH, sort_dicts=False)


def _lines(*named: tuple[str, str]) -> Iterable[Line]:
    return (Line(say(f"diagnostics_{name}"), value) for name, value in named)


def _seconds(value: float | None) -> str:
    return (
        say("diagnostics_none")
        if value is None
        else say("diagnostics_seconds", seconds=number(value))
    )


def _first_paint(milliseconds: int | None) -> str:
    if milliseconds is None:
        return say("diagnostics_none")
    return say("diagnostics_milliseconds", milliseconds=milliseconds)


def _milliseconds(median: float, p95: float) -> str:
    return say("diagnostics_latency", median=number(median * 1000, 1), p95=number(p95 * 1000, 1))


def _cell(value: object) -> str:
    return say("diagnostics_none") if value is None else str(value)

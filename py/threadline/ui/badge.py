"""The connection badge, and the panel that it opens.

Six words for six states (design section 3); the richer truth is in the tooltip and in the panel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from threadline.core.backoff import MAX_ATTEMPTS
from threadline.core.connection import ConnectionState
from threadline.core.session_view import Health, StorageHealth

from .times import iso
from .words import plural, say, translated

if TYPE_CHECKING:
    from threadline.core.session_view import ConnectionReport

__all__ = ["Badge", "Line", "Panel", "Tone", "badge", "panel"]

Tone = Literal["ok", "info", "warn", "polling", "bad", "neutral"]


# fmt: off
LOOKS: Final[dict[ConnectionState, tuple[str, Tone]]] = {
    # state                        icon          tone       the icons differ by shape
    ConnectionState.CONNECTED:    ("live",       "ok"),
    ConnectionState.CONNECTING:   ("ring",       "info"),
    ConnectionState.RECONNECTING: ("arrows",     "warn"),
    ConnectionState.FALLBACK:     ("clock",      "polling"),
    ConnectionState.FAILED:       ("octagon",    "bad"),
    ConnectionState.DISCONNECTED: ("offline",    "neutral"),
}

TRANSPORTS: Final[dict[ConnectionState, str]] = {
    ConnectionState.CONNECTED:    "push",
    ConnectionState.CONNECTING:   "opening",
    ConnectionState.RECONNECTING: "opening",
    ConnectionState.FALLBACK:     "poll",
    ConnectionState.FAILED:       "none",
    ConnectionState.DISCONNECTED: "none",
}
# fmt: on

# What may be tried by hand. The others need a token, a session or another configuration.
RECONNECTABLE: Final = frozenset(
    {
        ConnectionState.RECONNECTING,
        ConnectionState.FALLBACK,
        ConnectionState.FAILED,
        ConnectionState.CONNECTED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """What the button in the header shows."""

    state: str
    label: str
    icon: str
    tone: Tone
    tooltip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the panel: a name and either words or a moment for the page to write.

    Attributes:
        format: `relative`, `clock` or `countdown` for a moment, else "".
        at: ISO 8601 UTC for a moment, else "".
    """

    name: str
    words: str = ""
    at: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What the badge opens."""

    heading: str
    icon: str
    tone: Tone
    label: str
    summary: str
    lines: tuple[Line, ...]
    can_reconnect: bool


def badge(report: ConnectionReport) -> Badge:
    """The badge for `report`."""
    icon, tone = LOOKS[report.state]
    return Badge(
        state=report.state.value,
        label=say(f"badge_{report.state.value}"),
        icon=icon,
        tone=tone,
        tooltip=say(f"health_{report.health.value}"),
    )


def panel(report: ConnectionReport) -> Panel:
    """The panel for `report`."""
    icon, tone = LOOKS[report.state]
    return Panel(
        heading=say("report_heading"),
        icon=icon,
        tone=tone,
        label=say(f"badge_{report.state.value}"),
        summary=say(f"health_{report.health.value}"),
        lines=tuple(_lines(report)),
        can_reconnect=report.state in RECONNECTABLE and report.health is not Health.NOT_CONFIGURED,
    )


def _lines(report: ConnectionReport) -> list[Line]:
    """All that is known, in the order of the panel."""
    transport = say(f"report_transport_{TRANSPORTS[report.state]}")
    last_event = iso(report.last_event_at)
    lines = [
        Line(name=say("report_transport"), words=transport),
        Line(name=say("report_server"), words=report.server or say("report_server_unknown")),
        Line(name=say("report_last_event"), at=last_event, format="relative")
        if last_event
        else Line(name=say("report_last_event"), words=say("report_last_event_never")),
    ]
    if report.state is ConnectionState.CONNECTED and report.connected_since is not None:
        since = iso(report.connected_since)
        lines.append(Line(name=say("report_since"), at=since, format="relative"))
    looked = iso(report.looked_at)
    if looked:
        lines.append(Line(name=say("report_looked"), at=looked, format="clock"))
    if report.waiting:
        words = plural("report_waiting", report.waiting)
        lines.append(Line(name=say("report_waiting"), words=words))
    if report.attempt:
        lines.append(Line(name=say("report_attempt"), words=_attempt_words(report.attempt)))
    if report.next_attempt_at is not None:
        due = iso(report.next_attempt_at)
        lines.append(Line(name=say("report_next"), at=due, format="countdown"))
    if report.rest_works is not None:
        answer = "report_rest_works" if report.rest_works else "report_rest_fails"
        lines.append(Line(name=say("report_rest"), words=say(answer)))
    if report.storage is not StorageHealth.SAVED:
        words = say(f"report_storage_{report.storage.value}")
        lines.append(Line(name=say("report_storage"), words=words))
    if report.damaged:
        words = plural("report_damaged", report.damaged)
        lines.append(Line(name=say("report_damaged"), words=words))
    if report.last_error:
        lines.append(Line(name=say("report_last_error"), words=translated(report.last_error)))
    if report.cure:
        lines.append(Line(name=say("report_cure"), words=translated(report.cure)))
    return lines


def _attempt_words(attempt: int) -> str:
    """Which attempt this is: of five, or in the background once those are used up."""
    if attempt <= MAX_ATTEMPTS:
        return say("report_attempt_of", attempt=attempt, attempts=MAX_ATTEMPTS)
    return say("report_attempt_beyond", attempt=attempt)

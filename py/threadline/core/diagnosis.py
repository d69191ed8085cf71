"""What the engine knows, in figures: for the diagnostics page and for a report to anybody.

Sessions are numbered, not named, and no text, title, account or address beyond the servers' own is
in it: nothing secret (ux.md B8).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from .pusher import channel_of
from .showing import connection_report

if TYPE_CHECKING:
    from .moment import Moment
    from .session import Session
    from .state import State

__all__ = ["diagnosis"]

Report = dict[str, Any]


def diagnosis(state: State, now: Moment) -> Report:
    """Return what the engine knows, as JSON members; times are seconds from now, or None."""
    return {
        "settings": {
            "apiBase": state.settings.api_base,
            "pushServer": state.settings.push_server,
            "pusherTls": state.settings.pusher_tls,
            "engineHost": state.settings.engine_host,
            "background": state.settings.background,
        },
        "version": state.version,
        "token": _token(state),
        "restWorks": state.rest_works,
        "capabilities": sorted(state.capabilities.names or ()),
        "isNumbered": state.capabilities.numbered,
        "hasChangeFeed": state.capabilities.changes,
        "unknownEvents": state.unknown_events,
        "views": len(state.views),
        "connection": _connection(state, now),
        "outbox": dict(Counter(entry.delivery.value for entry in state.outbox)),
        "sealed": len(state.sealed),
        "sessions": [
            _session(state, number, session)
            for number, session in enumerate(state.sessions.values(), start=1)
        ],
    }


def _token(state: State) -> str:
    if state.rest.token is None:
        return "none"
    return "refused" if state.is_token_refused else "present"


def _connection(state: State, now: Moment) -> Report:
    client = state.client
    shown = state.shown()
    session = state.sessions.get(shown[0]) if shown else None
    report = connection_report(state, session, now)
    joined, next_attempt, heard = client.joined_at, client.next_attempt_at, client.heard_at
    return {
        "phase": client.phase.name.lower(),
        "state": report.state.value,
        "health": report.health.value,
        "failures": client.attempts.failures,
        "lastError": report.last_error,
        "secondsToNextAttempt": None if next_attempt is None else next_attempt - now.monotonic,
        "secondsSinceJoined": None if joined is None else now.monotonic - joined,
        "secondsSinceHeard": None if heard is None else now.monotonic - heard,
    }


def _session(state: State, number: int, session: Session) -> Report:
    transcript = session.history.transcript
    channel = state.client.channels.get(channel_of(session.id))
    holes = transcript.holes()
    return {
        "number": number,
        "isShown": session.id in state.shown(),
        "channel": "none" if channel is None else channel.membership.name.lower(),
        "messages": len(transcript),
        "base": transcript.base,
        "contiguous": transcript.contiguous,
        "highest": transcript.highest,
        "missing": sum(last - first + 1 for first, last in holes),
        "believedEmpty": sum(last - first + 1 for first, last in transcript.voids),
        "cadence": session.history.cadence,
        "loading": session.history.loading.state.value,
        "run": session.run.typing or session.run.ended,
    }

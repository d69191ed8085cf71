"""What is so behind the badge: the six public states, and the richer truth of sync.md 2.16.

A badge says "live" only where it can be known: the session's own channel is joined, something came
in lately, the server's newest message was compared with ours lately, nothing on show is missing,
and the numbering is not in doubt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .backoff import MAX_ATTEMPTS
from .channels import Membership, Refusal
from .connection import PUBLIC_STATE, ConnectionState, Phase
from .pusher import channel_of
from .session_view import GapState, Health, Loading

if TYPE_CHECKING:
    from .moment import Moment
    from .session import Session
    from .state import State

__all__ = ["HEAD_TRUST", "INBOUND_TRUST", "health_of", "next_deadline", "settle"]

HEAD_TRUST: Final = 60.0  # seconds for which a look at the server's newest message holds (2.16)
INBOUND_TRUST: Final = 30.0  # seconds for which a frame proves the line (sync.md 2.16)

_PHASE_HEALTH: Final = {
    Phase.IDLE: Health.PAUSED,
    Phase.OPENING: Health.OPENING,
    Phase.JOINING: Health.JOINING,
    Phase.LIVE: Health.JOINING,  # of this session's channel; a joined one is told apart before
    Phase.WAITING: Health.WAITING,
    Phase.REOPENING: Health.WAITING,
    Phase.REJOINING: Health.WAITING,
    Phase.POLLING: Health.POLLING,
    Phase.PROBING: Health.POLLING,
    Phase.REFUSED: Health.REFUSED,
}

_JOINING: Final = frozenset({Phase.JOINING, Phase.REJOINING, Phase.LIVE})

_REFUSAL_HEALTH: Final = {
    Refusal.UNAUTHORIZED: Health.SIGNED_OUT,
    Refusal.FORBIDDEN: Health.FORBIDDEN,
    Refusal.SIGNATURE: Health.REFUSED,
}

# Where a REST that fails too means that nothing at all comes in.
_LOST: Final = frozenset({Health.WAITING, Health.POLLING})


def health_of(
    state: State, session: Session | None, now: Moment, *, first: int = 0
) -> tuple[ConnectionState, Health]:
    """Return what the badge of a view says, and why.

    Args:
        state: The engine's.
        session: The one on show, or None.
        now: The moment.
        first: The lowest number on show: what is missing before it is not looked at.
    """
    if state.rest.token is None:
        return ConnectionState.DISCONNECTED, Health.NO_TOKEN
    if state.is_token_refused:
        return ConnectionState.FAILED, Health.SIGNED_OUT
    if session is None:
        return ConnectionState.DISCONNECTED, Health.NO_SESSION
    phase = state.client.phase
    if phase is Phase.POLLING and not state.settings.pusher_key:
        return ConnectionState.FALLBACK, Health.NOT_CONFIGURED
    channel = state.client.channels.get(channel_of(session.id))
    if channel is not None and channel.refusal is not None:
        return ConnectionState.FAILED, _REFUSAL_HEALTH[channel.refusal]
    if _is_joined(state, session):
        return ConnectionState.CONNECTED, _joined_health(state, session, now, first)
    if phase in _JOINING and channel is not None and channel.failures > MAX_ATTEMPTS:
        phase = Phase.POLLING  # the line is there, and is of no use
    elif phase is Phase.LIVE:
        return ConnectionState.CONNECTING, Health.JOINING
    health = _PHASE_HEALTH[phase]
    if health in _LOST and state.rest_works is False:
        health = Health.OFFLINE
    return PUBLIC_STATE[phase], health


def settle(state: State, now: Moment) -> None:
    """What was known lately may have become too old to be said: tell the views."""
    fresh = {
        session_id
        for session_id in state.shown()
        if _is_fresh(state, state.session(session_id), now)
    }
    if fresh != state.fresh:
        state.fresh = fresh
        state.publish()


def next_deadline(state: State) -> float | None:
    """Return the monotonic second at which what is said becomes too old, if it is nothing else."""
    dues = [_fresh_until(state, state.session(session_id)) for session_id in state.fresh]
    return min((due for due in dues if due is not None), default=None)


def _is_joined(state: State, session: Session) -> bool:
    channel = state.client.channels.get(channel_of(session.id))
    is_member = channel is not None and channel.membership is Membership.JOINED
    return is_member and state.client.phase is Phase.LIVE


def _joined_health(state: State, session: Session, now: Moment, first: int) -> Health:
    history = session.history
    gaps = [gap for gap in history.gaps() if gap.last >= first]
    if any(gap.state is GapState.STUCK for gap in gaps):
        return Health.GAP
    if gaps or history.is_anew or history.loading.state is not Loading.LOADED:
        return Health.CATCHING_UP
    return Health.LIVE if _is_fresh(state, session, now) else Health.CHECKING


def _is_fresh(state: State, session: Session, now: Moment) -> bool:
    due = _fresh_until(state, session)
    return due is not None and now.monotonic < due


def _fresh_until(state: State, session: Session) -> float | None:
    """Return until when a joined session may be called live; None: it is not joined or known."""
    heard_at, looked_at = state.client.heard_at, session.history.looked_at
    if heard_at is None or looked_at is None or not _is_joined(state, session):
        return None
    joined_at = state.client.joined_at
    if joined_at is not None and not session.history.has_looked_since(joined_at):
        return None  # what came while the line was away is still being read
    return min(heard_at + INBOUND_TRUST, looked_at + HEAD_TRUST)

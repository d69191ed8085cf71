"""What a view shows: the state of the engine, cut to one session and one window of its list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .backoff import MAX_ATTEMPTS
from .channels import Membership, Refusal
from .connection import PUBLIC_STATE, ConnectionState, Phase
from .model import ConnectionReport, GapState, Health, Loading, SessionView
from .pusher import channel_of

if TYPE_CHECKING:
    from .model import Gap, OutboxEntry, SessionId
    from .moment import Moment
    from .session import Session
    from .state import State, ViewState

__all__ = ["connection_report", "session_view"]

_PHASE_HEALTH = {
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

_JOINING = {Phase.JOINING, Phase.REJOINING, Phase.LIVE}

_REFUSAL_HEALTH = {
    Refusal.UNAUTHORIZED: Health.SIGNED_OUT,
    Refusal.FORBIDDEN: Health.FORBIDDEN,
    Refusal.SIGNATURE: Health.REFUSED,
}


def session_view(state: State, view: ViewState, now: Moment) -> SessionView:
    """Return everything that `view` shows now."""
    session = None if view.session_id is None else state.session(view.session_id)
    connection = connection_report(state, session, now)
    sessions = tuple(state.summaries.values())
    can_list_sessions = "listSessions" in state.capabilities
    can_create_session = "createSession" in state.capabilities
    if session is None:
        return SessionView(
            connection=connection,
            account=state.account,
            sessions=sessions,
            can_list_sessions=can_list_sessions,
            can_create_session=can_create_session,
            pending=()
            if view.chat is None
            else _with_moments(state, state.outbox.pending_chat(view.chat), now),
        )
    messages = session.history.transcript.window(view.window)
    # Messages beyond the window are here, but the person has to ask for them all the same.
    has_older = session.history.loading.has_older or (
        len(messages) == view.window < len(session.history.transcript)
    )
    first = messages[0].sequence if messages and messages[0].sequence is not None else 0
    loading = session.history.loading
    return SessionView(
        connection=connection,
        account=state.account,
        sessions=sessions,
        can_list_sessions=can_list_sessions,
        can_create_session=can_create_session,
        session_id=session.id,
        title=_title(state, session.id),
        messages=messages,
        pending=_with_moments(state, state.outbox.pending(session.id), now),
        provisional=session.run.provisional,
        gaps=tuple(gap for gap in session.history.gaps() if gap.last >= first),
        loading=loading
        if loading.has_older == has_older
        else replace(loading, has_older=has_older),
        typing=session.run.typing,
        typing_since=session.run.since,
        run_ended=session.run.ended,
        problem=session.problem,
    )


def connection_report(state: State, session: Session | None, now: Moment) -> ConnectionReport:
    """Return what the badge of a view says that shows `session`."""
    client = state.client
    shown, health = _state_of(state, session)
    heard_at = now.wall_at(client.heard_at)
    return ConnectionReport(
        state=shown,
        health=health,
        server=state.settings.push_server,
        attempt=client.attempts.failures if shown is not ConnectionState.CONNECTED else 0,
        next_attempt_at=now.wall_at(client.next_attempt_at),
        connected_since=now.wall_at(client.joined_at)
        if shown is ConnectionState.CONNECTED
        else None,
        # Whole seconds: a report that differs at every frame would be sent at every frame.
        last_event_at=None if heard_at is None else float(round(heard_at)),
        last_error=None if client.failure is None else client.failure.words,
        rest_works=state.rest_works,
    )


def _state_of(state: State, session: Session | None) -> tuple[ConnectionState, Health]:
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
    if channel is not None and channel.membership is Membership.JOINED and phase is Phase.LIVE:
        return ConnectionState.CONNECTED, _live_health(session)
    if phase in _JOINING and channel is not None and channel.failures > MAX_ATTEMPTS:
        return ConnectionState.FALLBACK, Health.POLLING  # the line is there, and is of no use
    if phase is Phase.LIVE:
        return ConnectionState.CONNECTING, Health.JOINING
    return PUBLIC_STATE[phase], _PHASE_HEALTH[phase]


def _live_health(session: Session) -> Health:
    gaps: tuple[Gap, ...] = session.history.gaps()
    if any(gap.state is GapState.STUCK for gap in gaps):
        return Health.GAP
    if gaps or session.history.loading.state is not Loading.LOADED:
        return Health.CATCHING_UP
    return Health.LIVE


def _with_moments(
    state: State, entries: tuple[OutboxEntry, ...], now: Moment
) -> tuple[OutboxEntry, ...]:
    """Return the entries with the moments at which they are tried again, in whole seconds."""
    if not any(entry.reason for entry in entries):
        return entries
    dues = [now.wall_at(state.outbox.due_at(entry.client_message_id)) for entry in entries]
    return tuple(
        entry if due is None or entry.reason is None else replace(entry, due_at=float(round(due)))
        for entry, due in zip(entries, dues, strict=True)
    )


def _title(state: State, session_id: SessionId) -> str | None:
    summary = state.summaries.get(session_id)
    return summary.title or None if summary is not None else None

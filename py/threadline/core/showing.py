"""What a view shows: the state of the engine, cut to one session and one window of its list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from . import session_list
from .connection import ConnectionState
from .health import health_of
from .model import Delivery
from .session_view import ConnectionReport, Health, SessionView

if TYPE_CHECKING:
    from .model import ClientMessageId, OutboxEntry, SessionId
    from .moment import Moment
    from .session import Session
    from .session_summary import SessionSummary
    from .state import State, ViewState

__all__ = ["connection_report", "session_view"]


def session_view(state: State, view: ViewState, now: Moment) -> SessionView:
    """Return everything that `view` shows now."""
    session = None if view.session_id is None else state.session(view.session_id)
    # What views keep is kept under this name: none is told before it is certain.
    account = state.account if state.is_account_certain else None
    if session is None:
        return SessionView(
            **_view_members(state, view),
            connection=connection_report(state, session, now),
            account=account,
            pending=()
            if view.chat is None
            else _with_moments(state, state.outbox.pending_chat(view.chat), now),
        )
    messages = session.history.transcript.window(view.window)
    # Messages beyond the window are here, but the person has to ask for them all the same.
    has_older = session.history.loading.has_older or (
        view.window <= len(messages) < len(session.history.transcript)
    )
    first = messages[0].sequence if messages and messages[0].sequence is not None else 0
    loading = session.history.loading
    return SessionView(
        **_view_members(state, view),
        connection=connection_report(state, session, now, first=first),
        account=account,
        session_id=session.id,
        title=state.title_of(session),
        messages=messages,
        pending=_with_moments(state, state.outbox.pending(session.id), now),
        provisional=session.run.provisional,
        gaps=tuple(gap for gap in session.history.gaps() if gap.last >= first),
        loading=loading
        if loading.has_older == has_older
        else replace(loading, has_older=has_older),
        typing=session.run.typing,
        typing_since=session.run.since,
        heard_at=session.run.heard_at if session.run.silence else None,
        silence=session.run.silence,
        is_stopping=session.run.is_stopping,
        can_stop="stop" in state.capabilities,
        run_ended=session.run.ended,
        problem=session.problem,
        mark=view.mark,
    )


def connection_report(
    state: State, session: Session | None, now: Moment, *, first: int = 0
) -> ConnectionReport:
    """Return what the badge of a view says that shows `session` from the number `first` on."""
    client = state.client
    shown, health = health_of(state, session, now, first=first)
    looked_at = None
    if session is not None and health is not Health.LIVE:
        looked_at = now.wall_at(session.history.looked_at)
    failure = client.failure
    if failure is not None and failure.is_silent and state.explanation is not None:
        failure = state.explanation
    return ConnectionReport(
        state=shown,
        health=health,
        server=state.settings.push_server,
        attempt=client.attempts.failures if shown is not ConnectionState.CONNECTED else 0,
        next_attempt_at=now.wall_at(client.next_attempt_at),
        connected_since=_whole_second(now.wall_at(client.joined_at))
        if shown is ConnectionState.CONNECTED
        else None,
        last_event_at=_whole_second(now.wall_at(client.heard_at)),
        last_error=None if failure is None else failure.words,
        cure=None if failure is None else failure.cure or None,
        rest_works=state.rest_works,
        looked_at=_whole_second(looked_at),
        waiting=0 if session is None else _waiting(state, session.id),
        storage=state.saving.health,
        damaged=len(state.damaged),
    )


class _ViewMembers(TypedDict):
    sessions: tuple[SessionSummary, ...]
    can_list_sessions: bool
    can_create_session: bool
    can_rename_sessions: bool
    can_delete_sessions: bool
    session_search: str
    deleted: SessionSummary | None
    list_problem: str | None
    missing_access: str
    access_origins: str
    reading_asked: int


def _view_members(state: State, view: ViewState) -> _ViewMembers:
    """Return what a view shows whatever session it shows: the list, and the browser's leave."""
    pending = state.deletions.pending
    return {
        "sessions": session_list.listed(state),
        "can_list_sessions": "listSessions" in state.capabilities,
        "can_create_session": "createSession" in state.capabilities,
        "can_rename_sessions": "renameSession" in state.capabilities,
        "can_delete_sessions": "deleteSession" in state.capabilities,
        "session_search": view.search,
        "deleted": None if pending is None else pending.session,
        "list_problem": state.list_problem,
        "missing_access": view.missing_access,
        "access_origins": " ".join(state.settings.access_origins),
        "reading_asked": view.asked,
    }


def _whole_second(moment: float | None) -> float | None:
    """Round: a report that differs at every frame would be told at every frame.

    The two clocks of a browser tick apart, so that a moment told by both is never quite the same.
    """
    return None if moment is None else float(round(moment))


def _waiting(state: State, session_id: SessionId) -> int:
    pending = state.outbox.pending(session_id)
    return sum(entry.delivery is not Delivery.FAILED for entry in pending)


def _with_moments(
    state: State, entries: tuple[OutboxEntry, ...], now: Moment
) -> tuple[OutboxEntry, ...]:
    """Return the entries with their places in line, and when they are tried again, in seconds."""
    if len(entries) < 2 and not any(entry.reason for entry in entries):
        return entries
    going = [entry for entry in entries if entry.delivery is not Delivery.FAILED]
    places = {entry.client_message_id: place for place, entry in enumerate(going, start=1)}
    return tuple(
        replace(entry, due_at=_due(state, entry, now), place=_place(entry, places))
        for entry in entries
    )


def _due(state: State, entry: OutboxEntry, now: Moment) -> float | None:
    due = now.wall_at(state.outbox.due_at(entry.client_message_id)) if entry.reason else None
    return _whole_second(due)


def _place(entry: OutboxEntry, places: dict[ClientMessageId, int]) -> int | None:
    place = places.get(entry.client_message_id, 1)
    return place if entry.delivery is Delivery.QUEUED and place > 1 else None

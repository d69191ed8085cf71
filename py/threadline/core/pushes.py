"""What the Pusher client tells: channels joined or refused, events published, frames unreadable."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import answers, reachability, sending
from .effects import Report
from .errors import RejectedPayload
from .notices import (
    AuthorizationWanted,
    ChannelEvent,
    ChannelJoined,
    ChannelRefused,
    FrameRejected,
    LineUnexplained,
    StateChanged,
)
from .push_events import MessagePublished, SessionUpdated, push_event
from .pusher import session_of

if TYPE_CHECKING:
    from .model import SessionId
    from .moment import Moment
    from .notices import Notice
    from .state import State

__all__ = ["take_notices"]


def take_notices(state: State, now: Moment) -> bool:
    """Take in what the client has to tell, and collect its orders.

    Returns:
        Whether it told of what was published on a channel, and of nothing else.
    """
    effects, notices = state.client.drain()
    state.effects += effects
    for notice in notices:
        _take(state, notice, now)
    return bool(notices) and all(isinstance(notice, ChannelEvent) for notice in notices)


def _take(state: State, notice: Notice, now: Moment) -> None:
    match notice:
        case StateChanged():
            state.publish()
        case AuthorizationWanted(channel, socket_id):
            state.rest.authorize(channel, socket_id)
        case ChannelJoined(channel):
            session_id = session_of(channel)
            if session_id is not None:
                # Only now may the catch-up begin: position before data (sync.md C1).
                state.session(session_id).history.catch_up(now.monotonic)
                answers.ask_what_is_owed(state, now)
                reachability.forget(state)
                state.is_online = True  # whatever the browser says
                state.publish()
        case ChannelRefused(channel, refusal):
            state.effects.append(Report("warning", f"{channel}: refused ({refusal.name.lower()})"))
            state.publish()
        case ChannelEvent(channel, event, data):
            session_id = session_of(channel)
            if session_id is not None:
                _published(state, session_id, event, data, now)
        case LineUnexplained():
            reachability.line_failed(state, now)
        case FrameRejected(problem):  # pragma: no branch
            state.effects.append(Report("warning", problem))
            for session_id in state.shown():
                state.session(session_id).history.look_soon(now.monotonic)


def _published(state: State, session_id: SessionId, name: str, data: object, now: Moment) -> None:
    session = state.session(session_id)
    try:
        event = push_event(session_id, name, data)
    except RejectedPayload as fault:
        # What it told of is in REST: look there instead of guessing (sync.md 2.3, rule 2).
        state.effects.append(Report("warning", str(fault)))
        session.history.look_soon(now.monotonic)
        return
    match event:
        case None:
            state.unknown_events += 1
        case MessagePublished(message):
            state.clock.heard(message.timestamp, now.wall)
            own = sending.notice_own(state, session, message, now)
            session.publish(replace(event, message=own), now)
            state.publish()
        case _:
            session.publish(event, now)
            state.publish()
            if isinstance(event, SessionUpdated) and "listSessions" in state.capabilities:
                state.rest.sessions()  # its status, and perhaps its title, is another one

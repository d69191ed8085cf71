"""What follows from every fact: what views are to show of it, and what is to be begun.

What was published on a channel is shown first, and what follows from it is begun a frame later: all
pages of an extension share a thread, so that a person would wait for whatever is done before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import (
    answers,
    checking,
    health,
    learning,
    polling,
    pushes,
    reading,
    sending,
    session_list,
    storing,
)
from .channels import Membership
from .connection import Phase
from .effects import Publish, ShowUnread
from .pusher import channel_of

if TYPE_CHECKING:
    from .moment import Moment
    from .state import State

__all__ = ["PAINT_FIRST", "begin", "show"]

PAINT_FIRST: Final = 0.02  # seconds: a little more than a frame of a screen at 60 Hz

# What may be told before anything is begun: it is about what is shown, and about nothing else.
_SHOWN: Final = (Publish, ShowUnread)


def show(state: State, now: Moment) -> bool:
    """Take in what the push server said, and see to what views show of it.

    Returns:
        Whether that is all for now: it was published on a channel, and what else follows from it,
        as `begin` finds it, can wait until it is painted.
    """
    is_published = pushes.take_notices(state, now)
    reading.settle(state)
    state.notifying.settle(state)
    return is_published and all(isinstance(effect, _SHOWN) for effect in state.effects)


def begin(state: State, now: Moment, *, may_write: bool) -> None:
    """Begin whatever has become due, until nothing more follows.

    Sessions are written when the timer rings, in a turn of their own: what came in is on screen
    before that work begins.
    """
    wanted = _wanted_channels(state)
    state.client.want(wanted, now.monotonic)
    state.rest.keep_authorizations(wanted.__contains__)
    pushes.take_notices(state, now)
    _set_pace(state, now)
    session_list.settle(state, now)
    sending.begin_due(state, now)
    answers.begin_reads(state, now)
    pushes.take_notices(state, now)
    checking.tell(state)
    health.settle(state, now)
    reading.settle(state)  # how far somebody has read is written down, too
    storing.begin_due(state, now, may_write=may_write)
    learning.keep(state, now)
    state.effects += state.rest.drain()


def _wanted_channels(state: State) -> list[str]:
    wanted = [*state.shown(), *state.recent] if state.can_ask else []
    return [channel_of(one) for one in dict.fromkeys(wanted)]


def _set_pace(state: State, now: Moment) -> None:
    """Let each session be looked at as often as push leaves that to be done."""
    shown = state.shown()
    for session in state.sessions.values():
        channel = state.client.channels.get(channel_of(session.id))
        is_joined = state.client.phase is Phase.LIVE and (
            channel is not None and channel.membership is Membership.JOINED
        )
        if is_joined:
            session.lost_at = None
        elif session.lost_at is None:
            session.lost_at = now.monotonic
        session.history.cadence = None
        if session.id in shown:
            session.history.cadence = polling.cadence(
                now=now.monotonic,
                lost_at=session.lost_at,
                news_at=session.news_at,
                is_running=session.run.typing is not None,
            )

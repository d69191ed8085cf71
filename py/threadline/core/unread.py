"""Which messages the person has not seen: per session, and summed for the toolbar button.

Counted are the sessions in memory: those that views show, and those shown lately, whose channels
stay joined. Read is what a visible view has at its end; a session's first page is not news.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from .effects import ShowUnread

if TYPE_CHECKING:
    from .model import SessionId
    from .session import Session
    from .state import State

__all__ = ["MAX_COUNTED", "Unread", "count"]

MAX_COUNTED: Final = 100  # messages counted of one session; more is shown as "99+"


def count(session: Session) -> int:
    """Return how many messages of others came after the last one seen, at most `MAX_COUNTED`."""
    read_to = session.read_to
    if read_to is None or _newest(session) <= read_to:
        return 0
    unseen = 0
    for message in islice(session.history.transcript.newest_first(), MAX_COUNTED):
        if message.sequence is not None and message.sequence <= read_to:
            break
        unseen += message.role != "user" and not message.deleted
    return unseen


class Unread:
    """The sum, and what was told of it."""

    def __init__(self) -> None:
        self._mark: tuple[object, ...] = ()
        self._told: int | None = None  # the button shows what an engine before this one told

    def settle(self, state: State) -> None:
        """Note what visible views have read, and tell the sum where it is another one."""
        for view in state.views.values():
            if view.is_reading and view.session_id is not None:
                _read(state, view.session_id)
        mark = tuple(
            (one.id, one.history.transcript.version, one.read_to) for one in state.sessions.values()
        )
        if mark == self._mark:
            return
        self._mark = mark
        if self._told is None and any(one.read_to is None for one in state.sessions.values()):
            return  # what is stored of a session is still being read
        total = sum(count(session) for session in state.sessions.values())
        if total != self._told:
            self._told = total
            state.effects.append(ShowUnread(total))
            state.publish()


def _read(state: State, session_id: SessionId) -> None:
    session = state.session(session_id)
    newest = _newest(session)
    if newest > (session.read_to or 0):
        session.read_to = newest


def _newest(session: Session) -> int:
    newest = islice(session.history.transcript.newest_first(), MAX_COUNTED)
    return next((one.sequence for one in newest if one.sequence is not None), 0)

"""Where the reader of each view is: what was not seen when they came, and the line they were at.

What came while nobody looked begins at a mark, which is fixed until the session is left. The place
at which a reader left a session is a message: the window grows until it holds it.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from .history import OPEN_PAUSE
from .session_view import UnreadMark
from .state import FOLLOWED, MAX_WINDOW, WINDOW

if TYPE_CHECKING:
    from .session import Session
    from .state import State, ViewState

__all__ = ["mark", "settle"]


def settle(state: State) -> None:
    """Take into account what came in; what is on show to somebody who reads counts as seen then."""
    mark(state)
    state.unread.settle(state)


def mark(state: State) -> None:
    """Note what the readers of views have not seen, and let the windows hold their places."""
    for view in state.views.values():
        if view.session_id is None:
            continue
        session = state.session(view.session_id)
        _hold(view, session)
        _mark(state, view, session)
        if view.place is not None:
            _reach(state, view, session, view.place)


def _hold(view: ViewState, session: Session) -> None:
    """What is in the window stays there while something comes in: below, or in a hole between.

    However much that is while nobody is known to read at the end; some of it while somebody does.
    """
    before, transcript = view.first, session.history.transcript
    depth = None if before is None else transcript.depth(before)
    if depth is not None:
        _grow(view, depth, FOLLOWED if view.is_reading else MAX_WINDOW)
    first = transcript.at_depth(view.window)
    view.first = None if first is None else first.key


def _grow(view: ViewState, depth: int, most: int = MAX_WINDOW) -> None:
    """Let the window hold the last `depth` messages, as far as it grows for one of them."""
    view.window = max(view.window, min(depth, most))


def _mark(state: State, view: ViewState, session: Session) -> None:
    """What comes is new to somebody who is away, or who has come and is still shown all of it.

    What the first look brings came before it, so it is new as well. A view opens at the mark: who
    is at the end is asked once more when that is painted.
    """
    is_coming = view.seen is None or not view.has_come
    view.seen = session.read_to if view.seen is None else view.seen
    if view.seen is None:
        return
    view.has_come = session.history.has_looked_since(view.since - OPEN_PAUSE)
    if view.is_reading and not is_coming:
        view.seen = max(view.seen, _last(session))
        return
    if view.mark is None and _has_news(session, view.seen):
        view.mark = UnreadMark(view.seen, _last(session))
        view.is_reading, view.asked = None, view.asked + 1
        _reach_mark(view, session, view.mark)
        state.publish()
    elif view.mark is not None and is_coming:
        view.mark = UnreadMark(view.mark.after, max(view.mark.until, _last(session)))
        _reach_mark(view, session, view.mark)


def _has_news(session: Session, seen: int) -> bool:
    """Whether somebody else wrote something after the message numbered `seen`."""
    for message in session.history.transcript.newest_first():
        if message.sequence is not None:
            if message.sequence <= seen:
                return False
            if message.role != "user" and not message.deleted:
                return True
    return False


def _last(session: Session) -> int:
    """The highest number of a message that is here."""
    numbers = (message.sequence for message in session.history.transcript.newest_first())
    return next((number for number in numbers if number is not None), 0)


def _reach_mark(view: ViewState, session: Session, mark: UnreadMark) -> None:
    """Let the window hold the first message that was not seen."""
    newest = session.history.transcript.newest_first()
    unseen = takewhile(lambda one: one.sequence is None or one.sequence > mark.after, newest)
    depth = sum(1 for _ in unseen)
    if depth > view.window:
        _grow(view, depth + WINDOW // 2)


def _reach(state: State, view: ViewState, session: Session, place: str) -> None:
    """Let the window hold `place`, as soon as it is known where that is."""
    depth = session.history.transcript.depth(place)
    if depth is None:
        return
    view.place = None
    if depth > view.window and depth <= MAX_WINDOW:
        view.window = depth + WINDOW // 2
        state.publish()

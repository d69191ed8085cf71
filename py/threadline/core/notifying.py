"""Which end of a run the person is told of by a notification: one that nobody watches (ux.md S1).

Whether there are notifications at all is the person's and the browser's business: without that
permission the order comes to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .effects import Notify

if TYPE_CHECKING:
    from .model import SessionId
    from .session import Session
    from .state import State

__all__ = ["MAX_TEXT", "Notifying"]

MAX_TEXT: Final = 140  # characters of the agent's last words (ux.md 5.9)

# How a run ended, in words. A run that fell silent has no end to tell of.
ENDED: Final = {
    "completed": "Finished.",
    "failed": "Failed.",
    "interrupted": "Interrupted.",
    "cancelled": "Stopped.",
}


class Notifying:
    """Which runs were on when it was looked last."""

    def __init__(self) -> None:
        self._running: set[SessionId] = set()

    def settle(self, state: State) -> None:
        """Tell of each run that has ended since, unless a view that is watched shows it."""
        running = {one.id for one in state.sessions.values() if one.run.typing is not None}
        ended, self._running = self._running - running, running
        watched = {view.session_id for view in state.views.values() if view.is_watched}
        for session_id in ended - watched:
            session = state.sessions.get(session_id)
            if session is not None and session.run.ended in ENDED:
                state.effects.append(_notification(state, session, ENDED[session.run.ended]))


def _notification(state: State, session: Session, words: str) -> Notify:
    newest = next(session.history.transcript.newest_first(), None)
    said = "" if newest is None or newest.role != "assistant" else " ".join(newest.content.split())
    text = f"{words} {said[:MAX_TEXT]}" if said else words
    return Notify(session.id, state.title_of(session) or "Threadline", text)

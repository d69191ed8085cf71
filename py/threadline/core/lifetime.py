"""How long the engine stays when no view is open: "Stay connected in the background".

The engine costs memory and a socket, so it ends when nothing needs it any more. What needs it is
decided here; the host only opens and closes it, and looks from time to time whether an engine that
is wanted is still there (SPEC.md, "Life of the engine"; design section 1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .effects import CloseEngine, KeepEngine

if TYPE_CHECKING:
    from .moment import Moment
    from .state import State

__all__ = ["AFTER_RUN", "AFTER_VIEW", "Lifetime"]

AFTER_RUN: Final = (
    300.0  # seconds kept after a run's end or the last view, `run` (design section 1)
)
AFTER_VIEW: Final = 3.0  # seconds kept after the last view, `off`: a page that is loaded again


class Lifetime:
    """Since when nothing needs the engine, and what its host was told."""

    def __init__(self) -> None:
        self._idle_since: float | None = None
        self._is_kept: bool | None = None  # what the host was told last; None: nothing yet

    def settle(self, state: State, now: Moment) -> None:
        """Tell the host whether the engine is wanted without a view, and to end it if it is not."""
        is_kept = state.outbox.has_unsent or (
            state.settings.background != "off"
            and (state.settings.background == "always" or is_running(state))
        )
        if is_kept is not self._is_kept:
            self._is_kept = is_kept
            state.effects.append(KeepEngine(is_kept))
        if is_kept or state.views:
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = now.monotonic
        due = self.next_deadline(state)
        if due is not None and due <= now.monotonic:
            self._idle_since = now.monotonic  # asked again later, should nobody end it
            state.effects.append(CloseEngine())

    def next_deadline(self, state: State) -> float | None:
        """Return the monotonic second at which the engine is to end, if nothing needs it."""
        if self._idle_since is None:
            return None
        return self._idle_since + (AFTER_VIEW if state.settings.background == "off" else AFTER_RUN)


def is_running(state: State) -> bool:
    """Whether the agent is at work in any session that is listened to."""
    return any(session.run.typing is not None for session in state.sessions.values())

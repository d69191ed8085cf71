"""When the server's session list is read because somebody looks.

A view that comes finds the list as it was and has it read anew a moment later: whatever the engine
does in the view's first frame holds that frame up, since all pages of an extension share a thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .moment import Moment
    from .state import State

__all__ = ["PAUSE", "owe", "read", "settle"]

PAUSE: Final = 0.3  # seconds from a view's coming until its list is read: it is drawn by then


def owe(state: State, now: Moment) -> None:
    """A view came: the list is to be as old as the view, no older (roadmap task 6).

    One that was never read is not here to be shown meanwhile, and is read at once.
    """
    if state.is_listed:
        state.list_due = now.monotonic + PAUSE
    else:
        read(state)


def read(state: State) -> None:
    """Read it now, from a server that has one."""
    state.list_due = None
    if "listSessions" in state.capabilities and state.can_ask:
        state.rest.sessions()


def settle(state: State, now: Moment) -> None:
    """Read it, if a view owes that by now."""
    if state.list_due is not None and state.list_due <= now.monotonic:
        read(state)

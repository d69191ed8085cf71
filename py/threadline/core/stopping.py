"""Stopping a run: the server ends it where it can; else it is no longer waited for, which is less.

A control says which of the two it is (ux.md M13). A run that the server was asked to end is over
when the server says so, like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import rest_answers

if TYPE_CHECKING:
    from .model import SessionId
    from .state import State

__all__ = ["answered", "failed", "stop"]

REFUSED = "The agent could not be stopped: {reason}"


def stop(state: State, session_id: SessionId) -> None:
    """The person wants the run to end, or at least not to wait for it any more."""
    run = state.session(session_id).run
    if run.typing is None or run.is_stopping:
        return
    if "stop" in state.capabilities and state.can_ask:
        run.is_stopping = True
        state.rest.stop(session_id)
    else:
        run.dismiss()
    state.publish()


def answered(state: State, session_id: SessionId, status: int, body: str) -> None:
    """The server answered. Where it did what was asked, the end comes as for any other run."""
    if 200 <= status < 300:
        return
    failed(state, session_id, rest_answers.error_words(body) or f"the server failed ({status})")


def failed(state: State, session_id: SessionId, reason: str) -> None:
    """The run goes on, as far as is known; it is said why, and can be tried again."""
    session = state.session(session_id)
    if session.run.is_stopping:
        session.run.is_stopping = False
        session.problem = REFUSED.format(reason=reason)
    state.publish()

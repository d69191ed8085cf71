"""The working line: what the agent is doing, while a run is on.

The words come from the newest step that is known, because the server tells of steps and of little
else (ux.md 5.6). Nothing is said of progress that nobody reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from threadline.core.connection import ConnectionState
from threadline.core.model import NO_NEWS, QUIET

from .times import iso
from .words import say

if TYPE_CHECKING:
    from threadline.core.model import Step, TypingContext
    from threadline.core.session_view import SessionView

__all__ = ["LONGEST_ACTION", "Working", "working"]

LONGEST_ACTION: Final = 80  # characters; the line is one line, and the step row has it all


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """What the line says.

    Attributes:
        context: The value of `data-typing-context`.
        words: What is being done.
        step: Which step, or "".
        since: When the run began, ISO 8601 UTC, or "".
        moving: Whether the dots may move: not while nobody can know.
        heard: When there was news last, ISO 8601 UTC, or "" while that goes without saying.
        can_check: Whether asking the server once more is offered.
        stop: What the button says that ends the run or the waiting, or "" for none.
    """

    context: TypingContext
    words: str
    step: str = ""
    since: str = ""
    moving: bool = False
    heard: str = ""
    can_check: bool = False
    stop: str = ""


def working(state: SessionView) -> Working | None:
    """The working line, or None while no run is on."""
    if state.typing is None:
        return None
    stop = say("button_stop" if state.can_stop else "button_stop_waiting")
    if state.silence >= NO_NEWS:
        words = say("working_no_news", seconds=int(NO_NEWS))
        return Working(context=state.typing, words=words, can_check=True, stop=stop)
    if _is_cut_off(state):
        return Working(context=state.typing, words=say("working_lost"), stop=stop)
    if state.is_stopping:
        return Working(context=state.typing, words=say("working_stopping"), moving=True)
    if state.silence >= QUIET:
        heard, words = iso(state.heard_at), say("working_quiet")
        return Working(context=state.typing, words=words, heard=heard, moving=True, stop=stop)
    step = _newest_step(state)
    index = None if step is None else step.index
    return Working(
        context=state.typing,
        words=_words(state.typing, step),
        step="" if index is None else say("working_step", number=index + 1),
        since=iso(state.typing_since),
        moving=True,
        stop=stop,
    )


def _is_cut_off(state: SessionView) -> bool:
    """Whether neither push nor REST brings anything."""
    live = state.connection.state is ConnectionState.CONNECTED
    return not live and state.connection.rest_works is False


def _newest_step(state: SessionView) -> Step | None:
    """The last step told of since the person spoke last."""
    if state.provisional:
        return state.provisional[-1].step
    for message in reversed(state.messages):
        if message.role == "user":
            return None
        if message.step is not None:
            return message.step
    return None


def _words(context: TypingContext, step: Step | None) -> str:
    """What is being done, as exactly as it is known."""
    if step is not None and step.correction and context != "thinking":
        return say("working_correcting")
    if context == "executing" and step is not None and step.action:
        return say("working_executing_doing", action=_shortened(step.action))
    return say(f"working_{context}")


def _shortened(action: str) -> str:
    """`action` on one line, cut where it is long."""
    flat = " ".join(action.split())
    return flat if len(flat) <= LONGEST_ACTION else flat[: LONGEST_ACTION - 1] + "…"

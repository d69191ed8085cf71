"""Finding in a conversation, and giving a message as it was written: answers to one view.

All that is here of the session is searched, not only the window on show; of a message, all that a
row shows of it: text, error, and what its step did, thought, found and changed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from .effects import AnswerView
from .shown_text import shows

if TYPE_CHECKING:
    from .model import Message, SessionId
    from .state import State, ViewState
    from .view_requests import Copy, Find

__all__ = ["MAX_FOUND", "copy", "find", "reach"]

MAX_FOUND: Final = 1_000  # messages; the newest ones are told


def find(state: State, number: int, session_id: SessionId, request: Find) -> None:
    """Tell the view `number` which messages hold the words, by their keys, in display order."""
    wanted = request.text.casefold()
    keys = []
    for message in state.session(session_id).history.transcript.newest_first():
        if not message.deleted and _holds(message, wanted):
            keys.append(message.key)
            if len(keys) == MAX_FOUND:
                break
    told = {"type": "found", "request": request.request, "keys": keys[::-1]}
    state.effects.append(AnswerView(number, json.dumps(told)))


def copy(state: State, number: int, session_id: SessionId, request: Copy) -> None:
    """Tell the view `number` a message as it was written; nothing for one that is not here."""
    message = state.session(session_id).history.transcript.by_key(request.message)
    if message is not None:
        told = {"type": "source", "message": request.message, "content": message.content}
        state.effects.append(AnswerView(number, json.dumps(told)))


def reach(view: ViewState, place: str) -> None:
    """The view is to show the message `place`: its window grows until it holds it."""
    view.place = place


def _holds(message: Message, wanted: str) -> bool:
    """Whether a row shows `wanted` of a message. The agent writes Markdown, a person does not."""
    content = message.content
    if shows(content, wanted) if message.role == "assistant" else wanted in content.casefold():
        return True
    step, error = message.step, message.error
    parts = [None if error is None else error.message]
    if step is not None:
        parts += [step.action, step.thought, step.verification, step.correction]
    return any(wanted in part.casefold() for part in parts if part)

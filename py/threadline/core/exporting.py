"""A session as a file: Markdown to read, JSON to work with, nothing secret in either (ux.md S8).

What is exported is what is here; that the server has older messages is said in the file. A session
that is not in memory is read first, for as long as a person waits for a file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from .effects import AnswerView
from .model import SessionId
from .redaction import HIDDEN, redacted, redacted_action
from .session_view import Loading

if TYPE_CHECKING:
    from .model import Message, Step
    from .moment import Moment
    from .session import Session
    from .state import State
    from .view_requests import ExportSession

__all__ = ["PATIENCE", "Export", "ask", "next_deadline", "settle"]

PATIENCE: Final = 10.0  # seconds for which a session that is not here is waited for
AUTHORS: Final = {"user": "You", "assistant": "Agent", "system": "Note"}
OLDER: Final = "The server has older messages, which are not in this file."


@dataclass(frozen=True, slots=True)
class Export:
    """A file that a view waits for.

    Attributes:
        due: The monotonic second at which it is made of what is here by then.
    """

    view: int
    session_id: SessionId
    kind: Literal["markdown", "json"]
    due: float


def ask(state: State, view: int, request: ExportSession, now: Moment) -> None:
    """The view `view` wants a file: read the session if it is not here."""
    session_id = SessionId(request.session)
    state.session(session_id).history.open(now.monotonic)
    state.exports.append(Export(view, session_id, request.format, now.monotonic + PATIENCE))


def next_deadline(state: State) -> float | None:
    """Return the monotonic second at which a file is made at the latest, if any is wanted."""
    return min((one.due for one in state.exports), default=None)


def settle(state: State, now: Moment) -> None:
    """Make the files whose sessions are here, or will not come."""
    for export in list(state.exports):
        session = state.session(export.session_id)
        is_here = session.history.loading.state in (Loading.LOADED, Loading.FAILED)
        if not is_here and now.monotonic < export.due:
            continue
        state.exports.remove(export)
        text = _markdown if export.kind == "markdown" else _json
        answer = {
            "type": "exported",
            "name": _file_name(state.title_of(session) or ""),
            "format": export.kind,
            "text": _without_token(
                state, text(session, state.title_of(session) or "Untitled chat", now)
            ),
        }
        state.effects.append(AnswerView(export.view, json.dumps(answer)))


def _without_token(state: State, text: str) -> str:
    token = "" if state.rest.token is None else state.rest.token.get_secret_value()
    return text.replace(token, HIDDEN) if token else text


def _file_name(title: str) -> str:
    kept = "".join(one if one.isalnum() else "-" for one in title.casefold())
    return "-".join(part for part in kept.split("-") if part)[:60] or "conversation"


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _messages(session: Session) -> list[Message]:
    transcript = session.history.transcript
    newest = (transcript.whole(message) for message in transcript.newest_first())
    return [message for message in newest if not message.deleted][::-1]


def _markdown(session: Session, title: str, now: Moment) -> str:
    parts = [f"# {redacted(title)}", f"Exported {_iso(now.wall)}."]
    if session.history.loading.has_older:
        parts.append(OLDER)
    for message in _messages(session):
        status = "" if message.status in ("sent", "completed") else f" · {message.status}"
        parts.append(f"## {AUTHORS[message.role]} · {_iso(message.timestamp)}{status}")
        parts += [f"- {name}: {text}" for name, text in _step(message.step).items()]
        parts.append(redacted(message.content))
        if message.error is not None:
            parts.append(f"Error: {redacted(message.error.message)}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _json(session: Session, title: str, now: Moment) -> str:
    messages: list[dict[str, Any]] = [
        {
            "role": message.role,
            "timestamp": _iso(message.timestamp),
            "sequence": message.sequence,
            "status": message.status,
            "content": redacted(message.content),
            "step": _step(message.step) or None,
            "error": None if message.error is None else redacted(message.error.message),
        }
        for message in _messages(session)
    ]
    document = {
        "title": redacted(title),
        "exportedAt": _iso(now.wall),
        "hasOlder": session.history.loading.has_older,
        "messages": messages,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _step(step: Step | None) -> dict[str, str]:
    if step is None:
        return {}
    texts = {
        "thought": redacted(step.thought or ""),
        "action": redacted_action(step.action or ""),
        "verification": redacted(step.verification or ""),
        "correction": redacted(step.correction or ""),
    }
    return {name: text for name, text in texts.items() if text}

"""The session list: one row per conversation, the one on show marked, and what can be done with it.

The view puts the rows under days, by the reader's own calendar, and says whose draft is unsent.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from .times import iso
from .words import plural, say, translated

if TYPE_CHECKING:
    from threadline.core.model import SessionId
    from threadline.core.session_summary import SessionSummary

__all__ = ["ListParts", "SessionList", "SessionRow", "Undo", "session_list"]

# Words that the list has a sign for. Any other is left unsaid: `active` says only that the
# conversation is not closed, not that the agent is at work.
KNOWN_STATUSES: Final = frozenset({"running", "completed", "failed", "interrupted", "cancelled"})


MAX_COUNTED: Final = 100  # nobody tells more apart; core/unread.py counts no further


class ListParts(NamedTuple):
    """What the list is made from: members of `SessionView`."""

    sessions: tuple[SessionSummary, ...] = ()
    session_id: SessionId | None = None
    search: str = ""
    deleted: SessionSummary | None = None
    problem: str | None = None
    can_rename: bool = True
    can_delete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One conversation.

    Attributes:
        status: `running`, `completed`, `failed`, `interrupted`, `cancelled`, or "".
        current: Whether it is the one on show.
        unread: How many messages are new, in words, or "".
        pinned: It stands above all others.
    """

    id: str
    title: str
    status: str
    status_words: str
    at: str
    current: bool
    unread: str
    pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """A deletion that can be undone for a while, in words."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionList:
    """The whole list.

    Attributes:
        none: What it says while it is empty, or while nothing is found.
        found: How many are found, in words, or "" where nothing is searched for.
        problem: Why the last wish came to nothing, or "".
        rename, delete: What these are called here: the server's, or this device's alone.
    """

    rows: tuple[SessionRow, ...]
    none: str
    found: str
    undo: Undo | None
    problem: str
    rename: str
    delete: str


def session_list(state: ListParts) -> SessionList:
    """The list of `state`, in its order."""
    wanted = _folded(state.search).split()
    found = [one for one in state.sessions if all(word in _folded(_title(one)) for word in wanted)]
    none = "" if found else say("sessions_not_found" if state.sessions else "sessions_none")
    undo = None
    if state.deleted is not None:
        id_ = "sessions_deleted" if state.can_delete else "sessions_removed"
        undo = Undo(words=say(id_, title=_title(state.deleted)))
    return SessionList(
        rows=tuple(_row(one, shown=state.session_id) for one in found),
        none=none,
        found=plural("sessions_found", len(found)) if wanted and found else "",
        undo=undo,
        problem=translated(state.problem or ""),
        rename=say("sessions_rename" if state.can_rename else "sessions_rename_here"),
        delete=say("sessions_delete" if state.can_delete else "sessions_delete_here"),
    )


def _title(summary: SessionSummary) -> str:
    """What a conversation is called."""
    return summary.title.strip() or say("title_untitled")


def _folded(text: str) -> str:
    """`text` without case and accents, for comparing."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _row(summary: SessionSummary, *, shown: SessionId | None) -> SessionRow:
    """One conversation of the list."""
    status = summary.status if summary.status in KNOWN_STATUSES else None
    return SessionRow(
        id=summary.id,
        title=_title(summary),
        status=status or "",
        status_words=say(f"sessions_{status}") if status else "",
        at=iso(summary.updated_at),
        current=summary.id == shown,
        unread=_unread(summary.unread),
        pinned=summary.pinned,
    )


def _unread(count: int) -> str:
    """How many messages are new, or "" for none."""
    if count >= MAX_COUNTED:
        return say("sessions_unread_most", count=MAX_COUNTED - 1)
    return say("sessions_unread", count=count) if count else ""

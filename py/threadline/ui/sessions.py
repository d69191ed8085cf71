"""The session list: one row per conversation, the one on show marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .times import iso
from .words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from threadline.core.model import SessionId, SessionSummary

__all__ = ["SessionList", "SessionRow", "session_list"]

# Server words that the list has a sign for. Any other is left unsaid: `active` says only that the
# conversation is not closed, not that the agent is at work.
KNOWN_STATUSES: Final = frozenset({"completed", "failed", "interrupted"})


MAX_COUNTED: Final = 100  # nobody tells more apart; core/unread.py counts no further


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One conversation.

    Attributes:
        status: `completed`, `failed`, `interrupted`, or "".
        current: Whether it is the one on show.
        unread: How many messages are new, in words, or "".
    """

    id: str
    title: str
    status: str
    status_words: str
    at: str
    current: bool
    unread: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionList:
    """The whole list; `none` is what it says while it is empty."""

    rows: tuple[SessionRow, ...]
    none: str


def session_list(sessions: Sequence[SessionSummary], shown: SessionId | None) -> SessionList:
    """The list of `sessions`, which are in the server's order; `shown` is the one on show."""
    return SessionList(
        rows=tuple(_row(summary, current=summary.id == shown) for summary in sessions),
        none="" if sessions else say("sessions.none"),
    )


def _row(summary: SessionSummary, *, current: bool) -> SessionRow:
    """One conversation of the list."""
    status = summary.status if summary.status in KNOWN_STATUSES else None
    return SessionRow(
        id=summary.id,
        title=summary.title.strip() or say("title.untitled"),
        status=status or "",
        status_words=say(f"sessions.{status}") if status else "",
        at=iso(summary.updated_at),
        current=current,
        unread=_unread(summary.unread),
    )


def _unread(count: int) -> str:
    """How many messages are new, or "" for none."""
    if count >= MAX_COUNTED:
        return say("sessions.unread.many", count=MAX_COUNTED - 1)
    return say("sessions.unread", count=count) if count else ""

"""What the person made of the session list on this device: pinned, renamed and removed sessions.

Kept in `chrome.storage.local.sessionMarks`, by account, for what a server offers no call for. Bad
records are dropped: a mark may be missing, and never keeps the list from working.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from .model import SessionId

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MAX_MARKS", "MAX_TITLE", "Mark", "SessionMarks"]

MAX_MARKS: Final = 500  # marked sessions of one account; the one marked longest ago goes first
MAX_ACCOUNTS: Final = 5  # accounts whose marks are kept, the last ones
MAX_TITLE: Final = 200  # characters of a title, as of our back end


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is special about one session on this device.

    Attributes:
        pinned: It stands above all others.
        title: What it is called here, or None.
        hidden: It is not listed, until it is opened again.
    """

    pinned: bool = False
    title: str | None = None
    hidden: bool = False


PLAIN: Final = Mark()


class SessionMarks:
    """The marks of every account, each under the account's id."""

    def __init__(self) -> None:
        self._marks: dict[str, dict[SessionId, Mark]] = {}

    def recall(self, stored: object) -> None:
        """Take in what `text` returned in an earlier life."""
        if not isinstance(stored, dict):
            return
        for account, sessions in stored.items():
            if isinstance(account, str) and isinstance(sessions, dict):
                marks = {SessionId(str(one)): _mark(record) for one, record in sessions.items()}
                self._marks[account] = {one: mark for one, mark in marks.items() if mark != PLAIN}

    def of(self, account: str | None) -> Mapping[SessionId, Mark]:
        """Return the marks of one account; nobody has none."""
        return {} if account is None else self._marks.get(account, {})

    def mark(self, account: str, session_id: SessionId, **changes: Any) -> None:
        """Change what is special about a session: members of `Mark`."""
        marks = self._marks.pop(account, {})
        mark = replace(marks.pop(session_id, PLAIN), **changes)
        if mark != PLAIN:
            marks[session_id] = mark
        while len(marks) > MAX_MARKS:
            del marks[next(iter(marks))]
        self._marks[account] = marks
        while len(self._marks) > MAX_ACCOUNTS:
            del self._marks[next(iter(self._marks))]

    def forget(self, account: str) -> None:
        """The account has signed out: nothing of it stays."""
        self._marks.pop(account, None)

    def text(self) -> str:
        """Return all marks as JSON text."""
        return json.dumps(
            {
                account: {one: asdict(mark) for one, mark in marks.items()}
                for account, marks in self._marks.items()
                if marks
            }
        )


def _mark(record: object) -> Mark:
    if not isinstance(record, dict):
        return PLAIN
    title = record.get("title")
    return Mark(
        pinned=record.get("pinned") is True,
        title=title[:MAX_TITLE] if isinstance(title, str) and title.strip() else None,
        hidden=record.get("hidden") is True,
    )

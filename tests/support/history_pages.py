"""A history and the pages that it reads from a server with numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadline.core.history import History
from threadline.core.rest_answers import Page

from .builders import message

if TYPE_CHECKING:
    from threadline.core.model import Message
    from threadline.core.reads import Query


def page(*messages: Message, latest: int | None = None, more: bool | None = False) -> Page:
    """Return a page of a server with numbers."""
    last = max((one.sequence or 0 for one in messages), default=0)
    return Page(
        messages=messages, latest_sequence=last if latest is None else latest, has_more=more
    )


def stretch(first: int, last: int) -> list[Message]:
    """Return the messages with these numbers."""
    return [message(number) for number in range(first, last + 1)]


def loaded_history() -> History:
    """Return a history of the messages 101 to 150, read at second 0."""
    history = History(lambda: 0.0)
    history.open(0.0)
    begin(history, 0.0)
    history.page_read(page(*stretch(101, 150), more=True), 0.0)
    return history


def begin(history: History, now: float) -> Query:
    """Begin the read that is due; return what it asks."""
    read = history.next_read(now)
    assert read is not None
    return read.query

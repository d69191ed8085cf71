"""The ports to the views, the console and the page that holds the engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from .ffi import host

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadline.core.model import SessionId

__all__ = ["BrowserHost", "BrowserLog", "let_go", "post_to_view"]


def post_to_view(view: int, text: str) -> None:
    """Say one text to a view. One that is gone is not an error."""
    host.postToView(view, text)


def let_go() -> None:
    """End the line to every view, and take no other: another engine has taken over."""
    host.letGo()


class BrowserLog:
    """`ports.Log` over the console of the engine's page."""

    def report(self, level: Literal["info", "warning", "error"], text: str) -> None:
        """Write one line."""
        host.report(level, text)


class BrowserHost:
    """`ports.Host` over the page that holds the engine.

    Args:
        words: Puts what the engine says into the person's language.
    """

    def __init__(self, words: Callable[[str], str] = str) -> None:
        self._words = words

    def keep(self, *, is_wanted: bool) -> None:
        """Say whether the engine is to be opened again should it end."""
        host.keepEngine(is_wanted)

    def close(self) -> None:
        """End the engine, once everything that was to be written is."""
        host.closeEngine()

    def show_unread(self, count: int) -> None:
        """Show a number on the toolbar button; 0 shows nothing."""
        host.showUnread(count)

    def notify(self, session_id: SessionId, title: str, text: str) -> None:
        """Show a notification, where the browser has been given leave for it."""
        host.notify(json.dumps({"session": session_id, "title": title, "text": self._words(text)}))

"""The ports to the views, and the console: texts out, by number."""

from __future__ import annotations

from typing import Literal

from .ffi import host

__all__ = ["BrowserLog", "post_to_view"]


def post_to_view(view: int, text: str) -> None:
    """Say one text to a view. One that is gone is not an error."""
    host.postToView(view, text)


class BrowserLog:
    """`ports.Log` over the console of the engine's page."""

    def report(self, level: Literal["info", "warning", "error"], text: str) -> None:
        """Write one line."""
        host.report(level, text)

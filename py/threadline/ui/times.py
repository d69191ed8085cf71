"""Moments as the page wants them: ISO 8601 in UTC, for `<time datetime>`.

The page writes the words, in the person's own locale and time zone.
"""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["iso"]


def iso(seconds: float | None) -> str:
    """`seconds` since the epoch as `2026-01-31T09:30:00Z`, or "" for None and for no real moment.

    Whole seconds: nothing on screen is finer, and a report that moves a few times within one
    second then needs no new HTML.
    """
    if seconds is None:
        return ""
    try:
        moment = datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, ValueError, OSError):
        return ""
    return f"{moment.replace(tzinfo=None).isoformat()}Z"

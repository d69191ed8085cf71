"""How often a session's tail is looked at: seldom while push works, often while it does not.

Probe and poll are one mechanism that never stops, only slows (sync.md 2.8): push cannot prove that
the last message arrived.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "ACTIVE_INTERVAL",
    "IDLE_INTERVAL",
    "IDLE_THRESHOLD",
    "POLL_AFTER",
    "PROBE_INTERVAL",
    "cadence",
]

ACTIVE_INTERVAL: Final = 3.0  # seconds between polls (roadmap section 8.1)
IDLE_INTERVAL: Final = 30.0  # seconds between polls when idle (roadmap section 8.1)
IDLE_THRESHOLD: Final = 60.0  # seconds without news that make it idle (roadmap section 8.1)
PROBE_INTERVAL: Final = 25.0  # seconds between looks at the tail while joined (sync.md 2.8)
POLL_AFTER: Final = 3.0  # seconds after push is lost (design section 3)


def cadence(
    *, now: float, lost_at: float | None, news_at: float | None, is_running: bool
) -> float | None:
    """Return the seconds between looks at the tail of a session on show.

    Args:
        now: Monotonic seconds.
        lost_at: When push was lost, or None while the session's channel is joined.
        news_at: When the session last had news, or None.
        is_running: Whether the agent is at work.

    Returns:
        Seconds, or None while push has only just been lost: see `POLL_AFTER`.
    """
    if lost_at is None:
        return PROBE_INTERVAL
    if now < lost_at + POLL_AFTER:
        return None
    active_from = lost_at if news_at is None else max(news_at, lost_at)
    is_active = is_running or now < active_from + IDLE_THRESHOLD
    return ACTIVE_INTERVAL if is_active else IDLE_INTERVAL

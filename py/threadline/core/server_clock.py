"""By how much our wall clock is ahead of the server's, as far as what is pushed tells.

A message is pushed as it is stored, so its time is the server's now. A clock that somebody set
wrong must not make a text of the person's own look older than it is (sync.md 2.12, fault 59).
"""

from __future__ import annotations

from collections import deque
from typing import Final

__all__ = ["ServerClock"]

SAMPLES: Final = 5  # of the last pushes; the one that was under way for the shortest time counts


class ServerClock:
    """What the last pushed messages tell of the server's clock."""

    def __init__(self) -> None:
        self._ahead: deque[float] = deque(maxlen=SAMPLES)

    def heard(self, timestamp: float, wall: float) -> None:
        """A message of `timestamp` was pushed, and it was `wall` here; both in epoch seconds."""
        self._ahead.append(wall - timestamp)

    def jumped(self) -> None:
        """Our clock was set: what it said before means nothing."""
        self._ahead.clear()

    @property
    def ahead(self) -> float:
        """Seconds by which our clock is ahead; 0 where it is not, or nothing is known."""
        return max(0.0, min(self._ahead, default=0.0))

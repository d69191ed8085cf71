"""By how much our wall clock is ahead of the server's, as far as what comes from there tells.

Every answer bears the server's time (`Date`), and a message is pushed as it is stored. A clock that
somebody set wrong must neither make a text of the person's own look older than it is nor a run look
over that is on (sync.md 2.12, fault 59).
"""

from __future__ import annotations

from collections import deque
from typing import Final

__all__ = ["ServerClock"]

SAMPLES: Final = 5  # of the last ones; the one that was under way for the shortest time counts


class ServerClock:
    """What the last answers and pushed messages tell of the server's clock."""

    def __init__(self) -> None:
        self._ahead: deque[float] = deque(maxlen=SAMPLES)

    def heard(self, timestamp: float, wall: float) -> None:
        """The server said at `timestamp` what came here at `wall`; both in epoch seconds."""
        self._ahead.append(wall - timestamp)

    def forget(self) -> None:
        """Our clock was set, or it is another server: what was heard before means nothing."""
        self._ahead.clear()

    @property
    def ahead(self) -> float:
        """Seconds by which our clock is ahead, less than 0 if behind; 0 if nothing is known.

        Up to a second too many, and the shortest time that something was under way.
        """
        return min(self._ahead, default=0.0)

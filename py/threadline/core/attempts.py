"""How often a connection was tried, and when it may be tried again."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from .backoff import MAX_ATTEMPTS, background_delay, retry_delay

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CONNECT_WINDOW", "MAX_CONNECTS", "STABLE_AFTER", "Attempts"]

STABLE_AFTER: Final = 60.0  # seconds joined before failures are forgotten (design section 4)
MAX_CONNECTS: Final = 12  # sockets opened per `CONNECT_WINDOW` (design section 4)
CONNECT_WINDOW: Final = 60.0  # seconds


class Attempts:
    """Counts failures and sockets; answers when the next socket may be opened.

    Args:
        jitter: Draws from [0, 1).

    Attributes:
        failures: Failed attempts in a row.
    """

    def __init__(self, jitter: Callable[[], float]) -> None:
        self.failures = 0
        self._jitter = jitter
        self._opened_at: deque[float] = deque(maxlen=MAX_CONNECTS)

    @property
    def exhausted(self) -> bool:
        """Whether polling takes over (roadmap section 5.1)."""
        return self.failures > MAX_ATTEMPTS

    def reset(self) -> None:
        """Forget the failures; the limit on sockets stays."""
        self.failures = 0

    def opened(self, now: float) -> None:
        """A socket was asked for."""
        self._opened_at.append(now)

    def failed(self, now: float, joined_at: float | None) -> None:
        """An attempt failed, or a socket was lost that had joined at `joined_at`."""
        if joined_at is not None and now - joined_at >= STABLE_AFTER:
            self.failures = 0
        self.failures += 1

    def next_at(self, now: float, *, at_once: bool) -> float:
        """Return the monotonic second of the next attempt, after a failure at `now`.

        `at_once`: the server asked for an immediate return (42xx). It gets one, the first time
        only: a server that closes at once would otherwise be hammered (X5).
        """
        if at_once and self.failures == 1:
            delay = self._jitter() / 2.0
        elif self.exhausted:
            delay = background_delay(self.failures, self._jitter())
        else:
            delay = retry_delay(self.failures, self._jitter())
        return max(now + delay, self.earliest(now))

    def earliest(self, now: float) -> float:
        """Return the first monotonic second at which the limit on sockets allows one."""
        if len(self._opened_at) < MAX_CONNECTS:
            return now
        return max(now, self._opened_at[0] + CONNECT_WINDOW)

"""What holds the reads of one session back: failures, the server's word, and a budget."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from .backoff import request_delay

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MAX_READS", "READ_WINDOW", "Restraint"]

MAX_READS: Final = 6  # reads per `READ_WINDOW` and session (sync.md 2.17)
READ_WINDOW: Final = 10.0  # seconds


class Restraint:
    """Answers when the next read may begin.

    Args:
        jitter: Draws from [0, 1).

    Attributes:
        is_halted: Asking again by itself cannot help, until something changes.
    """

    def __init__(self, jitter: Callable[[], float]) -> None:
        self.is_halted = False
        self._jitter = jitter
        self._failures = 0
        self._not_before = 0.0
        self._told_to_wait = 0.0  # until this second, by the server; nobody undercuts it (S12)
        self._begun: deque[float] = deque(maxlen=MAX_READS)

    @property
    def earliest(self) -> float:
        """The monotonic second from which on a read may begin."""
        budget = self._begun[0] + READ_WINDOW if len(self._begun) == MAX_READS else 0.0
        return max(self._not_before, self._told_to_wait, budget)

    def begun(self, now: float) -> None:
        """A read begins."""
        self._begun.append(now)

    def answered(self) -> None:
        """A good answer came."""
        self._failures = 0

    def failed(self, now: float, *, may_pass: bool, retry_after: float | None) -> None:
        """A read failed: wait longer each time, and never less than the server asked."""
        self._failures += 1
        self._not_before = now + request_delay(self._failures, self._jitter())
        self.told_to_wait(retry_after, now)
        self.is_halted = not may_pass

    def told_to_wait(self, retry_after: float | None, now: float) -> None:
        """The server asked for a pause of so many seconds, if for any; whoever asked, it holds."""
        self._told_to_wait = max(self._told_to_wait, now + (retry_after or 0.0))

    def hurry(self, now: float) -> None:
        """The person waits: do not wait for the sake of a failure."""
        self._not_before = min(self._not_before, now)

    def lift(self) -> None:
        """The person asked, or the token changed: what failed may be tried at once."""
        self._failures, self._not_before, self.is_halted = 0, 0.0, False

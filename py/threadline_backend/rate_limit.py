"""A bound on how often somebody may do something: so many times in any so many seconds."""

from collections import deque
from dataclasses import dataclass, field

from threadline_backend.clock import Clock


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` times in any `seconds` seconds."""

    count: int
    seconds: float


@dataclass(slots=True)
class RateLimit:
    """Counts what each account does, in this process.

    Args:
        rate: The bound; None is none.
        now: The clock.
    """

    rate: Rate | None
    now: Clock
    _times: dict[str, deque[int]] = field(default_factory=dict)

    def take(self, account: str) -> int | None:
        """Count one more; where it is one too many, return the seconds to wait, at least 1."""
        if self.rate is None:
            return None
        now, span = self.now(), round(self.rate.seconds * 1000)
        self._forget(now - span)
        times = self._times.setdefault(account, deque())
        if len(times) >= self.rate.count:
            return max(1, -((now - span - times[0]) // 1000))
        times.append(now)
        return None

    def _forget(self, before: int) -> None:
        for account, times in list(self._times.items()):
            while times and times[0] <= before:
                times.popleft()
            if not times:
                del self._times[account]

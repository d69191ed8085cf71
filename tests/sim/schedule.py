"""Virtual time: what is going to happen, in its order."""

from __future__ import annotations

import heapq
from itertools import count
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Schedule", "TimeStandsStill"]

MAX_AT_ONE_MOMENT: Final = 2000  # acts at one moment, beyond which something turns in circles


class TimeStandsStill(AssertionError):
    """Something turns in circles: it orders itself again and again for the same moment."""


class Schedule:
    """Acts to come. `now` is in seconds, true for everybody; clocks in the machines differ."""

    def __init__(self) -> None:
        self.now = 0.0
        self._acts: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()

    def at(self, when: float, act: Callable[[], None]) -> None:
        """Let `act` happen at second `when`, or now if that is past."""
        heapq.heappush(self._acts, (max(when, self.now), next(self._order), act))

    def after(self, delay: float, act: Callable[[], None]) -> None:
        """Let `act` happen `delay` seconds from now."""
        self.at(self.now + delay, act)

    def run_until(self, until: float) -> None:
        """Let everything happen that is due by second `until`.

        Raises:
            TimeStandsStill: far too much happens at one moment.
        """
        acts, at_once = self._acts, 0
        while acts and acts[0][0] <= until:
            when, _, act = heapq.heappop(acts)
            at_once = at_once + 1 if when == self.now else 0
            if at_once > MAX_AT_ONE_MOMENT:
                raise TimeStandsStill(f"at second {self.now:.3f}")
            self.now = when
            act()
        self.now = until

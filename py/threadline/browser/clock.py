"""`ports.Clock`, and randomness, from the page."""

from __future__ import annotations

import random
from typing import Final

from threadline.core.moment import Moment

from .ffi import host

__all__ = ["PageClock", "jitter"]

# The operating system's source: the state of any other generator would be part of the snapshot, and
# the same on every boot.
_SOURCE: Final = random.SystemRandom()


def jitter() -> float:
    """Return a draw from [0, 1)."""
    return _SOURCE.random()


class PageClock:
    """`performance.now`, `Date.now` and `setTimeout`."""

    def now(self) -> Moment:
        """Return both clocks, in seconds."""
        return Moment(monotonic=host.monotonic() / 1000.0, wall=host.now() / 1000.0)

    def arm(self, seconds: float) -> None:
        """Ring once, `seconds` from now; replaces what was armed."""
        host.armTimer(seconds * 1000.0)

    def disarm(self) -> None:
        """Do not ring."""
        host.disarmTimer()

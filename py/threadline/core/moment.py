"""A moment, by both clocks.

Ages and deadlines use the monotonic clock; what a person reads uses the wall clock. A laptop's
sleep shows as a wall clock that ran on while the monotonic one stood still, or as a timer that
rings late (sync.md 2.12).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Moment"]


@dataclass(frozen=True, slots=True)
class Moment:
    """Now.

    Attributes:
        monotonic: Seconds since an arbitrary start; never runs backwards.
        wall: Seconds since the epoch (UTC), by the person's clock, right or wrong.
    """

    monotonic: float
    wall: float

    def wall_at(self, deadline: float | None) -> float | None:
        """Return the wall time of the monotonic second `deadline`; None stays None."""
        return None if deadline is None else self.wall + (deadline - self.monotonic)

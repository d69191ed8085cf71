"""Time that passes when a test says so."""

from __future__ import annotations

from threadline.core.moment import Moment

from .builders import EPOCH

__all__ = ["Clock"]


class Clock:
    """Both clocks. They stand still until pushed."""

    def __init__(self) -> None:
        self.monotonic = 0.0
        self.wall = EPOCH

    def now(self) -> Moment:
        """Return the moment."""
        return Moment(self.monotonic, self.wall)

    def push(self, seconds: float) -> None:
        """Let both run on."""
        self.monotonic += seconds
        self.wall += seconds

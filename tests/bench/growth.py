"""Work per message as a session grows, in µs, by the pure core in this Python.

From a pushed frame (text, as the socket gives it) through decoding, validation and merging to what
a view shows whose reader is at the end, `Engine.handle` and `Engine.show`, and on to what follows
from it when the timer rings. Time goes on as when messages come one by one: whatever is due once
for many that come together is paid for by each. The budget says "at most like log n": from 100 to
100,000 messages, log n grows 2.5-fold.
"""

from __future__ import annotations

import gc
import math
from statistics import median
from time import perf_counter_ns
from typing import TYPE_CHECKING, Final

from tests.support.builders import EPOCH, iso, published, row
from tests.support.reader import tell_reading
from tests.support.world import World
from threadline.core.events import TextReceived, TimerRang
from threadline.core.settling import PAINT_FIRST
from threadline_build.bench_report import Row, absolute

if TYPE_CHECKING:
    from .plan import Plan

__all__ = ["measure"]

SIZES: Final = (100, 1_000, 10_000, 100_000)  # messages
SIZES_QUICK: Final = SIZES[:3]
SAMPLE: Final = 300  # messages measured one by one at each size
VIEW: Final = 1


def measure(plan: Plan) -> list[Row]:
    """Return the one row."""
    sizes = SIZES_QUICK if plan.quick else SIZES
    world = World()
    world.start()
    world.attach(VIEW, "s1")
    world.advance(1.0)  # joins the channel
    tell_reading(world, view=VIEW)
    session = _Growing(world)
    work: dict[int, float] = {}
    for size in sizes:
        session.grow_to(size)
        work[size] = session.sample()
    first, last = sizes[0], sizes[-1]
    told = ", ".join(f"{size:,}: {micros:.0f} µs" for size, micros in work.items())
    return [
        Row(
            "growth.core",
            f"work per message, from {first:,} to {last:,} messages",
            "x",
            None,
            work[last] / work[first],
            absolute(round(math.log(last) / math.log(first), 2), "x"),
            note=f"pure core in CPython, a frame and all that follows from it: {told}",
            details={"microseconds": {str(size): micros for size, micros in work.items()}},
        )
    ]


class _Growing:
    """A session on show that gets one message after the other.

    Args:
        world: With an engine that has joined the session's channel.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._socket = world.sockets[-1].number
        self._count = 0

    def grow_to(self, size: int) -> None:
        """Push messages until the session has so many."""
        while self._count < size:
            self._world.engine.handle(self._frame(), self._world.clock.now())
            self._world.clock.push(PAINT_FIRST)

    def sample(self) -> float:
        """Push some more, and return the median of the µs that one takes with all that follows.

        Raises:
            RuntimeError: The messages are not in the session.
        """
        engine, clock = self._world.engine, self._world.clock
        taken: list[int] = []
        gc.collect()
        for _ in range(SAMPLE):
            frame, now = self._frame(), clock.now()
            clock.push(PAINT_FIRST)
            later = clock.now()
            started = perf_counter_ns()
            engine.handle(frame, now)
            shown = engine.show(VIEW, now)
            engine.next_deadline()
            engine.handle(TimerRang(), later)
            engine.next_deadline()
            taken.append(perf_counter_ns() - started)
            if shown.messages[-1].sequence != self._count:
                raise RuntimeError(f"message {self._count} is not shown")
        return median(taken) / 1000

    def _frame(self) -> TextReceived:
        """Return the frame of the next message."""
        self._count += 1
        message = row(self._count, timestamp=iso(EPOCH + self._count / 1000))
        text = published(
            "new_message", {"type": "new_message", "sessionId": "s1", "message": message}
        )
        return TextReceived(self._socket, text)

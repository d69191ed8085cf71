"""The reading side, without a browser: what merging costs, and what a quiet client asks.

- `reading.merge`: µs to merge one message that is read (decoding and drawing left out) into a
  session of 100, 10,000 and 100,000 messages: `Generation.ingest`, half of them new and half of
  them changed. The row is the growth from the smallest to the largest; log n grows 2.5-fold.
- `reading.quiet`: requests in the last of ten quiet minutes with one session on show, on the kind
  of server that needs most of them.
"""

from __future__ import annotations

import gc
import math
from statistics import median
from time import perf_counter_ns
from typing import TYPE_CHECKING, Final

from tests.support.builders import EPOCH, iso, message
from tests.support.scripted_server import ScriptedServer
from tests.support.world import World
from threadline.core.generation import Generation
from threadline_build.bench_report import Row, absolute

if TYPE_CHECKING:
    from .plan import Plan

__all__ = ["measure"]

SIZES: Final = (100, 10_000, 100_000)  # messages
SIZES_QUICK: Final = SIZES[:2]
SAMPLE: Final = 500  # messages measured one by one at each size
QUIET_MINUTES: Final = 10
MAX_REQUESTS: Final = 3  # in a quiet minute (sync.md 2.17)


def measure(plan: Plan) -> list[Row]:
    """Return the rows."""
    return [_merge(SIZES_QUICK if plan.quick else SIZES), _quiet()]


def _merge(sizes: tuple[int, ...]) -> Row:
    generation = Generation()
    generation.transcript.claim_from(1)
    held = 0
    work: dict[int, float] = {}
    for size in sizes:
        for number in range(held + 1, size + 1):
            generation.ingest(message(number, rev=number), 0.0)
        work[size], held = _sample(generation, size)
    first, last = sizes[0], sizes[-1]
    told = ", ".join(f"{size:,}: {micros:.1f} µs" for size, micros in work.items())
    return Row(
        "reading.merge",
        f"merge of one message, from {first:,} to {last:,} messages",
        "x",
        None,
        work[last] / work[first],
        absolute(round(math.log(last) / math.log(first), 2), "x"),
        note=f"pure core in CPython: {told}",
        details={"microseconds": {str(size): micros for size, micros in work.items()}},
    )


def _sample(generation: Generation, held: int) -> tuple[float, int]:
    """Merge some more; return the median of the µs of one, and how many are held then."""
    taken: list[int] = []
    rev = generation.changes.highest + held
    gc.collect()
    for step in range(SAMPLE):
        if step % 2 == 0:
            held += 1
            news = message(held, rev=rev + step)
        else:
            news = message(held // 2, rev=rev + step, content="changed")
        started = perf_counter_ns()
        generation.ingest(news, 0.0)
        taken.append(perf_counter_ns() - started)
    if len(generation.transcript) != held:
        raise RuntimeError(f"{held} messages were merged, {len(generation.transcript)} are there")
    return median(taken) / 1000, held


def _quiet() -> Row:
    servers = {
        "with a change feed": ScriptedServer(),
        "with numbers": ScriptedServer(has_feed=False),
        "with the three calls": ScriptedServer(is_numbered=False, capabilities=()),
    }
    asked = {name: _last_minute(server) for name, server in servers.items()}
    told = ", ".join(f"{name}: {count}" for name, count in asked.items())
    return Row(
        "reading.quiet",
        f"requests in the last of {QUIET_MINUTES} quiet minutes, one session on show",
        "requests",
        None,
        float(max(asked.values())),
        absolute(MAX_REQUESTS, "requests"),
        note=f"in virtual time; {told}",
        details={"requests": asked},
    )


def _last_minute(server: ScriptedServer) -> int:
    world = World(server)
    for number in range(80):
        world.server.store("s1", f"text {number}", timestamp=iso(EPOCH - 1000 + number))
    world.start()
    world.attach()
    world.advance(60.0 * (QUIET_MINUTES - 1))
    before = len(server.requests)
    world.advance(60.0)
    return len(server.requests) - before

"""Single pushes, from the frame's arrival in the browser to the painted message, in ms.

Measured in the same way for both: on the extension's living WebSocket, in the page that holds it
(ours: the offscreen document; the peer's: the panel), the moment is noted before the extension
hears the frame; `probe.js` in the panel notes the moment in the task after the animation frame that
follows the change of the document. Both moments are `performance.timeOrigin + performance.now()` on
the same machine. The next push is made when the page has come to rest, as the messages of an agent
find it: two frames after a message Chrome draws once more by itself, and what comes just after that
waits for the next frame. A random part of a frame is added: otherwise the pushes would come in step
with the frames, each extension's at a phase of its own, and the luck of the phase would be
measured.

A first block of each is not counted: V8 compiles WebAssembly and JavaScript in tiers, and keeps
what it compiled in the profile. A person's profile has it; that of a benchmark, which is made anew,
has to come by it first.

The peer's log follows its end here (`?follow=1`), as ours does and every chat does. Left alone it
puts each message below what its log shows: a frame goes by in which nothing is drawn, and the
message is never painted. That is no measure of "painted", and flattered the peer by about a
quarter; it is measured all the same and told in the details as `peer, out of sight`. Each block
ends with a look whether the last message is in sight.
"""

from __future__ import annotations

import random
import time
from statistics import median
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from threadline_build.bench_report import (
    Row,
    percentile,
    spread,
    times_the_peer,
    within_the_peer,
)

from .arrivals import arrivals, listen

if TYPE_CHECKING:
    from .plan import Plan
    from .stage import App, Stage

__all__ = ["measure"]

PUSHES: Final = 240  # in all, for each extension
PUSHES_QUICK: Final = 200
WARM_UP: Final = 10  # pushes at the beginning of each block that are not counted
PUSHES_BEFORE: Final = 150  # of the block that is not counted: V8 compiles no more after about 100
REST: Final = 0.1  # seconds after a paint, within which all that follows from it has passed
FRAME: Final = 1 / 60  # seconds
OUT_OF_SIGHT: Final = "peer, out of sight"
PARTS: Final = ("received to changed", "changed to painted", "received to painted")


class Latency(NamedTuple):
    """One push: ms from its arrival to the document's change, and to the painted message."""

    changed: float
    painted: float


def measure(stage: Stage, plan: Plan) -> list[Row]:
    """Return the rows of the median and of the 95th percentile."""
    blocks = max(1, plan.runs)
    pushes = -(-(PUSHES_QUICK if plan.quick else PUSHES) // blocks)
    who = {"peer": stage.peer, OUT_OF_SIGHT: stage.peer, "ours": stage.ours}
    sessions = {name: stage.new_session(50) for name in who}
    figures: dict[str, list[Latency]] = {name: [] for name in who}
    for app in (stage.peer, stage.ours):
        _block(stage, app, stage.new_session(50), PUSHES_BEFORE, in_sight=True)
    for _ in range(blocks):
        for name, app in who.items():
            in_sight = name != OUT_OF_SIGHT
            figures[name] += _block(stage, app, sessions[name], pushes, in_sight=in_sight)
    peer, ours = ([one.painted for one in figures[name]] for name in ("peer", "ours"))
    unseen = median([one.painted for one in figures[OUT_OF_SIGHT]])
    details: dict[str, Any] = {name: _parts(latencies) for name, latencies in figures.items()}
    what = "push received to painted"
    return [
        Row(
            "push.median",
            f"{what}, median",
            "ms",
            median(peer),
            median(ours),
            times_the_peer(1.2),
            note="from the WebSocket's event to the task after the next animation frame, one clock;"
            f" a peer that never scrolls, and so paints nothing: {unseen:.1f} ms",
            details=details,
        ),
        Row(
            "push.p95",
            f"{what}, p95",
            "ms",
            percentile(peer, 0.95),
            percentile(ours, 0.95),
            within_the_peer(16, "ms"),
        ),
    ]


def _block(stage: Stage, app: App, session: str, pushes: int, *, in_sight: bool) -> list[Latency]:
    """Open a panel, push one message after the other into it, and return their latencies.

    Raises:
        RuntimeError: What was to be painted in sight is not.
    """
    follow = {"follow": "1"} if in_sight and app is stage.peer else {}
    faults = stage.server.faults
    phases = random.Random(len(session) + pushes)  # the same ones for both extensions
    with stage.live_panel(app, session, **follow) as page, stage.socket_target(app) as holder:
        before = int(page.evaluate("() => threadlineProbe.size()"))
        listen(holder, app.name)
        ids: list[str] = []
        for number in range(1, WARM_UP + pushes + 1):
            ids += [one["messageId"] for one in faults.add_messages(session, f"Push {number}")]
            page.evaluate("(count) => threadlineProbe.count(count)", before + number)
            time.sleep(REST + phases.uniform(0, FRAME))
        received = arrivals(holder)
        times = page.evaluate("(ids) => threadlineProbe.times(ids)", ids[WARM_UP:])
        if in_sight and not page.evaluate("(id) => threadlineProbe.inSight(id)", ids[-1]):
            raise RuntimeError(f"{app.name}: the last message is not in sight")
    return [
        Latency(changed - received[one], painted - received[one]) for one, changed, painted in times
    ]


def _parts(latencies: list[Latency]) -> dict[str, dict[str, float]]:
    """Return how the parts of the latencies lie."""
    changed = [one.changed for one in latencies]
    frame = [one.painted - one.changed for one in latencies]
    painted = [one.painted for one in latencies]
    return dict(zip(PARTS, map(spread, (changed, frame, painted)), strict=True))

"""1,000 messages pushed at once into a session of 10,000.

- `burst.time`: from the arrival of the first frame in the browser (as in `pushing.py`) to the paint
  of the last message, in s, all being received by then. The server's sending is in it, for both.
- `burst.task`: the longest task of the page that shows it, meanwhile, in ms, by the browser's own
  account of long tasks (`PerformanceObserver`); what is shorter than 50 ms is not told and counts
  as 0. The account leaves out tasks of other pages. Chrome runs all pages of an extension in one
  thread, so the engine's tasks hold up the view too: the note tells the longest pause between two
  animation frames of the view, which has both.
- `burst.nodes`: elements in our page with all 10,000 messages in the session, whatever it shows.

Our engine holds all 10,000 messages when the burst comes, because they were pushed while it showed
the session. The peer holds the newest 50 of 10,000, as it loads them: with all of them, its work
per message is so much larger that a run would take many minutes. So the ratio flatters the peer.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from threadline_build.bench_report import Row, absolute, spread, times_the_peer

from .arrivals import arrivals, listen

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from .plan import Plan
    from .stage import App, Stage

__all__ = ["fill", "measure"]

SESSION: Final = 10_000  # messages
SESSION_QUICK: Final = 3_000
BURST: Final = 1_000  # messages
MAX_NODES: Final = 5_000  # elements: a window of some hundred messages, and the panel around it


class Burst(NamedTuple):
    """One burst.

    Attributes:
        seconds: From the first frame's arrival to the last message's paint.
        receiving: From the first frame's arrival to the last one's, in seconds.
        task: The longest task of the page, in ms; 0 when none took 50 ms.
        pause: The longest time without an animation frame, in ms.
    """

    seconds: float
    receiving: float
    task: float
    pause: float


def measure(stage: Stage, plan: Plan) -> list[Row]:
    """Return the rows of the time and of the longest task."""
    size = SESSION_QUICK if plan.quick else SESSION
    sessions = {"peer": stage.new_session(size), "ours": stage.new_session(50)}
    with stage.live_panel(stage.ours, sessions["ours"]) as page:
        fill(stage, page, sessions["ours"], size - 50)
        nodes = int(page.evaluate("() => document.getElementsByTagName('*').length"))
    bursts: dict[str, list[Burst]] = {"peer": [], "ours": []}
    for _ in range(min(plan.runs, 3)):
        for app in stage.apps:
            bursts[app.name].append(_burst(stage, app, sessions[app.name]))
    peer, ours = bursts["peer"], bursts["ours"]
    details: dict[str, Any] = {
        name: {part: spread([getattr(one, part) for one in done]) for part in Burst._fields}
        for name, done in bursts.items()
    }
    return [
        Row(
            "burst.time",
            f"{BURST:,} pushed into a session of {size:,}",
            "s",
            median([one.seconds for one in peer]),
            median([one.seconds for one in ours]),
            times_the_peer(0.5),
            note=f"ours holds all {size:,} messages, the peer the newest 50 of them",
            details=details,
        ),
        Row(
            "burst.task",
            "longest task in the view meanwhile",
            "ms",
            max(one.task for one in peer),
            max(one.task for one in ours),
            absolute(50, "ms"),
            note="the worst run counts; 0: none of 50 ms or more; the longest pause between two"
            f" frames of the view was {_pauses(peer)} ms with the peer, {_pauses(ours)} ms with"
            " ours, whose engine shares the view's thread",
        ),
        Row(
            "burst.nodes",
            f"elements in the page, {size:,} messages in the session",
            "",
            None,
            float(nodes),
            absolute(MAX_NODES, ""),
        ),
    ]


def _pauses(bursts: list[Burst]) -> str:
    """Return the median and the worst of the longest pauses, as words."""
    pauses = [one.pause for one in bursts]
    return f"{median(pauses):.0f} (worst {max(pauses):.0f})"


def fill(stage: Stage, page: Page, session: str, messages: int) -> None:
    """Push messages into a session on show, in lots, each awaited to the end."""
    while messages > 0:
        lot = min(messages, BURST)
        pushed = stage.server.faults.add_messages(session, "Filling", count=lot)
        page.evaluate("(id) => threadlineProbe.message(id)", pushed[-1]["messageId"])
        messages -= lot


def _burst(stage: Stage, app: App, session: str) -> Burst:
    """Open a panel, push the burst, wait for its end, and return what it took."""
    with stage.live_panel(app, session) as page, stage.socket_target(app) as holder:
        listen(holder, app.name)
        page.evaluate("() => threadlineProbe.watchFrames()")
        pushed = stage.server.faults.add_messages(session, "Burst", count=BURST)
        last = pushed[-1]["messageId"]
        page.evaluate("(id) => threadlineProbe.message(id)", last)
        frames: list[float] = page.evaluate("() => threadlineProbe.frames()")
        received = arrivals(holder)
        [[_, _, painted]] = page.evaluate("(ids) => threadlineProbe.times(ids)", [last])
        tasks: list[tuple[float, float]] = page.evaluate("() => threadlineProbe.tasks()")
    lost = len(pushed) - len(received)
    if lost:
        raise RuntimeError(f"{app.name}: {lost} of {len(pushed)} frames did not arrive")
    first, final = min(received.values()), max(received.values())
    pauses = [after - before for before, after in pairwise(frames)]
    return Burst(
        seconds=(painted - first) / 1000,
        receiving=(final - first) / 1000,
        task=max((long for start, long in tasks if first <= start + long), default=0.0),
        pause=max(pauses, default=0.0),
    )

"""Opening the panel on a session of 50 messages, from the beginning of the navigation, in ms.

- `open.running`: our engine runs and has shown the session before; until 50 messages from the
  engine are painted. The peer: until 50 messages are painted.
- `open.cached`, `open.live`: our engine does not run; until 50 messages from the view's own cache
  are painted, and until 50 messages from the engine are painted and the channel is joined. The peer
  as above, and until it has joined its channel as well.

The panel is opened as a tab of the popup's size: the same document as in the popup, without the
animation of Chrome's bubble, for both.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

from threadline_build.bench_report import Row, spread, times_the_peer

if TYPE_CHECKING:
    from .plan import Plan
    from .stage import App, Stage

__all__ = ["measure"]

MESSAGES: Final = 50

Marks = dict[str, float]


def measure(stage: Stage, plan: Plan) -> list[Row]:
    """Return the three rows."""
    session = stage.new_session(MESSAGES)
    for app in stage.apps:  # the first opening compiles scripts and fills our cache
        _open(stage, app, session)
    peer: list[Marks] = []
    running: list[Marks] = []
    cold: list[Marks] = []
    for _ in range(plan.runs):
        peer.append(_open(stage, stage.peer, session))
        running.append(_open(stage, stage.ours, session))
        stage.end_engine()
        cold.append(_open(stage, stage.ours, session))
    return [
        _row("running", "open, engine running, 50 messages", (peer, running), "engine", 0.8),
        _row("cached", "open, engine not running: cached text", (peer, cold), "text", 0.8),
        _row("live", "open, engine not running: live", (peer, cold), "live", 8.0, "; aim 4 x"),
    ]


def _open(stage: Stage, app: App, session: str) -> Marks:
    """Open a panel, wait until it is live, and return all its marks."""
    with stage.live_panel(app, session) as page:
        marks: Marks = page.evaluate("() => threadlineProbe.marks()")
    return marks


def _row(
    part: str,
    what: str,
    figures: tuple[list[Marks], list[Marks]],
    mark: str,
    ratio: float,
    aim: str = "",
) -> Row:
    """Return one row over one mark."""
    peer, ours = ([marks[mark] for marks in one] for one in figures)
    return Row(
        name=f"open.{part}",
        what=what,
        unit="ms",
        peer=median(peer),
        ours=median(ours),
        budget=times_the_peer(ratio, aim),
        details={
            "peer": spread(peer),
            "ours": spread(ours),
            "ours by mark": {
                name: median([marks[name] for marks in figures[1]]) for name in figures[1][0]
            },
        },
    )

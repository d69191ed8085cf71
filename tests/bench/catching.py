"""1,000 messages that push did not bring, caught up with from REST.

- `catching.up`: from the moment at which the browser says that the network is back to the paint of
  the last of 400 missed messages, in s. All of them are fetched.
- `catching.far`: the same with 1,000. That is more than is fetched one by one (500): the newest
  page is read, and the rest on demand; the newest page has a second (sync.md fault 57).

The peer reads nothing after a reconnect, so there is nothing to compare with.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

from threadline_build.bench_report import Budget, Row, absolute, no_budget, spread

if TYPE_CHECKING:
    from .plan import Plan
    from .stage import Stage

__all__ = ["measure"]

NEAR: Final = 400  # messages, fewer than `threadline.core.holes.MAX_MISSING`
FAR: Final = 1_000  # messages
LIMIT: Final = 1.0  # seconds to the newest page


def measure(stage: Stage, plan: Plan) -> list[Row]:
    """Return the rows."""
    return [
        _row(stage, plan, "up", NEAR, no_budget(), "all are fetched"),
        _row(stage, plan, "far", FAR, absolute(LIMIT, "s"), "the newest page; the rest on demand"),
    ]


def _row(stage: Stage, plan: Plan, part: str, missed: int, budget: Budget, note: str) -> Row:
    seconds = [_once(stage, missed) for _ in range(plan.runs)]
    return Row(
        f"catching.{part}",
        f"{missed:,} missed messages, from REST to screen",
        "s",
        None,
        median(seconds),
        budget,
        note=note,
        details={"ours": spread(seconds)},
    )


def _once(stage: Stage, missed: int) -> float:
    """Let a live panel miss messages, say that the network is back, and return what it took."""
    session = stage.new_session(50)
    with stage.live_panel(stage.ours, session) as page, stage.socket_target(stage.ours) as engine:
        added = stage.server.faults.add_messages(session, "Missed", count=missed, push=False)
        last = added[-1]["messageId"]
        begun = float(
            engine.evaluate(
                "(() => { dispatchEvent(new Event('online'));"
                " return performance.timeOrigin + performance.now(); })()"
            )
        )
        page.evaluate("(id) => threadlineProbe.message(id)", last)
        [[_, _, painted]] = page.evaluate("(ids) => threadlineProbe.times(ids)", [last])
    return (float(painted) - begun) / 1000

"""Starting Python in a page, from the first import to readiness, in ms; for information.

- plain: Pyodide as published, with the wheels of pydantic, until pydantic has validated something;
- `boot.direct`: our engine from the memory snapshot, until it runs, as the offscreen document does;
- `boot.pyscript`: the same through PyScript, as a panel page does that holds the engine.

Each in a fresh page of the same process, one after the other. Plain stands in the peer's place.
"""

from __future__ import annotations

import json
from statistics import median
from typing import TYPE_CHECKING, Final

from playwright.sync_api import expect

from threadline_build.bench_report import Row, no_budget, spread

from .stage import LIMIT

if TYPE_CHECKING:
    from .plan import Plan
    from .stage import Stage

__all__ = ["measure"]

WAYS: Final = ("plain", "direct", "pyscript")


def measure(stage: Stage, plan: Plan) -> list[Row]:
    """Return the two rows."""
    taken: dict[str, list[float]] = {way: [] for way in WAYS}
    stage.end_engine()
    for run in range(plan.runs + 1):
        for way in WAYS:
            milliseconds = _boot(stage, way)
            if run > 0:  # the first one compiles
                taken[way].append(milliseconds)
    plain = median(taken["plain"])
    words = {"direct": "engine started directly", "pyscript": "engine started through PyScript"}
    return [
        Row(
            f"boot.{way}",
            f"{what} / plain Pyodide",
            "ms",
            plain,
            median(taken[way]),
            no_budget(),
            note="the peer's column is plain Pyodide with pydantic" if way == "direct" else "",
            details={one: spread(taken[one]) for one in ("plain", way)},
        )
        for way, what in words.items()
    ]


def _boot(stage: Stage, way: str) -> float:
    """Boot in a fresh page and return the ms that it took.

    Raises:
        RuntimeError: It failed, or did not go the way that was asked for.
    """
    page = stage.context.new_page()
    try:
        page.goto(f"{stage.ours.origin}/boot.html?way={way}")
        output = page.locator("output")
        expect(output).not_to_be_empty(timeout=LIMIT)
        told = json.loads(output.text_content() or "{}")
    finally:
        page.close()
    wanted = "plain" if way == "plain" else "snapshot"
    if told.get("kind") != wanted:
        raise RuntimeError(f"boot {way}: {told}")
    return float(told["milliseconds"])

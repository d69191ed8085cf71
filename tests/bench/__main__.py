"""`python -m tests.bench MEASUREMENT...`: makes the measurements and prints what they say.

`build.py bench` is the command for people; it sees to what has to be there first.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from threadline_build.bench import MEASUREMENTS, WITHOUT_BROWSER
from threadline_build.bench_report import as_json, table
from threadline_build.places import Places
from threadline_build.progress import say, step

from . import (
    boot,
    builds,
    burst,
    catching,
    growth,
    keys,
    line,
    memory,
    opening,
    pushing,
    reading,
    recovering,
    sending,
)
from .plan import Plan
from .stage import stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from threadline_build.bench_report import Row

    from .stage import Stage

__all__ = ["main"]

RUNS: Final = 10  # of five the medians of openings differ by a tenth from time to time
RUNS_QUICK: Final = 2
ROOT: Final = Path(__file__).parents[2]

IN_BROWSER: Final[dict[str, Callable[[Stage, Plan], list[Row]]]] = {
    "open": opening.measure,
    "push": pushing.measure,
    "burst": burst.measure,
    "catching": catching.measure,
    "sending": sending.measure,
    "keys": keys.measure,
    "memory": memory.measure,
    "boot": boot.measure,
}


def main(arguments: Sequence[str]) -> int:
    """Measure, print, write, and return 0 when everything could be measured."""
    parser = argparse.ArgumentParser(prog="tests.bench", allow_abbrev=False)
    parser.add_argument("measurements", nargs="+", choices=MEASUREMENTS)
    parser.add_argument("--runs", type=int)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(arguments)
    plan = Plan(options.runs or (RUNS_QUICK if options.quick else RUNS), options.quick)
    places = Places.of(ROOT)
    rows: list[Row] = []
    failed: list[str] = []
    for name, measure in _measurements(places, plan, options.measurements):
        try:
            with step(f"measuring {name}"):
                rows += measure()
        except Exception:
            failed.append(name)
            traceback.print_exc()
    rows.sort(key=lambda row: MEASUREMENTS.index(row.name.partition(".")[0]))
    say("\n" + table(rows) + "\n")
    report = as_json(
        rows,
        quick=plan.quick,
        runs=plan.runs,
        failed=failed,
        cores=os.cpu_count(),
        machine=platform.machine(),
    )
    if options.json is None:
        say(json.dumps(report))
    else:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        say(f"The figures and what they are made of are in {options.json}")
    for name in failed:
        say(f"NOT MEASURED: {name}")
    return 1 if failed else 0


def _measurements(
    places: Places, plan: Plan, wanted: Sequence[str]
) -> Iterator[tuple[str, Callable[[], list[Row]]]]:
    """Yield the measurements with their names; the browser runs only while it is needed."""
    if "growth" in wanted:
        yield "growth", partial(growth.measure, plan)
    if "line" in wanted:
        yield "line", line.measure
    if "reading" in wanted:
        yield "reading", partial(reading.measure, plan)
    if "recovery" in wanted:
        yield "recovery", partial(recovering.measure, plan)
    if "build" in wanted:
        yield "build", partial(builds.measure, places, plan)
    inside = [name for name in IN_BROWSER if name in wanted and name not in WITHOUT_BROWSER]
    if not inside:
        return
    with stage(places) as running:
        for name in inside:
            yield name, partial(IN_BROWSER[name], running, plan)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

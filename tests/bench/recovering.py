"""The way back, without a browser: seconds from the end of all faults until all is equal.

Measured in the simulation, in its virtual time: whole engines, a storm of 15 to 45 s in which
everything goes wrong that the profile has, then none. Equal is what the simulation calls so: every
list on show is as the server has it, nothing waits to be sent, the windows are alike, and every
badge says "live".

What is measured are the waits that the rules ask for, and no machine's speed: the probe's pace, the
pauses between tries, the time in which a late commit may still come. The tail is a text whose
request was lost at the very end: a server may answer after a minute, and half a minute more is the
text looked for before it is sent again.

`steady` is told in the details alone: it ends with an edit that nobody tells of, which the re-read
finds that comes every five minutes.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any, Final

from tests.sim.campaign import campaign
from tests.sim.network import LATENCY
from tests.sim.profiles import PROFILES
from threadline.core.backoff import MAX_REQUEST_DELAY
from threadline.core.holes import SETTLE
from threadline.core.outbox import LOOK_LIMIT
from threadline.core.polling import PROBE_INTERVAL
from threadline.core.rest import INTERACT_TIMEOUT
from threadline_build.bench_report import Row, absolute, percentile

if TYPE_CHECKING:
    from .plan import Plan

__all__ = ["measure"]

FIRST_SEED: Final = 1
SEEDS: Final = 50  # of each profile
SEEDS_QUICK: Final = 10
PASSAGES: Final = 6.0 * LATENCY[1]  # seconds: three times there and back
# sync.md L4, in seconds: what a list may need, and a text of which nobody knows whether it arrived.
LIST_BOUND: Final = PROBE_INTERVAL + 2.0 * MAX_REQUEST_DELAY + 2.0 * SETTLE + PASSAGES
TEXT_BOUND: Final = INTERACT_TIMEOUT + LOOK_LIMIT + SETTLE + PASSAGES


def measure(plan: Plan) -> list[Row]:
    """Return the rows of the median and of the 99th percentile.

    Raises:
        RuntimeError: a run did not become equal; `build.py simulate` tells which, and why.
    """
    seeds = SEEDS_QUICK if plan.quick else SEEDS
    reports = campaign(list(PROFILES), first_seed=FIRST_SEED, seeds=seeds)
    failed = [
        f"{one.plan.profile} {one.plan.seed}"
        for report in reports.values()
        for one in report.failed
    ]
    if failed:
        raise RuntimeError(f"not equal again, or an invariant broke: {', '.join(failed)}")
    waits = {name: report.equal_after for name, report in reports.items()}
    counted = [
        wait for name, some in waits.items() if not PROFILES[name].ends_with_edit for wait in some
    ]
    told = ", ".join(
        f"{name} {median(some):.0f} / {percentile(some, 0.99):.0f}" for name, some in waits.items()
    )
    details: dict[str, Any] = {"seconds": waits}
    what = "from the end of all faults until all is equal"
    return [
        Row(
            "recovery.median",
            f"{what}, median",
            "s",
            None,
            median(counted),
            absolute(PROBE_INTERVAL + SETTLE, "s"),
            note=f"virtual time, {len(counted)} runs; median / p99 of {told}",
            details=details,
        ),
        Row(
            "recovery.p99",
            f"{what}, p99",
            "s",
            None,
            percentile(counted, 0.99),
            absolute(round(max(LIST_BOUND, TEXT_BOUND)), "s"),
        ),
    ]

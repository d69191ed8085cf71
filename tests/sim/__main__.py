"""`python -m tests.sim`: what `build.py simulate` runs."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from .campaign import campaign, run_named
from .profiles import PROFILES
from .shrinking import command, shrink
from .simulation import Outcome, Plan
from .variants import VARIANTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .campaign import Report

SHOWN = 5  # failing runs of a profile that are cut down and printed


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for; return 1 when an invariant did not hold."""
    options = _parse(arguments)
    profiles = [options.profile] if options.profile else list(PROFILES)
    if options.seed is not None:
        return max(_replay(options, name) for name in profiles)
    first = int(time.time()) if options.first_seed is None else options.first_seed
    print(f"seeds from {first} on; profiles {', '.join(profiles)}", flush=True)
    reports = campaign(
        profiles,
        first_seed=first,
        seeds=options.seeds,
        seconds=options.seconds,
        variant=options.variant,
        jobs=options.jobs,
    )
    for report in reports.values():
        _print(report, options.variant)
    return int(any(report.failed for report in reports.values()))


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="build.py simulate", allow_abbrev=False)
    parser.add_argument("--profile", choices=list(PROFILES))
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--first-seed", type=int)
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--variant", choices=list(VARIANTS))
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--without", default="")
    parser.add_argument("--acts")
    parser.add_argument("--browsers", type=int)
    return parser.parse_args(arguments)


def _replay(options: argparse.Namespace, profile: str) -> int:
    """Run one seed and tell what happened."""
    acts = None
    if options.acts is not None:
        acts = frozenset(int(one) for one in options.acts.split(",") if one)
    without = frozenset(one for one in options.without.split(",") if one)
    outcome = run_named(
        Plan(profile, options.seed, without, acts, options.browsers), options.variant
    )
    print(f"{profile} {options.seed}: trace {outcome.trace}, faults {', '.join(outcome.faults)}")
    for act in outcome.acts:
        if acts is None or act.number in acts:
            print(f"  {act.at:7.3f} s  act {act.number}: {act.kind} ({act.draw:.4f})")
    print(outcome.problem or f"equal after {outcome.equal_after:.1f} s of peace")
    return int(outcome.problem is not None)


def _print(report: Report, variant: str | None) -> None:
    print(
        f"{report.profile}: {report.runs} runs, {len(report.failed)} failed; "
        f"{report.messages} messages, {report.steps} steps, "
        f"{report.cpu / max(1, report.runs):.3f} s of CPU a run; equal after "
        f"p50 {report.quantile(0.5):.1f} s, p99 {report.quantile(0.99):.1f} s, "
        f"max {report.quantile(1.0):.1f} s"
    )
    print("  " + ", ".join(f"{what} {count}" for what, count in sorted(report.counts.items())))
    patches = () if variant is None else VARIANTS[variant].patches()
    for outcome in report.failed[:SHOWN]:
        _print_failure(shrink(outcome, patches), outcome, variant)


def _print_failure(smaller: Outcome, outcome: Outcome, variant: str | None) -> None:
    print(f"  seed {outcome.plan.seed}: {outcome.problem}")
    print(f"    cut down: {smaller.problem}")
    print(f"    {command(smaller.plan, variant)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

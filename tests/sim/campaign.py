"""Many runs: seeds shared out to processes, what they found, and what they reached."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from concurrent.futures import (
    FIRST_COMPLETED,
    Future,
    ProcessPoolExecutor,
    as_completed,
    wait,
)
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .simulation import Outcome, Plan, run
from .variants import VARIANTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Report", "campaign", "run_named"]

BATCH = 5  # seeds handed to a process at once
AHEAD = 2  # batches for each process that are handed out at a time: more would outlast the seconds


@dataclass
class Report:
    """What came of one profile's runs.

    Attributes:
        failed: The runs in which an invariant did not hold.
        equal_after: Seconds of peace until all was equal, of every other run, ascending.
        cpu: Seconds of processor time.
    """

    profile: str
    runs: int = 0
    failed: list[Outcome] = field(default_factory=list)
    equal_after: list[float] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    messages: int = 0
    cpu: float = 0.0

    def add(self, outcome: Outcome, cpu: float) -> None:
        """Take one run in."""
        self.runs += 1
        self.counts.update(outcome.counts)
        self.steps += outcome.steps
        self.messages += outcome.messages
        self.cpu += cpu
        if outcome.problem is not None or outcome.equal_after is None:
            self.failed.append(outcome)
        else:
            self.equal_after.append(outcome.equal_after)

    def quantile(self, share: float) -> float:
        """Return the seconds within which this share of the runs were equal."""
        ordered = sorted(self.equal_after)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def run_named(plan: Plan, variant: str | None = None) -> Outcome:
    """Run a plan, with a planted defect by its name."""
    return run(plan, () if variant is None else VARIANTS[variant].patches())


def campaign(
    profiles: Sequence[str],
    *,
    first_seed: int,
    seeds: int,
    seconds: float = 0.0,
    variant: str | None = None,
    jobs: int | None = None,
) -> dict[str, Report]:
    """Run every profile with at least `seeds` seeds, and with more while `seconds` are left.

    Args:
        profiles: Which.
        first_seed: The others follow it.
        seeds: For each profile.
        seconds: Of real time, for all of them together.
        variant: A planted defect, by name.
        jobs: Processes; as many as there are processors by default.
    """
    reports = {name: Report(name) for name in profiles}
    work = _work(profiles, first_seed, seeds, time.monotonic() + seconds, variant)
    processes = jobs or multiprocessing.cpu_count()
    if processes == 1:
        for outcomes in map(_perform, work):
            _collect(reports, outcomes)
        return reports
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        under_way: set[Future[list[tuple[Outcome, float]]]] = set()
        for batch in work:
            under_way.add(pool.submit(_perform, batch))
            if len(under_way) < AHEAD * processes:
                continue
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for one in done:
                _collect(reports, one.result())
        for one in as_completed(under_way):
            _collect(reports, one.result())
    return reports


Batch = tuple[str, int, int, str | None]


def _work(
    profiles: Sequence[str], first: int, seeds: int, until: float, variant: str | None
) -> Iterator[Batch]:
    done = 0
    while done < seeds or time.monotonic() < until:
        for profile in profiles:
            count = BATCH if done >= seeds else min(BATCH, seeds - done)
            yield profile, first + done, count, variant
        done += BATCH


def _perform(batch: Batch) -> list[tuple[Outcome, float]]:
    profile, first, count, variant = batch
    outcomes = []
    for seed in range(first, first + count):
        before = time.process_time()
        outcome = run_named(Plan(profile, seed), variant)
        outcomes.append((outcome, time.process_time() - before))
    return outcomes


def _collect(reports: dict[str, Report], batch: list[tuple[Outcome, float]]) -> None:
    for outcome, cpu in batch:
        reports[outcome.plan.profile].add(outcome, cpu)

"""The simulation: runs are functions of their seeds, and no seed breaks an invariant."""

from __future__ import annotations

import os
import time

import pytest

from .campaign import campaign
from .profiles import PROFILES
from .shrinking import command, shrink
from .simulation import Plan, run

SEEDS = 100  # of each profile, new ones each time
SECONDS = 240.0 if os.environ.get("CI") else 0.0  # for all profiles together; more seeds meanwhile


@pytest.mark.parametrize("profile", list(PROFILES))
def test_the_same_seed_gives_the_same_trace(profile: str) -> None:
    """A run that cannot be repeated cannot be mended."""
    first, second = run(Plan(profile, 11)), run(Plan(profile, 11))

    assert first == second
    assert first.trace != run(Plan(profile, 12)).trace


def test_no_invariant_breaks() -> None:
    """Whole engines in a hostile world, with seeds that nobody has seen before."""
    first_seed = int(time.time())

    reports = campaign(list(PROFILES), first_seed=first_seed, seeds=SEEDS, seconds=SECONDS)

    failed = [outcome for report in reports.values() for outcome in report.failed]
    told = [f"{one.problem}\n  {command(shrink(one).plan)}" for one in failed[:3]]
    assert not failed, f"seeds from {first_seed} on: " + "\n".join(told)
    assert all(report.runs >= SEEDS for report in reports.values())

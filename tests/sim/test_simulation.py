"""The simulation: runs are functions of their seeds, and no seed breaks an invariant."""

from __future__ import annotations

import pytest

from .campaign import campaign
from .profiles import PROFILES
from .seeds import first_seed
from .shrinking import command, shrink
from .simulation import Plan, run
from .sometimes import SOMETIMES

# Seeds in which an invariant once broke, with two browsers: none may break again.
CORPUS = (
    ("hostile", 1),
    ("hostile", 6),
    ("hostile", 13),
    ("hostile", 14),
    ("hostile", 21),
    ("hostile", 100),
    ("hostile", 700_000),
    ("hostile", 2_000_012),
    ("hostile", 3_000_004),
    ("hostile", 9_000_015),
    ("hostile", 10_000_019),
    ("hostile", 10_000_026),
    ("hostile", 10_000_337),
    ("hostile", 10_001_341),
    ("hostile", 11_031_004),
    ("reconnect", 10_000_057),
    ("reconnect", 11_031_019),
    ("no-refetch", 11_032_014),
    ("no-refetch", 11_032_129),
    ("no-refetch", 11_032_044),
    ("no-refetch", 12_001_484),
    ("no-refetch", 4),
    ("backup", 6),
    ("backup", 16),
    ("backup", 5042),
    ("backup", 8_000_266),
    ("backup", 8_000_312),
    ("backup", 14_000_173),
    ("backup", 14_001_241),
    ("backup", 14_001_697),
    ("reconnect", 5056),
    ("reconnect", 9027),
    ("reconnect", 8_000_244),
    ("reconnect", 14_000_403),
    ("crash", 32),
    ("crash", 9037),
    ("crash", 12_000_025),
    ("crash", 12_001_402),
    ("crash", 1795779481),
    ("push", 1795840921),
)

SEEDS = 100  # of each profile, new ones for every change


@pytest.mark.parametrize("profile", list(PROFILES))
def test_the_same_seed_gives_the_same_trace(profile: str) -> None:
    """A run that cannot be repeated cannot be mended."""
    first, second = run(Plan(profile, 11)), run(Plan(profile, 11))

    assert first == second
    assert first.trace != run(Plan(profile, 12)).trace


@pytest.mark.parametrize(("profile", "seed"), CORPUS)
def test_an_old_failure_stays_mended(profile: str, seed: int) -> None:
    """Whatever the script is made of these seeds today, nothing may break in it."""
    assert run(Plan(profile, seed, browsers=2)).problem is None


def test_no_invariant_breaks() -> None:
    """Whole engines in a hostile world, with seeds that nobody has seen before this change."""
    first = first_seed()

    reports = campaign(list(PROFILES), first_seed=first, seeds=SEEDS)

    failed = [outcome for report in reports.values() for outcome in report.failed]
    told = [f"{one.problem}\n  {command(shrink(one).plan)}" for one in failed[:3]]
    assert not failed, f"seeds from {first} on: " + "\n".join(told)
    assert all(report.runs == SEEDS for report in reports.values())
    happened = {what for report in reports.values() for what in report.counts}
    assert [what for what in SOMETIMES if what not in happened] == []

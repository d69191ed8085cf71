"""Every planted defect is found: by a profile, or in a scene made for it (sync.md 2.19)."""

from __future__ import annotations

from typing import Final

import pytest

from .campaign import run_named
from .profiles import PROFILES
from .scenarios import SCENARIOS, play
from .simulation import Plan
from .variants import VARIANTS
from .watch import Violation

# Seeds in which an invariant breaks. `build.py simulate --variant NAME` finds others, when these no
# longer do.
KILLED_BY: Final = {
    "max-watermark": ("hostile", 2),
    "exclusive-since": ("live", 2),
    "no-overlap": ("live", 4),
    "tie-skip": ("live", 4),
    "no-tail-probe": ("live", 138),
    "void-on-first-miss": ("push", 6),
    "arrival-order": ("push", 7),
    "outbox-after-failure": ("hostile", 0),
    "sent-before-noted": ("hostile", 2),
    "new-key-per-try": ("hostile", 0),
    "blind-late-resend": ("live", 2),
    "parallel-sends": ("hostile", 0),
    "echo-dropped-on-ack": ("live", 7),
    "no-reset-detection": ("backup", 1),
    "inflight-persisted": ("crash", 4),
    "no-ghost-check": ("backup", 1),
    "head-back-resets": ("backup", 1),
    "roadmap": ("live", 0),
    "single-look": ("live", 38),
    "early-look-up": ("live", 45),
    "no-wake-catch-up": ("sleep", 31),
    "no-reconcile-sweep": ("steady", 2),
    "hole-timer-volatile": ("crash", 1),
}


def test_every_defect_is_accounted_for() -> None:
    """A defect that nobody finds is a question to the simulation."""
    assert KILLED_BY.keys() | SCENARIOS.keys() == VARIANTS.keys()
    assert not KILLED_BY.keys() & SCENARIOS.keys()


@pytest.mark.parametrize("name", list(KILLED_BY))
def test_a_defect_is_found(name: str) -> None:
    """With the seed it is known to break in; without it that seed is fine."""
    profile, seed = KILLED_BY[name]
    plan = Plan(profile, seed, browsers=2)

    assert profile in PROFILES
    assert run_named(plan, name).problem is not None
    assert run_named(plan).problem is None


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_a_defect_is_found_in_its_scene(name: str) -> None:
    """Without it the scene ends well."""
    play(name)
    with pytest.raises(Violation):
        play(name, VARIANTS[name].patches)

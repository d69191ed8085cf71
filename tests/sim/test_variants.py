"""Every planted defect is found by a profile, or what hides it is said (sync.md 2.19)."""

from __future__ import annotations

from typing import Final

import pytest

from .campaign import run_named
from .profiles import PROFILES
from .simulation import Plan
from .variants import VARIANTS

# Seeds in which an invariant breaks. `build.py simulate --variant NAME` finds others, when these no
# longer do.
KILLED_BY: Final = {
    "max-watermark": ("hostile", 0),
    "exclusive-since": ("live", 2),
    "no-overlap": ("live", 4),
    "tie-skip": ("live", 4),
    "no-tail-probe": ("live", 35),
    "void-on-first-miss": ("push", 3),
    "hard-voids": ("backup", 1),
    "arrival-order": ("live", 3),
    "outbox-after-failure": ("hostile", 0),
    "new-key-per-try": ("hostile", 0),
    "blind-late-resend": ("live", 14),
    "parallel-sends": ("hostile", 0),
    "echo-dropped-on-ack": ("live", 6),
    "no-reset-detection": ("backup", 1),
    "inflight-persisted": ("crash", 2),
    "no-ghost-check": ("backup", 4),
    "head-back-resets": ("backup", 1),
    "roadmap": ("live", 0),
    "single-look": ("live", 5),
    "draw-by-id-only": ("backup", 22),
    "early-look-up": ("hostile", 10),
}

# Those that something else makes harmless, and the test that would miss them all the same.
HIDDEN: Final = {
    "read-before-subscribe": "the second look comes after the join: unit/core/test_pushes.py",
    "drop-early-edits": "a change whose message is not here is read soon: test_transcript.py",
    "no-reconcile-sweep": "catch-up and the feed read it before: unit/core/test_agenda.py",
    "no-wake-catch-up": "the probe is due after a sleep: spec/test_message_scenarios.py",
    "watermark-persisted-first": "coverage counts its records: unit/core/test_stored_session.py",
    "void-recheck-volatile": "catch-up at the start reads below it: unit/core/test_saving.py",
}

# In the catalogue and not plantable: there is nothing in the code that could be left out.
NOT_PLANTED: Final = {
    "hole-timer-volatile": "no timer is stored: a restored session watches its holes, and catches "
    "up in the same step (unit/core/test_storing.py)",
}


def test_every_defect_is_accounted_for() -> None:
    """A defect that nobody finds is a question to the simulation."""
    assert KILLED_BY.keys() | HIDDEN.keys() == VARIANTS.keys()
    assert not KILLED_BY.keys() & HIDDEN.keys()
    assert not NOT_PLANTED.keys() & VARIANTS.keys()


@pytest.mark.parametrize("name", list(KILLED_BY))
def test_a_defect_is_found(name: str) -> None:
    """With the seed it is known to break in; without it that seed is fine."""
    profile, seed = KILLED_BY[name]
    plan = Plan(profile, seed)

    assert profile in PROFILES
    assert run_named(plan, name).problem is not None
    assert run_named(plan).problem is None

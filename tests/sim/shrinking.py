"""Cuts a failing run down to what it needs: fewer faults, then fewer acts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .simulation import Outcome, Plan, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from .profiles import Patch

__all__ = ["command", "shrink"]


def shrink(outcome: Outcome, patches: tuple[Patch, ...] = (), limit: int = 150) -> Outcome:
    """Return a smaller run in which the same invariant does not hold.

    Args:
        outcome: Of the run that failed.
        patches: What it was run with.
        limit: Runs to spend on it.
    """
    left = limit
    wanted = _invariant(outcome)

    def fails(plan: Plan) -> Outcome | None:
        nonlocal left
        left -= 1
        tried = run(plan, patches)
        return tried if tried.problem is not None and _invariant(tried) == wanted else None

    best = _without_faults(outcome, fails)
    if best.plan.acts is None:
        everything = frozenset(act.number for act in best.acts)
        best = replace(best, plan=replace(best.plan, acts=everything))
    size = max(1, len(best.plan.acts or ()) // 2)
    while left > 0:
        smaller = _without_some(best, size, fails)
        if smaller is not None:
            best = smaller
        elif size == 1:
            break
        else:
            size = max(1, size // 2)
    return best


def command(plan: Plan, variant: str | None = None) -> str:
    """Return the line that runs `plan` again."""
    words = f"python3 build.py simulate --profile {plan.profile} --seed {plan.seed}"
    if variant is not None:
        words += f" --variant {variant}"
    if plan.browsers is not None:
        words += f" --browsers {plan.browsers}"
    if plan.without:
        words += f' --without "{",".join(sorted(plan.without))}"'
    if plan.acts is not None:
        words += f' --acts "{",".join(map(str, sorted(plan.acts)))}"'
    return words


def _without_faults(outcome: Outcome, fails: Callable[[Plan], Outcome | None]) -> Outcome:
    best = outcome
    for fault in outcome.faults:
        plan = replace(best.plan, without=best.plan.without | {fault})
        best = fails(plan) or best
    return best


def _without_some(
    best: Outcome, size: int, fails: Callable[[Plan], Outcome | None]
) -> Outcome | None:
    acts = sorted(best.plan.acts or ())
    for start in range(0, len(acts), size):
        kept = frozenset(acts[:start] + acts[start + size :])
        smaller = fails(replace(best.plan, acts=kept))
        if smaller is not None:
            return smaller
    return None


def _invariant(outcome: Outcome) -> str:
    return (outcome.problem or "").partition(":")[0]

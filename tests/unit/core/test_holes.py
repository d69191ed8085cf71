"""`core.holes`: every missing number has a deadline, or is said to be stuck."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threadline.core.holes import GRACE, SETTLE, Holes


@pytest.fixture
def holes() -> Holes:
    """Return a set of holes without jitter."""
    return Holes(lambda: 0.0)


def due(holes: Holes) -> float | None:
    """Return the second of the next look."""
    return holes.due


def test_a_new_hole_may_close_by_itself(holes: Holes) -> None:
    """sync.md H1: a frame that was overtaken is waited for."""
    holes.watch([4, 5], now=10.0)

    assert due(holes) == 10.0 + GRACE
    holes.watch([5], now=10.1)
    assert due(holes) == 10.0 + GRACE
    holes.watch([5, 6], now=10.1)
    assert due(holes) == 10.0 + GRACE
    holes.watch([], now=10.2)
    assert due(holes) is None
    assert not holes.is_stuck


def test_is_empty_only_after_two_late_looks(holes: Holes) -> None:
    """sync.md H4: both complete reads begin `SETTLE` after the number was first missed."""
    holes.watch([4, 9], now=0.0)

    assert holes.looked(begun_at=SETTLE - 0.1, floor=0, now=SETTLE) == []
    assert holes.looked(begun_at=SETTLE, floor=4, now=SETTLE) == []
    assert holes.looked(begun_at=SETTLE + 1, floor=0, now=SETTLE) == [9]
    assert holes.looked(begun_at=SETTLE + 2, floor=0, now=SETTLE) == [4, 9]


def test_gives_up_by_itself_and_says_so(holes: Holes) -> None:
    """sync.md H7: after a few looks in vain the probe alone goes on."""
    holes.watch([4], now=0.0)
    pauses = []
    for _ in range(4):
        looked_at = due(holes) or 0.0
        holes.postpone(now=looked_at)
        following = due(holes)
        pauses.append(None if following is None else round(following - looked_at, 6))

    assert pauses == [0.5, SETTLE, SETTLE, None]
    assert holes.is_stuck
    holes.retry(now=200.0)
    assert due(holes) == 200.0
    assert not holes.is_stuck


def test_a_look_for_another_reason_uses_no_planned_look_up(holes: Holes) -> None:
    """sync.md H4: in a busy minute there must be looks left when a number may be believed empty."""
    holes.watch([4], now=0.0)

    for _ in range(9):
        assert holes.looked(begun_at=0.0, floor=0, now=GRACE / 2) == []

    assert due(holes) == GRACE


def test_a_new_number_gives_the_others_a_new_chance(holes: Holes) -> None:
    """sync.md 2.3, rule 8: no hole stays without a deadline once something happens."""
    holes.watch([4], now=0.0)
    for _ in range(4):
        holes.postpone(now=due(holes) or 0.0)

    holes.watch([4, 7], now=50.0)

    assert due(holes) == 50.0 + GRACE


def test_without_holes_there_is_nothing_to_retry(holes: Holes) -> None:
    """A retry of the person's with nothing missing asks for nothing."""
    holes.retry(now=5.0)
    holes.postpone(now=5.0)

    assert due(holes) is None


@given(st.lists(st.sampled_from(["new", "close", "look", "retry"]), max_size=30))
def test_is_due_or_stuck_or_has_no_holes(steps: list[str]) -> None:
    """sync.md S16: every hole has a timer, or is visibly stuck."""
    holes, now, missing, last = Holes(lambda: 0.5), 0.0, [1], 1
    holes.watch(missing, now)
    for step in steps:
        now += 1.0
        match step:
            case "new":
                last += 1
                missing.append(last)
                holes.watch(missing, now)
            case "close":
                missing = missing[1:]
                holes.watch(missing, now)
            case "look":
                holes.looked(now, 0, now)
            case _:
                holes.retry(now)
        assert (holes.due is not None) + holes.is_stuck == bool(missing)

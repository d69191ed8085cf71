"""The intervals are a set of whole numbers, whatever is added and taken out."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from threadline.core.coverage import Intervals

NUMBERS = st.integers(-3, 30)
STEPS = st.lists(st.tuples(st.sampled_from(["add", "discard"]), NUMBERS, NUMBERS), max_size=40)


def built(steps: list[tuple[str, int, int]]) -> tuple[Intervals, set[int]]:
    """Return the intervals after `steps`, and the plain set that they must equal."""
    intervals, model = Intervals(), set[int]()
    for what, first, last in steps:
        if what == "add":
            intervals.add(first, last)
            model |= set(range(first, last + 1))
        else:
            intervals.discard(first)
            model.discard(first)
    return intervals, model


@given(STEPS)
def test_they_hold_what_a_set_holds(steps: list[tuple[str, int, int]]) -> None:
    """Membership is that of the model."""
    intervals, model = built(steps)

    assert {number for number in range(-5, 35) if number in intervals} == model


@given(STEPS)
def test_intervals_neither_touch_nor_overlap(steps: list[tuple[str, int, int]]) -> None:
    """A stream in order is one interval: what touches is joined."""
    intervals, _ = built(steps)
    pieces = list(intervals)

    assert all(first <= last for first, last in pieces)
    assert all(one[1] + 1 < other[0] for one, other in pairwise(pieces))


@given(STEPS, NUMBERS, NUMBERS)
def test_what_is_missing_is_the_complement(
    steps: list[tuple[str, int, int]], first: int, last: int
) -> None:
    """SPEC.md I4: holes are exactly what is not there."""
    intervals, model = built(steps)
    missing = [n for low, high in intervals.missing(first, last) for n in range(low, high + 1)]

    assert missing == [number for number in range(first, last + 1) if number not in model]


def test_what_lies_beyond_the_end_is_not_looked_at() -> None:
    """SPEC.md I4: the numbers after the last one asked for say nothing of the hole."""
    intervals = Intervals()
    intervals.add(10, 12)

    assert intervals.missing(1, 5) == [(1, 5)]


@given(STEPS, NUMBERS)
def test_a_run_ends_before_the_first_hole(steps: list[tuple[str, int, int]], number: int) -> None:
    """From a number that is not in, the run ends before it."""
    intervals, model = built(steps)
    end = number
    while end in model:
        end += 1

    assert intervals.end_of_run(number) == end - 1


def test_one_number_can_be_added_alone() -> None:
    """Without a last number it is one."""
    intervals = Intervals()

    intervals.add(4)

    assert list(intervals) == [(4, 4)]

"""Which sequence numbers of a session are covered: a set of whole numbers as intervals.

A stream that arrives in order is one interval, however long; adding to it costs the logarithm of
the number of holes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Intervals"]


class Intervals:
    """A set of whole numbers, kept as disjoint intervals with both ends inclusive."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Iterate over the intervals, ascending."""
        return iter(zip(self._firsts, self._lasts, strict=True))

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self._firsts, number) - 1
        return place >= 0 and number <= self._lasts[place]

    def add(self, first: int, last: int | None = None) -> None:
        """Add `first` to `last`, both inclusive; one number without `last`."""
        last = first if last is None else last
        if last < first:
            return
        # Neighbours that touch are joined, hence the widening by one on either side.
        start = bisect_left(self._lasts, first - 1)
        end = bisect_right(self._firsts, last + 1)
        if start < end:
            first = min(first, self._firsts[start])
            last = max(last, self._lasts[end - 1])
        self._firsts[start:end] = [first]
        self._lasts[start:end] = [last]

    def discard(self, number: int) -> None:
        """Take one number out, if it is in."""
        place = bisect_right(self._firsts, number) - 1
        if place < 0 or number > self._lasts[place]:
            return
        first, last = self._firsts[place], self._lasts[place]
        pieces = [
            (low, high) for low, high in ((first, number - 1), (number + 1, last)) if low <= high
        ]
        self._firsts[place : place + 1] = [low for low, _ in pieces]
        self._lasts[place : place + 1] = [high for _, high in pieces]

    def missing(self, first: int, last: int) -> list[tuple[int, int]]:
        """Return the intervals of `first` to `last` that are not in the set, ascending."""
        holes: list[tuple[int, int]] = []
        place = bisect_left(self._lasts, first)
        while first <= last and place < len(self._firsts):
            low, high = self._firsts[place], self._lasts[place]
            if low > last:
                break
            if low > first:
                holes.append((first, low - 1))
            first = max(first, high + 1)
            place += 1
        if first <= last:
            holes.append((first, last))
        return holes

    def end_of_run(self, number: int) -> int:
        """Return the last number reached from `number` without a hole; `number - 1` if not in."""
        place = bisect_right(self._firsts, number) - 1
        if place < 0 or number > self._lasts[place]:
            return number - 1
        return self._lasts[place]

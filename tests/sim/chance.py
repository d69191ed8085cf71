"""Seeded draws: one stream for each purpose, so that a fault left out does not shift the others.

A run is a function of its seed: nothing else in the simulation draws.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Chance"]

Option = TypeVar("Option")


class Chance:
    """What a run draws.

    Args:
        seed: Of the run.
        rates: How often each fault happens, from 0 to 1; one that is not named never happens.
    """

    def __init__(self, seed: int, rates: Mapping[str, float]) -> None:
        self._seed = seed
        self._rates = dict(rates)
        self._streams: dict[str, Random] = {}
        self.hit: dict[str, int] = {}

    def of(self, purpose: str) -> Random:
        """Return the stream of draws for `purpose`."""
        stream = self._streams.get(purpose)
        if stream is None:
            stream = self._streams[purpose] = Random(f"{self._seed}/{purpose}")
        return stream

    def hits(self, fault: str) -> bool:
        """Whether `fault` happens this time; counted."""
        rate = self._rates.get(fault, 0.0)
        if rate <= 0.0 or self.of(fault).random() >= rate:
            return False
        self.hit[fault] = self.hit.get(fault, 0) + 1
        return True

    def has(self, fault: str) -> bool:
        """Whether `fault` happens at all in this run."""
        return self._rates.get(fault, 0.0) > 0.0

    def set(self, fault: str, rate: float) -> None:
        """From now on `fault` happens this often."""
        self._rates[fault] = rate

    def end(self) -> None:
        """From now on nothing goes wrong any more."""
        self._rates.clear()

    def between(self, purpose: str, low: float, high: float) -> float:
        """Return a number from `low` to `high`."""
        return self.of(purpose).uniform(low, high)

    def pick(self, purpose: str, options: Sequence[Option]) -> Option:
        """Return one of `options`."""
        return options[int(self.of(purpose).random() * len(options))]

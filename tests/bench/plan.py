"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The extent of one run of the benchmark.

    Attributes:
        runs: How often each opening, boot and burst is repeated, and in how many blocks the single
            pushes come.
        quick: Fewer repetitions and a smaller session wherever a row takes long.
    """

    runs: int
    quick: bool

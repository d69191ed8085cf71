"""What is owed a read: lower bounds, each from a moment on, until a read begun with them succeeds.

"The newest 50, whenever it works out" would slide past a change that was missed, so the bound is
fixed when the debt arises (sync.md C2).
"""

from __future__ import annotations

from math import ceil

__all__ = ["Debts"]


class Debts:
    """The debts of one kind of read. Its bounds are sequence numbers, or revs: both exclusive.

    Attributes:
        paying: The bound of the read under way that pays, or None.
    """

    def __init__(self) -> None:
        self.paying: int | None = None
        self._owed: tuple[int, float] | None = None
        self._later: dict[int, int] = {}  # whole second to bound

    @property
    def due(self) -> float | None:
        """The monotonic second from which on the first debt is due."""
        dues: list[float] = list(self._later)
        if self._owed is not None:
            dues.append(self._owed[1])
        return min(dues, default=None)

    @property
    def lowest(self) -> int | None:
        """The lowest bound that is owed or being paid, or None without a debt."""
        bounds = [*self._later.values(), *(() if self._owed is None else (self._owed[0],))]
        return min((*bounds, *(() if self.paying is None else (self.paying,))), default=None)

    def owe(self, bound: int, at: float) -> None:
        """Everything above `bound` is to be read, from the second `at` on. Debts become one."""
        owed_bound, owed_at = self._owed or (bound, at)
        self._owed = (min(bound, owed_bound), min(at, owed_at))

    def owe_later(self, bound: int, at: float) -> None:
        """The same, but not to be paid by a read begun before `at`."""
        second = ceil(at)  # whole seconds, so that debts in a burst become one
        self._later[second] = min(bound, self._later.get(second, bound))

    def take(self, now: float) -> int | None:
        """A read begins now: return the bound that it is to begin with, or None without a debt."""
        for second in [one for one in self._later if one <= now]:
            self.owe(self._later.pop(second), now)
        if self._owed is not None and self._owed[1] <= now:
            self.paying, self._owed = self._owed[0], None
        return self.paying

    def paid(self) -> None:
        """The read that was to pay succeeded."""
        self.paying = None

    def unpaid(self, now: float) -> None:
        """The read that was to pay came to nothing: what it was begun for is owed again."""
        if self.paying is not None:
            self.owe(self.paying, now)
            self.paying = None

    def clear(self) -> None:
        """Nothing is owed any more: all is read anew."""
        self.paying = self._owed = None
        self._later.clear()

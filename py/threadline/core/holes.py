"""Missing numbers of one session: since when, how often looked for in vain, and when to look next.

A hole always owns a deadline or is said to be stuck (sync.md 2.3, rule 8). A number is declared
empty only after two complete reads, each begun long enough after it was first missed (H4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["GRACE", "MAX_MISSING", "SETTLE", "Holes"]

GRACE: Final = 0.15  # seconds a hole may close by itself: a frame that was overtaken (H1)
SETTLE: Final = 12.0  # seconds after which a commit is visible everywhere (sync.md 2.2)
MAX_MISSING: Final = 500  # numbers looked for one by one; with more, all is read anew (H6)

# Seconds from one look that found nothing to the next; then the probe alone goes on (H7).
_PAUSES: Final = (0.5, SETTLE, SETTLE)


class Holes:
    """The missing numbers and what was done about them.

    Args:
        jitter: Draws from [0, 1).
    """

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
        self._since: dict[int, float] = {}
        self._negatives: dict[int, int] = {}
        self._looks = 0
        self._due: float | None = None

    @property
    def due(self) -> float | None:
        """The monotonic second of the next look, if one is planned."""
        return self._due

    @property
    def is_stuck(self) -> bool:
        """Whether looking has not helped, so that only the probe goes on."""
        return bool(self._since) and self._due is None

    def watch(self, missing: Iterable[int], now: float) -> None:
        """These numbers are missing now. New ones are looked for after `GRACE`."""
        before = self._since
        self._since = {number: before.get(number, now) for number in missing}
        self._negatives = {n: c for n, c in self._negatives.items() if n in self._since}
        if not self._since:
            self._due, self._looks = None, 0
        elif self._since.keys() - before.keys():
            self._looks = 0
            self._due = now + GRACE if self._due is None else min(self._due, now + GRACE)

    def looked(self, begun_at: float, floor: int, now: float) -> list[int]:
        """A complete read of all above `floor` found none of them; return those now believed empty.

        Plans the next look, a little later each time.
        """
        empty: list[int] = []
        for number, since in self._since.items():
            if number > floor and begun_at >= since + SETTLE:
                self._negatives[number] = self._negatives.get(number, 0) + 1
                if self._negatives[number] >= 2:
                    empty.append(number)
        self.postpone(now)
        return empty

    def postpone(self, now: float) -> None:
        """A look was made: plan the next one, or none. One before its time changes no plan.

        Reads for other reasons look at the holes too; were they counted, a busy minute would use
        the looks up before a number can be believed empty.
        """
        if self._due is not None and now < self._due:
            return
        self._due = None
        if self._since and self._looks < len(_PAUSES):
            pause = _PAUSES[self._looks]
            self._due = now + pause * (1.0 + self._jitter() / 4.0)
            self._looks += 1

    def retry(self, now: float) -> None:
        """The person asked: look again at once."""
        if self._since:
            self._looks, self._due = 0, now

"""The change feed: which changes of a session are known here, by the server's change counter.

Every message carries the `rev` of the change that last touched it; `GET changes` answers all that
changed after a `rev`, tombstones included. The cursor only moves over what is contiguous, as with
sequence numbers (sync.md 2.9, E1). But a number may be missing for good: a message that changed
twice bears the second one only.
"""

from __future__ import annotations

from collections import deque
from math import ceil
from typing import TYPE_CHECKING, Final

from .coverage import Intervals
from .holes import GRACE, SETTLE

if TYPE_CHECKING:
    from .reads import Read

__all__ = ["Changes"]

MAX_MARKS: Final = 64  # moments of which the highest change is remembered


class Changes:
    """The changes that are known, and the next look at the feed.

    Attributes:
        base: All changes up to it are known; None: the feed was never entered.
        highest: The highest change there is evidence for.
        due: The monotonic second of a look that a missing change asks for, or None.
    """

    def __init__(self) -> None:
        self.base: int | None = None
        self.highest = 0
        self.due: float | None = None
        self._covered = Intervals()
        self._marks: deque[tuple[int, int]] = deque(maxlen=MAX_MARKS)
        self._missed_once = 0  # up to here, a complete look was made late enough

    @property
    def cursor(self) -> int:
        """The change up to which none is missing: where the next look begins."""
        base = self.base or 0
        return max(base, self._covered.end_of_run(base + 1))

    def begin(self, rev: int) -> None:
        """All that is loaded is at least as new as the change `rev`: enter the feed there."""
        self.base = self.highest = rev
        self.due, self._missed_once = None, 0
        self._covered = Intervals()
        self._marks.clear()

    def covers(self, rev: int | None, now: float) -> None:
        """A whole record with `rev` was taken in."""
        if rev is not None:
            self._covered.add(rev)
            self._reaches(rev, now)

    def reaches(self, rev: int | None, now: float) -> None:
        """There is evidence for the change `rev`, which is not here."""
        if rev is not None and rev not in self._covered:
            self._reaches(rev, now)

    def looked(self, read: Read, latest: int | None, now: float) -> None:
        """A look, from the cursor or below, is done; the server's last change is `latest`.

        What two complete looks did not bring, each begun `SETTLE` after there was evidence for it,
        was overtaken by a later change of its message, or never happened (H4). A row that could not
        be read counts as looked for: it would hold the cursor back for ever.
        """
        self.due = None
        if not read.reached:
            return
        ripe = max((rev for at, rev in self._marks if at <= read.begun_at - SETTLE), default=0)
        if self.base is not None:
            self.base = max(self.base, self._missed_once)
        self._missed_once = max(self._missed_once, ripe)
        if latest is not None and latest > self.highest:
            self._reaches(latest, now)
            self.due = None

    def _reaches(self, rev: int, now: float) -> None:
        if self.base is None or rev <= self.highest:
            return
        is_next = rev == self.highest + 1 and rev in self._covered
        self.highest = rev
        second = ceil(now)  # one mark for all of a second, by its end
        if self._marks and self._marks[-1][0] == second:
            self._marks.pop()
        self._marks.append((second, rev))
        if not is_next and self.due is None:
            self.due = now + GRACE

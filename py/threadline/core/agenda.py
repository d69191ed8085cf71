"""What of a session is to be read next, and when.

Looks at the tail, catch-up, repair, older pages and the change feed are all debts of one reader:
one read of a session at a time, never more than the budget allows (sync.md 2.5 to 2.8, 2.17).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from . import reads
from .debts import Debts
from .holes import SETTLE
from .reads import ReadKind
from .restraint import Restraint

if TYPE_CHECKING:
    from collections.abc import Callable

    from .capabilities import Capabilities
    from .generation import Generation
    from .reads import Read

__all__ = ["HINT_DELAY", "REREAD_PAUSE", "TAIL", "Agenda"]

REREAD_PAUSE: Final = 300.0  # seconds between re-reads of a session on show (sync.md E2)
TAIL: Final = 10  # messages below the cursor that every look at the tail reads again
HINT_DELAY: Final = 0.1  # seconds in which hints become one look (sync.md P3)


class Agenda:
    """The reads that are due. Knows nothing of answers but that they came.

    Args:
        jitter: Draws from [0, 1).
        capabilities: What the server can do.

    Attributes:
        cadence: Seconds between looks at the tail; None: none (nobody watches, or no token).
        restraint: What holds reads back.
        messages: Debts whose bounds are sequence numbers.
        changes: Debts whose bounds are revs.
        wants_older: The person waits for the page before the oldest message.
        again: The pages before these numbers are to be read once more, in this order.
        looked_at: The monotonic second at which the tail was last looked at, or None.
    """

    def __init__(self, jitter: Callable[[], float], capabilities: Capabilities) -> None:
        self.cadence: float | None = None
        self.restraint = Restraint(jitter)
        self.messages = Debts()
        self.changes = Debts()
        self.wants_older = False
        self.again: deque[int] = deque()
        self.looked_at: float | None = None
        self._capabilities = capabilities
        self._reread_at: float | None = None

    def has_feed(self, current: Generation) -> bool:
        """Whether changes are read from the server's feed, instead of reading messages again."""
        return self._capabilities.changes and current.changes.base is not None

    def catch_up(self, current: Generation, now: float) -> None:
        """Read what may have been missed until now, and look once more when that has settled (C2).

        The lower bound is fixed now and owed until a read begun with it succeeds; the second look
        is for a replica that is behind (sync.md C2).
        """
        if self.has_feed(current):
            lane, bound = self.changes, current.changes.cursor
        else:
            lane, bound = self.messages, current.next_reread()
            self._reread_at = now
        lane.owe(bound, now)
        lane.owe_later(bound, now + SETTLE)

    def look_soon(self, current: Generation, now: float) -> None:
        """Something hints at news. Hints in a burst become one look."""
        if self.has_feed(current):
            self.changes.owe(current.changes.cursor, now + HINT_DELAY)
        else:
            self.messages.owe(_tail(current), now + HINT_DELAY)

    def doubt(self, current: Generation, now: float) -> None:
        """Something suggests that the server went back: see whether it has what is here."""
        self.messages.owe(_tail(current), now)

    def next_deadline(self, current: Generation, holes_due: float | None) -> float | None:
        """Return the monotonic second at which `plan` will have something, if ever."""
        if self.restraint.is_halted:
            return None
        dues = [self.messages.due, self.changes.due, holes_due]
        if self.has_feed(current):
            dues.append(current.changes.due)
        if self.wants_older or self.again:
            dues.append(0.0)
        if self.cadence is not None and self.looked_at is not None:
            dues += [self.looked_at + self.cadence, self._next_reread]
        due = min((one for one in dues if one is not None), default=None)
        return None if due is None else max(due, self.restraint.earliest)

    def plan(
        self,
        current: Generation,
        fresh: Generation | None,
        holes_due: float | None,
        now: float,
    ) -> Read:
        """Return the read to begin now; `fresh` is the generation that is read anew, if any."""
        transcript, numbered = current.transcript, self._capabilities.numbered
        if self.cadence is not None and self._next_reread <= now:
            self._reread_at = now
            self.messages.owe(current.next_reread(), now)
        if transcript.base is None or fresh is not None:
            self.messages.take(now)
            wanted = reads.PAGE_LIMIT if fresh is None else max(reads.PAGE_LIMIT, fresh.wanted)
            return reads.begin_newest(now, min(reads.MAX_LIMIT, wanted))
        if self.wants_older:
            return reads.begin_older(now, transcript.base, len(transcript), numbered=numbered)
        if self.again:
            before = self.again[0]
            page_begins = max(transcript.base, before - reads.PAGE_LIMIT)
            since = transcript.timestamp_below(page_begins) or 0.0
            return reads.begin_refresh(now, before, since, numbered=numbered)
        owed = self.messages.take(now)
        are_holes_due = holes_due is not None and holes_due <= now
        if owed is None and not are_holes_due and self.has_feed(current):
            owed, cursor = self.changes.take(now), current.changes.cursor
            return reads.begin_changes(now, cursor if owed is None else min(owed, cursor))
        bound = _tail(current) if owed is None else min(_tail(current), owed)
        return _messages_above(bound, current, now, numbered=numbered)

    def done(self, read: Read, now: float) -> None:
        """A read brought all it was to bring."""
        self.messages.paid()
        self.changes.paid()
        match read.kind:
            case ReadKind.OLDER:
                self.wants_older = False
            case ReadKind.REFRESH:
                self.again.popleft()
            case ReadKind.NEWEST | ReadKind.AFTER | ReadKind.CHANGES:  # pragma: no branch
                self.looked_at = now
        if self._reread_at is None:
            self._reread_at = now

    def failed(self, now: float, *, may_pass: bool, retry_after: float | None) -> None:
        """A read failed: what it was to bring is owed as before, what the person wanted is not."""
        self.wants_older = False
        self.again.clear()
        self.restraint.failed(now, may_pass=may_pass, retry_after=retry_after)
        self.given_up(now)

    def given_up(self, now: float) -> None:
        """A read came to nothing, through nobody's fault."""
        self.messages.unpaid(now)
        self.changes.unpaid(now)

    def clear(self) -> None:
        """All is read anew: nothing else is owed."""
        self.again.clear()
        self.messages.clear()
        self.changes.clear()

    @property
    def _next_reread(self) -> float:
        return (self._reread_at or 0.0) + REREAD_PAUSE


def _tail(current: Generation) -> int:
    return current.transcript.below_newest(TAIL)


def _messages_above(bound: int, current: Generation, now: float, *, numbered: bool) -> Read:
    transcript = current.transcript
    base = transcript.base or 1
    if numbered:
        return reads.begin_numbered(now, max(bound, base - 1))
    floor = max(bound, base)
    since = transcript.timestamp_below(floor)
    if since is None and len(transcript) > 0:
        # All that is here is above the floor, whose number was never used: read from the start.
        return reads.begin_timed(now, 0.0, base - 1)
    return reads.begin_newest(now) if since is None else reads.begin_timed(now, since, floor)

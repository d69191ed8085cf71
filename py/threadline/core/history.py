"""When to read a session's history, and what an answer proves.

The one mechanism for first load, catch-up after every join, repair of holes, tail probe and
polling: they are debts, and one read per session at a time pays them (sync.md 2.5 to 2.8).
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING, Final

from . import reads
from .backoff import request_delay
from .holes import MAX_MISSING, SETTLE, Holes
from .model import Gap, GapState, Loading, LoadingState
from .push_events import MessageUpdated
from .reads import Read, ReadKind
from .transcript import Ingested, Transcript

if TYPE_CHECKING:
    from collections.abc import Callable

    from .model import Message
    from .rest_answers import Page

__all__ = ["REREAD", "TAIL", "History"]

REREAD: Final = 50  # messages below the cursor read again on every catch-up: changes have no number
REREAD_PAUSE: Final = 300.0  # seconds between such re-reads of a session on show (sync.md E2)
TAIL: Final = 10  # messages below the cursor that every look at the tail reads again
VOID_CHECKS: Final = (30.0, 300.0)  # seconds after which a number believed empty is tried (H5)
HINT_DELAY: Final = 0.1  # seconds in which hints become one look (sync.md P3)
MAX_READS: Final = 6  # reads per `READ_WINDOW` and session (sync.md 2.17)
READ_WINDOW: Final = 10.0  # seconds


class History:
    """What of a session was read, is being read, and is owed.

    Args:
        jitter: Draws from [0, 1).

    Attributes:
        transcript: The messages. Replaced as a whole when the server's numbering changed.
        numbered: Whether the server answers `after` and `before`; learnt from its answers.
        loading: The loading state of roadmap section 2.3.
        cadence: Seconds between looks at the tail; None: none (nobody watches, or no token).
        news: What the last page brought that was not known, in its order.
    """

    def __init__(self, jitter: Callable[[], float]) -> None:
        self.transcript = Transcript()
        self.numbered = False
        self.loading = LoadingState()
        self.cadence: float | None = None
        self.news: tuple[Message, ...] = ()
        self._jitter = jitter
        self._reading: Read | None = None
        self._fresh: Transcript | None = None  # read anew while the old one stays on show
        self._meanwhile: deque[Message | MessageUpdated] = deque(maxlen=MAX_MISSING)
        self._owed: tuple[int, float] | None = None  # numbers above are owed a read, from when on
        self._paying: int | None = None  # what the read under way was begun for
        self._later: dict[int, int] = {}  # looks that are due later: whole second to lower bound
        self._looked_at: float | None = None
        self._complete_since: float | None = None
        self._reread_at: float | None = None
        self._reads = 0  # reads ever begun
        self._older_wanted = False
        self._is_halted = False  # asking again cannot help until something changes
        self._failures = 0
        self._not_before = 0.0
        self._told_to_wait = 0.0  # until this second, by the server; nobody undercuts it
        self._begun: deque[float] = deque(maxlen=MAX_READS)
        self._holes = Holes(jitter)

    # --- what is owed -----------------------------------------------------------------------

    def open(self, now: float) -> None:
        """Somebody wants to see the session: read it if it was never read."""
        if self.loading.state is Loading.IDLE:
            self._owe_all(now)

    def catch_up(self, now: float) -> None:
        """The channel was joined, or the line may have slept: read what may have been missed.

        The lower bound is fixed now and owed until a read begun with it succeeds; a second look
        follows, since a replica may be behind the subscription (sync.md C2).
        """
        if self.transcript.base is None:
            self._owe_all(now)
            return
        bound = max(0, self.transcript.contiguous - REREAD)
        self._reread_at = now
        self._owe(bound, now)
        self._owe_later(bound, now + SETTLE)

    def look_soon(self, now: float) -> None:
        """Something hints at news: look at the tail soon. Hints in a burst become one look."""
        self._owe(self._tail(), now + HINT_DELAY)

    def want_older(self, now: float) -> None:
        """The person reads upwards."""
        if self.loading.has_older:
            self._older_wanted = True
            self._not_before = min(self._not_before, now)

    def retry(self, now: float) -> None:
        """The person asked, or the token changed: what failed is tried at once."""
        self._failures, self._not_before, self._is_halted = 0, 0.0, False
        self._holes.retry(now)
        if self.loading.state is Loading.FAILED:
            self._owe_all(now)

    def has_looked_since(self, moment: float) -> bool:
        """Whether a read begun at the monotonic second `moment` or later brought all there is."""
        return self._complete_since is not None and self._complete_since >= moment

    @property
    def looked_at(self) -> float | None:
        """The monotonic second at which a read last came to its end, or None before the first."""
        return self._looked_at

    @property
    def is_anew(self) -> bool:
        """Whether the numbering is in doubt, and everything is read once more."""
        return self._fresh is not None

    @property
    def is_at_rest(self) -> bool:
        """Whether no answer is waited for."""
        return self._reading is None

    # --- reads ------------------------------------------------------------------------------

    def next_read(self, now: float) -> Read | None:
        """Return the read to begin now, if one is due and none is under way."""
        due = self.next_deadline()
        if due is None or due > now:
            return None
        self._reads += 1
        self._reading = replace(self._plan(now), number=self._reads)
        self._begun.append(now)
        return self._reading

    def is_reading(self, number: int) -> bool:
        """Whether the read `number` is the one under way; an answer to any other is late."""
        return self._reading is not None and self._reading.number == number

    def page_read(self, page: Page, now: float) -> Read | None:
        """Take one page in; return the read with its next query, or None when it is done."""
        assert self._reading is not None, "a page that nobody asked for: see `is_reading`"
        self._failures, self.news = 0, ()
        self.numbered = self.numbered or page.latest_sequence is not None
        target = self.transcript if self._fresh is None else self._fresh
        if not self._take_page(page, target):
            self._start_anew(now)
            return None
        target.reaches(page.latest_sequence or 0)
        read = reads.advance(self._reading, page)
        self._reading = None if read.is_done else read
        if read.is_done:
            self._finish(read, target, now)
        return self._reading

    def read_failed(
        self, words: str, now: float, *, may_pass: bool, retry_after: float | None = None
    ) -> None:
        """The read under way got no usable answer; what it already brought stays.

        Args:
            words: For the person.
            may_pass: Whether asking again by itself may help.
            retry_after: The server's word, in seconds.
        """
        self._reading, self._older_wanted = None, False
        self._failures += 1
        pause = request_delay(self._failures, self._jitter())
        self._not_before = now + pause
        self._told_to_wait = max(self._told_to_wait, now + (retry_after or 0.0))
        self._is_halted = not may_pass
        if self._paying is not None:
            self._owe(self._paying, now)
            self._paying = None
        if self.transcript.base is None or not may_pass:
            self.loading = replace(self.loading, state=Loading.FAILED, error=words, can_retry=True)

    def next_deadline(self) -> float | None:
        """Return the monotonic second at which `next_read` will have something, if ever."""
        if self._reading is not None or self._is_halted:
            return None
        dues: list[float] = list(self._later)
        if self._owed is not None:
            dues.append(self._owed[1])
        if self._older_wanted:
            dues.append(0.0)
        if self.cadence is not None and self._looked_at is not None:
            dues.append(self._looked_at + self.cadence)
            dues.append(self._next_reread())
        if self._holes.due is not None:
            dues.append(self._holes.due)
        budget = self._begun[0] + READ_WINDOW if len(self._begun) == MAX_READS else 0.0
        return max(min(dues), self._not_before, self._told_to_wait, budget) if dues else None

    # --- facts that came another way ---------------------------------------------------------

    def ingest(self, message: Message, now: float) -> Ingested:
        """Take a message in that came by push or in a reply."""
        outcome = self.transcript.ingest(message)
        if outcome is Ingested.CONTRADICTION and self._fresh is None:
            self._start_anew(now)
        if self._fresh is not None:
            self._meanwhile.append(message)
        self._watch_holes(now)
        return outcome

    def update(self, news: MessageUpdated, now: float) -> Ingested:
        """Take a change of a message's status in."""
        outcome = self.transcript.update(news)
        if outcome is Ingested.CONTRADICTION and self._fresh is None:
            self._start_anew(now)
        if self._fresh is not None:
            self._meanwhile.append(news)
        self._watch_holes(now)
        return outcome

    def gaps(self) -> tuple[Gap, ...]:
        """Return the holes as the person sees them."""
        state = GapState.STUCK if self._holes.is_stuck else GapState.FETCHING
        return tuple(Gap(first=a, last=b, state=state) for a, b in self.transcript.holes())

    # --- inside -----------------------------------------------------------------------------

    def _take_page(self, page: Page, target: Transcript) -> bool:
        """Take the messages of a page in; return False when they contradict the numbering."""
        news: list[Message] = []
        for message in page.messages:
            outcome = target.ingest(message)
            if outcome is Ingested.CONTRADICTION:
                if target is not self._fresh:
                    return False
                # One reading of all gave the number twice: beginning anew again would not end.
                target.dispute(message.sequence or 0)
                outcome = target.ingest(message)
            if outcome is not Ingested.SAME:
                news.append(message)
        self.news = tuple(news)
        return True

    def _plan(self, now: float) -> Read:
        for second in [one for one in self._later if one <= now]:
            self._owe(self._later.pop(second), now)
        if self.cadence is not None and self._next_reread() <= now:
            self._reread_at = now
            self._owe(max(0, self.transcript.contiguous - REREAD), now)
        base = self.transcript.base
        if self._older_wanted and base is not None and self._fresh is None:
            return reads.begin_older(now, base, len(self.transcript), numbered=self.numbered)
        if self._owed is not None and self._owed[1] <= now:
            self._paying, self._owed = self._owed[0], None
        if base is None or self._fresh is not None:
            return reads.begin_newest(now)
        bound = self._tail()
        if self._paying is not None:
            bound = min(bound, self._paying)
        if self.numbered:
            return reads.begin_numbered(now, max(bound, base - 1))
        floor = max(bound, base)
        since = self.transcript.timestamp_below(floor)
        if since is None and len(self.transcript) > 0:
            # All that is here is above the floor, whose number was never used: read from the start.
            return reads.begin_timed(now, 0.0, base - 1)
        return reads.begin_newest(now) if since is None else reads.begin_timed(now, since, floor)

    def _finish(self, read: Read, target: Transcript, now: float) -> None:
        self._looked_at, self._paying = now, None
        if self._reread_at is None:
            self._reread_at = now
        if read.clean and read.kind is not ReadKind.OLDER:
            self._complete_since = read.begun_at
        self._older_wanted = self._older_wanted and read.kind is not ReadKind.OLDER
        if read.kind is not ReadKind.AFTER:
            self._set_base(read, target)
        if self._fresh is not None:
            self._swap_in(self._fresh)
        self.loading = replace(self.loading, state=Loading.LOADED, error=None, can_retry=False)
        self._watch_holes(now, is_newest=read.kind is ReadKind.NEWEST)
        if read.kind is not ReadKind.AFTER:
            return
        if read.clean and read.reached and read.floor is not None:
            for number in self._holes.looked(read.begun_at, read.floor, now):
                self.transcript.declare_void(number)
                for pause in VOID_CHECKS:
                    self._owe_later(number - 1, now + pause)
            self._watch_holes(now)
        else:
            self._holes.postpone(now)

    def _swap_in(self, fresh: Transcript) -> None:
        # The answer may be older than what came meanwhile; what contradicts it is of the old
        # numbering, or comes with the next read.
        for news in self._meanwhile:
            if isinstance(news, MessageUpdated):
                fresh.update(news)
            else:
                fresh.ingest(news)
        self._meanwhile.clear()
        fresh.version += self.transcript.version + 1
        self.transcript, self._fresh = fresh, None

    def _set_base(self, read: Read, target: Transcript) -> None:
        oldest = target.oldest()
        first = oldest.sequence if oldest is not None and oldest.sequence is not None else 1
        target.claim_from(first)
        at_the_cap = read.kind is ReadKind.OLDER and read.query.limit >= reads.MAX_LIMIT
        has_older = bool(read.more_before) and first > 1 and not at_the_cap
        self.loading = replace(self.loading, has_older=has_older)

    def _watch_holes(self, now: float, *, is_newest: bool = False) -> None:
        holes = self.transcript.holes()
        if sum(last - first + 1 for first, last in holes) > MAX_MISSING:
            if self._fresh is None and not is_newest:
                self._start_anew(now)
            if not is_newest:
                return
            # The newest page itself is full of holes: what is before the last one is just older.
            self.transcript.claim_only_from(holes[-1][1] + 1)
            holes = []
        missing = (number for first, last in holes for number in range(first, last + 1))
        self._holes.watch(missing, now)

    def _start_anew(self, now: float) -> None:
        """The numbering changed, or too much is missing: read all; the old stays on show."""
        self._fresh, self._reading, self._paying = Transcript(), None, None
        self._meanwhile.clear()
        self._holes.watch((), now)
        self._owe_all(now)

    def _owe_all(self, now: float) -> None:
        if self.loading.state is not Loading.LOADED and not self._is_halted:
            self.loading = replace(self.loading, state=Loading.LOADING, error=None, can_retry=False)
        self._owe(0, now)

    def _tail(self) -> int:
        return max(0, self.transcript.contiguous - TAIL)

    def _next_reread(self) -> float:
        return (self._reread_at or 0.0) + REREAD_PAUSE

    def _owe_later(self, bound: int, at: float) -> None:
        second = ceil(at)  # whole seconds, so that debts in a burst become one
        self._later[second] = min(bound, self._later.get(second, bound))

    def _owe(self, bound: int, at: float) -> None:
        owed_bound, owed_at = self._owed or (bound, at)
        self._owed = (min(bound, owed_bound), min(at, owed_at))

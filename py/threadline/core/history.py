"""A session's history: what is known of it, and what each answer means for that.

The one mechanism for first load, catch-up after every join, repair of holes, tail probe and
polling. `agenda` says what is read next, `proofs` what a complete read shows beyond its facts; here
pages and pushes come in, and a numbering that contradicts itself is read anew (sync.md 2.3, 2.11).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from . import reads
from .agenda import Agenda
from .capabilities import Capabilities
from .generation import Generation
from .holes import MAX_MISSING, SETTLE
from .proofs import Proofs
from .reads import ReadKind
from .resets import Evidence, Resets
from .session_view import Loading, LoadingState
from .stored_session import fill
from .transcript import Ingested, Transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from .model import ClientMessageId, Message
    from .push_events import MessageUpdated
    from .reads import Read
    from .rest_answers import Page
    from .session_view import Gap
    from .stored_session import SessionImage

__all__ = ["OPEN_PAUSE", "History"]

OPEN_PAUSE: Final = 10.0  # seconds for which a read is new enough for a view that opens the session
CONTRADICTS: Final = "The server's messages contradict each other."


class History:
    """What of a session was read, is being read, and is owed.

    Args:
        jitter: Draws from [0, 1).
        capabilities: What the server can do; shared, and added to.

    Attributes:
        agenda: What is to be read next.
        loading: The loading state of roadmap section 2.3.
        news: What the last page brought that was not known, in its order.
        acknowledged: Texts of the person's own that the server was seen to have.
        lost: Those of them that it turned out, with the last page, not to have any more.
    """

    def __init__(
        self, jitter: Callable[[], float], capabilities: Capabilities | None = None
    ) -> None:
        self.capabilities = capabilities or Capabilities()
        self.agenda = Agenda(jitter, self.capabilities)
        self.loading = LoadingState()
        self.news: tuple[Message, ...] = ()
        self.acknowledged: set[ClientMessageId] = set()
        self.lost: tuple[Message, ...] = ()
        self._current = Generation()
        self._fresh: Generation | None = None  # read anew while the current one stays on show
        self._resets = Resets()
        self._proofs = Proofs(jitter)
        self._reading: Read | None = None
        self._reads = 0  # reads ever begun
        self._begun_at: float | None = None
        self._complete_since: float | None = None

    @property
    def transcript(self) -> Transcript:
        """The messages. Another object once the server's numbering changed."""
        return self._current.transcript

    @property
    def cadence(self) -> float | None:
        """Seconds between looks at the tail; None: none (nobody watches, or no token)."""
        return self.agenda.cadence

    @cadence.setter
    def cadence(self, seconds: float | None) -> None:
        self.agenda.cadence = seconds

    @property
    def generation(self) -> Generation:
        """The numbering on show: the messages, their changes, the server's name for it."""
        return self._current

    @property
    def unsettled(self) -> Collection[int]:
        """Numbers believed empty that are still to be looked at: the next engine is not told."""
        return self._proofs.unsettled

    def restore(self, image: SessionImage, now: float) -> bool:
        """Show what an earlier engine stored, and check it instead of reading the newest page.

        Returns False, and changes nothing, where a read was faster or what came contradicts it.
        """
        if self._fresh is not None or not fill(self._current, image):
            return False
        self.loading = replace(self.loading, has_older=image.coverage.has_older)
        self.agenda.messages.clear()
        self.catch_up(now)
        self._watch_holes(now)
        return True

    # --- what is wanted ---------------------------------------------------------------------

    def open(self, now: float) -> None:
        """Somebody wants to see the session: read it, or what it may have missed (V4)."""
        if self.loading.state is Loading.IDLE:
            self._owe_all(now)
        elif self._begun_at is None or now >= self._begun_at + OPEN_PAUSE:
            self.catch_up(now)

    def catch_up(self, now: float) -> None:
        """The channel was joined, or the line may have slept: read what may have been missed."""
        if self.transcript.base is not None:
            self.agenda.catch_up(self._current, now)
        else:
            self._owe_all(now)
            self.agenda.messages.owe_later(0, now + SETTLE)

    def look_soon(self, now: float) -> None:
        """Something hints at news: look at the tail soon."""
        self.agenda.look_soon(self._current, now)

    def want_older(self, now: float) -> None:
        """The person reads upwards."""
        if self.loading.has_older:
            self.agenda.wants_older = True
            self.agenda.restraint.hurry(now)

    def want_again(self, shown: int) -> None:
        """The person reads upwards, past the last `shown` messages, in what is here.

        Without a feed that may be out of date, and is read once more (E2).
        """
        if self.agenda.has_feed(self._current):
            return
        first = self.transcript.window(shown)[:1]
        before = first[0].sequence if first else None
        if before is not None and before not in self.agenda.again:
            self.agenda.again.append(before)

    def retry(self, now: float) -> None:
        """The person asked, or the token changed: what failed is tried at once."""
        self.agenda.restraint.lift()
        self._proofs.holes.retry(now)
        if self.loading.state is Loading.FAILED:
            self._owe_all(now)

    def has_looked_since(self, moment: float) -> bool:
        """Whether a read begun at the monotonic second `moment` or later brought all there is."""
        return self._complete_since is not None and self._complete_since >= moment

    @property
    def looked_at(self) -> float | None:
        """The monotonic second at which a read last came to its end, or None before the first."""
        return self.agenda.looked_at

    @property
    def is_anew(self) -> bool:
        """Whether the numbering is in doubt, and everything is read once more."""
        return self._fresh is not None

    @property
    def is_at_rest(self) -> bool:
        """Whether no answer is waited for."""
        return self._reading is None

    # --- reads ------------------------------------------------------------------------------

    def next_deadline(self) -> float | None:
        """Return the monotonic second at which `next_read` will have something, if ever."""
        if self._reading is not None:
            return None
        return self.agenda.next_deadline(self._current, self._proofs.holes.due)

    def next_read(self, now: float) -> Read | None:
        """Return the read to begin now, if one is due and none is under way."""
        due = self.next_deadline()
        if due is None or due > now:
            return None
        self._reads += 1
        self._begun_at = now
        self._reading = replace(
            self.agenda.plan(self._current, self._fresh, self._proofs.holes.due, now),
            number=self._reads,
            known_head=self.transcript.highest,
            known_rev=self._current.changes.highest,
        )
        self._proofs.begin()
        self.agenda.restraint.begun(now)
        return self._reading

    def is_reading(self, number: int) -> bool:
        """Whether the read `number` is the one under way; an answer to any other is late."""
        return self._reading is not None and self._reading.number == number

    def page_read(self, page: Page, now: float) -> Read | None:
        """Take one page in; return the read with its next query, or None when it is done."""
        assert self._reading is not None, "a page that nobody asked for: see `is_reading`"
        self.agenda.restraint.answered()
        self.news = self.lost = ()
        target = self._fresh or self._current
        if target.is_of_another_epoch(page):
            if self._resets.may(Evidence.EPOCH, now):
                self._reset(Evidence.EPOCH, now)
            else:
                self.read_failed(CONTRADICTS, now, may_pass=True)
        elif not self.capabilities.learn(self._reading, page):
            self._reading = None
            self.agenda.given_up(now)
        elif not self._take_page(self._reading, page, target, now):
            self._reset(Evidence.CONTRADICTION, now)
        else:
            self._go_on(reads.advance(self._reading, page), page, target, now)
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
        self._reading = None
        self.agenda.failed(now, may_pass=may_pass, retry_after=retry_after)
        if self.transcript.base is None or not may_pass:
            self.loading = replace(self.loading, state=Loading.FAILED, error=words, can_retry=True)

    def call_refused(self, status: int, code: str | None, now: float) -> bool:
        """Whether an error means that the server has no feed: its messages are read instead."""
        assert self._reading is not None, "an answer that nobody asked for: see `is_reading`"
        if not self.capabilities.refuses(self._reading, status, code):
            return False
        self._reading = None
        self.agenda.changes.clear()
        self.catch_up(now)
        return True

    # --- facts that came another way ---------------------------------------------------------

    def ingest(self, message: Message, now: float) -> Ingested:
        """Take a message in that came by push or in a reply."""
        outcome = self._current.ingest(message, now)
        if self._fresh is not None:
            self._fresh.meanwhile.append(message)
        elif outcome is Ingested.CONTRADICTION:
            if self._resets.may(Evidence.CONTRADICTION, now):
                self._reset(Evidence.CONTRADICTION, now).meanwhile.append(message)
            else:
                outcome = self._dispute(message, self._current, now)
        self._watch_holes(now)
        return outcome

    def update(self, news: MessageUpdated, now: float) -> Ingested:
        """Take a change of a message's status in."""
        outcome = self._current.update(news, now)
        if self._fresh is not None:
            self._fresh.meanwhile.append(news)
        elif outcome is Ingested.CONTRADICTION:
            if self._resets.may(Evidence.CONTRADICTION, now):
                self._reset(Evidence.CONTRADICTION, now).meanwhile.append(news)
            else:
                self.agenda.doubt(self._current, now)
        self._watch_holes(now)
        return outcome

    def saw(self, sequence: int | None, now: float) -> None:
        """Something tells of a message by its number alone: it exists, here or not."""
        if sequence is not None:
            self.transcript.saw(sequence)
            self._watch_holes(now)

    def doubt(self, now: float) -> None:
        """Something suggests that the server went back: see whether it has what is here."""
        self.agenda.doubt(self._current, now)

    @property
    def is_stuck(self) -> bool:
        """Whether looking for missing messages has not helped, so that only the probe goes on."""
        return self._proofs.holes.is_stuck

    def gaps(self) -> tuple[Gap, ...]:
        """Return the holes as the person sees them."""
        return self._proofs.gaps(self.transcript)

    # --- inside -----------------------------------------------------------------------------

    def _take_page(self, read: Read, page: Page, target: Generation, now: float) -> bool:
        """Take the messages of a page in; return False when they contradict the numbering."""
        news: list[Message] = []
        for message in page.messages:
            outcome = target.ingest(message, now, may_extend=read.may_extend)
            if outcome is Ingested.CONTRADICTION:
                if target is not self._fresh and self._resets.may(Evidence.CONTRADICTION, now):
                    return False
                # One reading of all gave the number twice, or it happens again and again: beginning
                # anew once more would not end. Both are shown; a ghost among them will go.
                outcome = self._dispute(message, target, now)
            if outcome is not Ingested.SAME:
                news.append(message)
        self._proofs.saw(page.messages)
        self.news = tuple(news)
        target.learn(read, page, now)
        return True

    def _go_on(self, read: Read, page: Page, target: Generation, now: float) -> None:
        self._reading = None if read.is_done else read
        if read.is_done:
            self._finish(read, page, target, now)
        elif target is self._current:
            self._watch_holes(now)  # the next page may fail; and too much is not crawled (H6)

    def _finish(self, read: Read, page: Page, target: Generation, now: float) -> None:
        self.agenda.done(read, now)
        if read.clean and read.is_of_all:
            self._complete_since = read.begun_at
        if read.may_extend:
            first = target.claim_from_oldest()
            at_the_cap = read.kind is ReadKind.OLDER and read.query.limit >= reads.MAX_LIMIT
            has_older = bool(read.more_before) and first > 1 and not at_the_cap
            self.loading = replace(self.loading, has_older=has_older)
        if self._fresh is not None:
            self._swap_in(self._fresh, now)
        self.loading = replace(
            self.loading, state=Loading.LOADED, error=None, can_retry=False, is_checking=False
        )
        self._watch_holes(now, is_newest=read.kind is ReadKind.NEWEST)
        if read.kind is ReadKind.AFTER:
            self._prove(read, page, now)
        elif read.kind is ReadKind.CHANGES:
            self._current.changes.looked(read, page.latest_rev, now)
            if read.finds_less(page):
                self.doubt(now)

    def _prove(self, read: Read, page: Page, now: float) -> None:
        """A read of messages is done: draw the conclusions from what it did not bring."""
        proof = self._proofs.finish(read, page, self._current, now)
        if proof.is_other_numbering and self._resets.may(Evidence.GHOSTS, now):
            self._reset(Evidence.GHOSTS, now)
            return
        for bound, at in (*proof.owed, *self._proofs.let_go(proof, self.transcript, now)):
            self.agenda.messages.owe_later(bound, at)
        if proof.went_back and page.latest_rev is not None:
            self._current.changes.begin(page.latest_rev)
        self._watch_holes(now)

    def _swap_in(self, fresh: Generation, now: float) -> None:
        old, self._current, self._fresh = self._current, fresh, None
        fresh.take_over(old, now)
        self.lost = fresh.lost_of(old, self.acknowledged, has_older=self.loading.has_older)

    def _watch_holes(self, now: float, *, is_newest: bool = False) -> None:
        if self.transcript.missing_count > MAX_MISSING:
            if self._fresh is None and not is_newest:
                self._read_anew(now)
            if not is_newest:
                return
            # The newest page itself is full of holes: what is before the last one is just older.
            self.transcript.claim_only_from(self.transcript.holes()[-1][1] + 1)
        self._proofs.watch(self.transcript, now)

    def _dispute(self, message: Message, target: Generation, now: float) -> Ingested:
        number = message.sequence or 0
        target.transcript.dispute(number)
        self.agenda.messages.owe(number - 1, now)
        return target.ingest(message, now, may_extend=True)

    def _reset(self, evidence: Evidence, now: float) -> Generation:
        """The numbering is another one: read all anew. What is on show stays until that is here."""
        self._resets.made(evidence, now)
        self.loading = replace(self.loading, is_checking=True)
        return self._read_anew(now, wanted=len(self.transcript))

    def _read_anew(self, now: float, wanted: int = 0) -> Generation:
        """Read from the newest page on, as if nothing were known."""
        self._fresh, self._reading = Generation(wanted), None
        self.agenda.clear()
        self._proofs.forget(now)
        self._owe_all(now)
        return self._fresh

    def _owe_all(self, now: float) -> None:
        if self.loading.state is not Loading.LOADED and not self.agenda.restraint.is_halted:
            self.loading = replace(self.loading, state=Loading.LOADING, error=None, can_retry=False)
        self.agenda.messages.owe(0, now)

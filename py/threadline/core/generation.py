"""One numbering of a session: its messages, its changes, and the server's name for it.

They change together or not at all: an epoch without its position would let another stream pass for
this one (sync.md 2.11). While all is read anew a second generation grows beside the one on show.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from .changes import Changes
from .holes import MAX_MISSING
from .push_events import MessageUpdated
from .reads import ReadKind
from .transcript import Ingested, Transcript

if TYPE_CHECKING:
    from collections.abc import Collection

    from .model import ClientMessageId, Message
    from .reads import Read
    from .rest_answers import Page

__all__ = ["MAX_REREAD", "REREAD", "Generation"]

REREAD: Final = 50  # newest messages that a re-read looks at again: changes have no number (E2)
MAX_REREAD: Final = 200  # the most that it does after a burst: four pages of the contract's limit


class Generation:
    """What is known under one numbering.

    Args:
        wanted: Messages that its first page is to have at least, so that a reader keeps the place.

    Attributes:
        transcript: The messages.
        changes: The changes of them that are known.
        epoch: The numbering's identity in the server's word, or None where it has none.
        reread_from: The number above which the next re-read looks for changes, or None: nothing was
            ever read to its end.
        meanwhile: What else came while this generation was read and another one was on show.
    """

    def __init__(self, wanted: int = 0) -> None:
        self.wanted = wanted
        self.transcript = Transcript()
        self.changes = Changes()
        self.epoch: str | None = None
        self.reread_from: int | None = None
        self.meanwhile: deque[Message | MessageUpdated] = deque(maxlen=MAX_MISSING)

    def is_of_another_epoch(self, page: Page) -> bool:
        """Whether a page belongs to another numbering."""
        return None not in (page.epoch, self.epoch) and page.epoch != self.epoch

    def ingest(self, message: Message, now: float, *, may_extend: bool = False) -> Ingested:
        """Take one message in, as `Transcript.ingest` does; its change is known from now on."""
        outcome = self.transcript.ingest(message, may_extend=may_extend)
        if outcome is not Ingested.CONTRADICTION:
            self.changes.covers(message.rev, now)
        return outcome

    def update(self, news: MessageUpdated, now: float) -> Ingested:
        """Take a change of status in; what else changed with it is missing until it is read."""
        outcome = self.transcript.update(news)
        self.changes.reaches(news.rev, now)
        return outcome

    def learn(self, read: Read, page: Page, now: float) -> None:
        """Take in what a page says of the numbering, after its messages.

        The feed is entered at the change that the first page names, which is read no later than its
        messages: what comes twice does no harm.
        """
        self.epoch = self.epoch or page.epoch
        self.transcript.reaches(page.latest_sequence or 0)
        if self.changes.base is None:
            revs = [one.rev for one in page.messages if one.rev is not None]
            entry = page.latest_rev
            if entry is None and read.kind is ReadKind.NEWEST:
                entry = max(revs, default=None)
            if entry is not None:
                self.changes.begin(entry)
        elif read.kind is not ReadKind.CHANGES:
            self.changes.reaches(page.latest_rev, now)

    def claim_from_oldest(self) -> int:
        """Claim everything from the oldest message on, and return its number."""
        oldest = self.transcript.oldest()
        first = oldest.sequence if oldest is not None and oldest.sequence is not None else 1
        self.transcript.claim_from(first)
        if self.reread_from is None:
            self.next_reread()
        return first

    def next_reread(self) -> int:
        """Return the number above which a re-read that begins now is to look for changes.

        What is changed from now on may have grown old when the next one comes, so the bound of that
        is fixed here: the newest of now (sync.md C2, E2). After a burst it reaches back less far.
        """
        newest = self.transcript.below_newest(REREAD)
        before = newest if self.reread_from is None else self.reread_from
        self.reread_from = newest
        return min(newest, max(before, self.transcript.below_newest(MAX_REREAD)))

    def take_over(self, old: Generation, now: float) -> None:
        """Become the generation on show, in place of `old`.

        The answer may be older than what came meanwhile; what contradicts it is of the old
        numbering, or comes with the next read.
        """
        for news in self.meanwhile:
            if isinstance(news, MessageUpdated):
                self.update(news, now)
            else:
                self.ingest(news, now)
        self.meanwhile.clear()
        self.transcript.version += old.transcript.version + 1

    def lost_of(
        self, old: Generation, acknowledged: Collection[ClientMessageId], *, has_older: bool
    ) -> tuple[Message, ...]:
        """Return the person's own texts that `old` has, and this one should have but has not.

        Args:
            old: The generation that was on show.
            acknowledged: The texts that the server was seen to have.
            has_older: Whether the server has messages before those of this generation.
        """
        oldest = self.transcript.oldest()
        since = oldest.timestamp if has_older and oldest is not None else 0.0
        return tuple(
            one
            for one in old.transcript.above(0)
            if one.client_message_id is not None
            and one.client_message_id in acknowledged
            and not (one.deleted or self.transcript.holds_client_message(one.client_message_id))
            and one.timestamp >= since
        )

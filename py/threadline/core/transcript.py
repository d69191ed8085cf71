"""The messages of one session: no duplicates, one order, holes known, whatever order news comes in.

One way in, `ingest`, for push, poll, history and own sends. It keeps the newest version of each id
and the union of what is covered, so order and repetition of facts cannot matter (sync.md 2.3).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from enum import Enum, auto
from itertools import islice
from math import inf
from typing import TYPE_CHECKING, Final

from .coverage import Intervals
from .model import ClientMessageId, Message, MessageId
from .versions import later, merged, updated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .push_events import MessageUpdated

__all__ = ["MAX_PARKED", "STEP", "Ingested", "Transcript"]

MAX_PARKED: Final = 500  # updates kept for messages not here yet (sync.md 2.3, rule 4)
STEP: Final = 25  # messages by which a window moves on

_Key = tuple[float, float, MessageId]


class Ingested(Enum):
    """What a fact did to the transcript."""

    NEW = auto()
    CHANGED = auto()
    SAME = auto()
    CONTRADICTION = auto()  # its number is held by another message: the server's numbering changed


class Transcript:
    """Messages by id, in one order, and the numbers they cover.

    Attributes:
        known: Numbers covered by a message.
        voids: Numbers believed empty; revoked by any fact.
        base: The oldest number anything is claimed about, or None before the first message.
        highest: The highest number there is evidence for; 0 without any.
        version: Counts changes of what is shown.
    """

    def __init__(self) -> None:
        self.known = Intervals()
        self.voids = Intervals()
        self.base: int | None = None
        self.highest = 0
        self.version = 0
        self._by_id: dict[MessageId, Message] = {}
        self._by_sequence: dict[int, MessageId] = {}
        self._by_client: dict[ClientMessageId, list[MessageId]] = {}
        self._order: list[_Key] = []
        self._covered = Intervals()  # the union of `known` and `voids`
        self._hidden: set[MessageId] = set()  # of what is here, what is not shown
        self._disputed: set[int] = set()  # numbers that the server itself gave out twice
        # Updates whose message is not here as it is since: not here at all, or here without the
        # rest of what changed. For the latter, the message as it was before the update.
        self._parked: dict[MessageId, MessageUpdated] = {}
        self._bare: dict[MessageId, Message] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, message_id: MessageId) -> Message | None:
        """Return the message, if it is here."""
        return self._by_id.get(message_id)

    def whole(self, message: Message) -> Message:
        """Return the last whole version of `message`, which may be behind a change of its status.

        What is stored: with the newer `rev` an engine that comes later would believe it complete.
        """
        return self._bare.get(message.id, message)

    def holds_client_message(self, client_message_id: ClientMessageId) -> bool:
        """Whether a text of the person's own is here, as a stored message."""
        return bool(self._by_client.get(client_message_id))

    def ingest(self, message: Message, *, may_extend: bool = False) -> Ingested:
        """Take one authoritative statement about one message into account.

        A message that is not here and is older than all that is claimed is left out: it would stand
        alone, with unknown ones behind it. Reading older pages is what extends the list downwards.
        """
        known = self._by_id.get(message.id)
        if known is None and not may_extend and self.is_older(message):
            return Ingested.SAME
        bare = self._bare.get(message.id, known)
        whole = message if bare is None else merged(bare, message)
        newest = self._with_parked(whole)
        if self._is_held_by_another(newest):
            return Ingested.CONTRADICTION
        self._keep_parked(whole, newest)
        return self._replace(known, newest)

    def update(self, news: MessageUpdated) -> Ingested:
        """Take a change of status into account; park it if its message is not here yet."""
        self.saw(news.sequence or 0)
        parked = self._parked.pop(news.message_id, None)
        self._parked[news.message_id] = news if parked is None else later(parked, news)
        if len(self._parked) > MAX_PARKED:
            oldest = next(iter(self._parked))
            del self._parked[oldest]
            self._bare.pop(oldest, None)
        known = self._by_id.get(news.message_id)
        return Ingested.SAME if known is None else self.ingest(self._bare.get(known.id, known))

    def is_older(self, message: Message) -> bool:
        """Whether a message belongs before all that anything is claimed about."""
        if message.sequence is None or self.base is None:
            return False
        return message.sequence < self.base

    def forget(self, message: Message) -> None:
        """The server does not have this record: let it go. Its number is believed empty."""
        self._remove(message)
        self._parked.pop(message.id, None)
        self._bare.pop(message.id, None)
        self.version += 1
        if message.sequence is None or message.sequence in self.known:
            return  # another message holds the number
        self.declare_void(message.sequence)

    def put_back(self, message: Message) -> None:
        """The server has this older version after all: it stands, whatever was known."""
        self._parked.pop(message.id, None)
        self._bare.pop(message.id, None)
        self._replace(self._by_id.get(message.id), message)

    def saw(self, sequence: int) -> None:
        """A fact names `sequence`: it exists, whatever was believed."""
        self.reaches(sequence)
        if sequence in self.voids:
            self.voids.discard(sequence)
            self._covered.discard(sequence)

    def reaches(self, sequence: int) -> None:
        """The server's numbering has come to `sequence`, which may itself be empty."""
        self.highest = max(self.highest, sequence)

    def dispute(self, sequence: int) -> None:
        """Two messages bear `sequence` in one numbering: show both, do not begin anew for them."""
        self._disputed.add(sequence)

    def claim_from(self, sequence: int) -> None:
        """From `sequence` on, what is missing is a hole; before it, it is just older."""
        self.base = sequence if self.base is None else min(self.base, sequence)

    def claim_only_from(self, sequence: int) -> None:
        """Nothing is claimed before `sequence` any more: too much of it is missing."""
        self.base = sequence

    def declare_void(self, sequence: int) -> None:
        """Two complete reads did not find it: it is believed not to exist."""
        self.voids.add(sequence)
        self._covered.add(sequence)
        self.version += 1

    @property
    def contiguous(self) -> int:
        """The last number up to which nothing is missing, from `base` on; 0 before any."""
        if self.base is None:
            return 0
        holes = self.holes()
        return holes[0][0] - 1 if holes else max(self.highest, self.base - 1)

    def holes(self) -> list[tuple[int, int]]:
        """Return what is missing between `base` and `highest`, ascending, ends inclusive."""
        if self.base is None:
            return []
        return self._covered.missing(self.base, self.highest)

    @property
    def missing_count(self) -> int:
        """How many numbers are missing."""
        return sum(last - first + 1 for first, last in self.holes())

    def window(self, limit: int) -> tuple[Message, ...]:
        """Return the last messages that are shown, in order: `limit`, and fewer than `STEP` more.

        The window moves on in steps: what has a place in it keeps that while some more come in.
        """
        length = len(self._order)
        start = max(0, length - limit) // STEP * STEP
        last = [message_id for _, _, message_id in self._order[start:]]
        if not self._hidden or self._hidden.isdisjoint(last):
            return tuple(map(self._by_id.__getitem__, last))
        shown = (one for one in self.newest_first() if one.id not in self._hidden)
        return tuple(islice(shown, length - start))[::-1]

    def depth(self, key: str) -> int | None:
        """Return how many messages there are from the one with this key to the end, or None."""
        message = self.by_key(key)
        return None if message is None else len(self._order) - self._place(message)

    def at_depth(self, depth: int) -> Message | None:
        """Return the message that is so many from the end, 1 being the last; else the oldest."""
        return self._by_id[self._order[-min(depth, len(self))][2]] if self._order else None

    def by_key(self, key: str) -> Message | None:
        """Return the message with this key on screen, if it is here."""
        known = self._by_client.get(ClientMessageId(key)) or [MessageId(key)]
        return self._by_id.get(known[-1])

    def _place(self, message: Message) -> int:
        return bisect_left(self._order, _key(message))

    def newest_first(self) -> Iterator[Message]:
        """Iterate over all messages, the last in order first, tombstones included."""
        for _, _, message_id in reversed(self._order):
            yield self._by_id[message_id]

    def oldest(self) -> Message | None:
        """Return the first message in order, if there is one."""
        return self._by_id[self._order[0][2]] if self._order else None

    def below_newest(self, count: int) -> int:
        """Return the number above which at least the last `count` messages are; 0 if all are."""
        first = self.contiguous - count + 1
        last = bisect_left(self._order, (float(self.contiguous) + 0.5, 0.0, ""))
        if last < count:
            return 0
        # Numbers that were never used are no messages: of these there are so many.
        return max(0, min(first, int(self._order[last - count][0])) - 1)

    def above(self, sequence: int) -> list[Message]:
        """Return the messages numbered above `sequence`, tombstones included, ascending."""
        first = bisect_left(self._order, (float(sequence) + 0.5, 0.0, MessageId("")))
        last = bisect_left(self._order, (inf, 0.0, MessageId("")))
        return [self._by_id[key[2]] for key in self._order[first:last]]

    def timestamp_below(self, sequence: int) -> float | None:
        """Return the time of the last message numbered at most `sequence`, in epoch seconds."""
        place = bisect_left(self._order, (float(sequence) + 0.5, 0.0, MessageId("")))
        return self._order[place - 1][1] if place else None

    def _is_shown(self, message: Message) -> bool:
        if message.deleted or message.client_message_id is None:
            return not message.deleted
        # Two messages with one client id are possible after a restore: the later is the one shown.
        claimants = (self._by_id[one] for one in self._by_client[message.client_message_id])
        return max(map(_key, claimants)) == _key(message)

    def _look_at(self, message: Message) -> None:
        """`message` came or went: see what of it, and of what bears its client id, is shown."""
        client = message.client_message_id
        for one in [message.id] if client is None else self._by_client[client]:
            known = self._by_id.get(one)
            if known is None or self._is_shown(known):
                self._hidden.discard(one)
            else:
                self._hidden.add(one)

    def _is_held_by_another(self, message: Message) -> bool:
        number = message.sequence
        if number is None or number in self._disputed:
            return False
        return self._by_sequence.get(number, message.id) != message.id

    def _with_parked(self, message: Message) -> Message:
        news = self._parked.get(message.id)
        return message if news is None else updated(message, news)

    def _keep_parked(self, whole: Message, newest: Message) -> None:
        """Keep an update while it is ahead of the last whole version of its message.

        It tells of the status alone: what else changed with its `rev` comes with the whole.
        """
        if (newest.rev or 0) > (whole.rev or 0):
            self._bare[whole.id] = whole
        else:
            self._parked.pop(whole.id, None)
            self._bare.pop(whole.id, None)

    def _replace(self, known: Message | None, newest: Message) -> Ingested:
        if newest == known:
            return Ingested.SAME
        if known is not None:
            self._remove(known)
        self._insert(newest)
        return Ingested.NEW if known is None else Ingested.CHANGED

    def _insert(self, message: Message) -> None:
        self._by_id[message.id] = message
        insort(self._order, _key(message))
        if message.sequence is not None:
            self._by_sequence[message.sequence] = message.id
            self.saw(message.sequence)
            self.known.add(message.sequence)
            self._covered.add(message.sequence)
        if message.client_message_id is not None:
            self._by_client.setdefault(message.client_message_id, []).append(message.id)
        self._look_at(message)
        self.version += 1

    def _remove(self, message: Message) -> None:
        del self._by_id[message.id]
        del self._order[self._place(message)]
        if message.client_message_id is not None:
            self._by_client[message.client_message_id].remove(message.id)
        self._hidden.discard(message.id)
        self._look_at(message)
        if message.sequence is None:
            return
        if message.sequence in self._disputed:
            heirs = [
                one for one in self.above(message.sequence - 1) if one.sequence == message.sequence
            ]
            if heirs:
                self._by_sequence[message.sequence] = heirs[0].id
                return
        del self._by_sequence[message.sequence]
        self.known.discard(message.sequence)
        self._covered.discard(message.sequence)


def _key(message: Message) -> _Key:
    # A message without a number belongs after all that have one. Time, then id, break ties, so
    # that the order is total and transitive.
    position = inf if message.sequence is None else float(message.sequence)
    return (position, message.timestamp, message.id)

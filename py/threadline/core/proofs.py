"""What complete reads prove: which numbers are empty, and which records are not there any more.

Facts only ever add; a number is declared empty, and a record let go, after two complete reads begun
far enough apart, and both can be taken back by any later fact (sync.md H4, H5, 2.11).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .ghosts import Ghosts
from .holes import SETTLE, Holes
from .session_view import Gap, GapState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .generation import Generation
    from .model import Message, MessageId
    from .reads import Read
    from .rest_answers import Page
    from .transcript import Transcript

__all__ = ["VOID_CHECKS", "Proof", "Proofs"]

VOID_CHECKS: Final = (30.0, 300.0)  # seconds after which a number believed empty is tried (H5)

Debt = tuple[int, float]  # everything above the number is to be read from the second on


@dataclass(frozen=True, slots=True)
class Proof:
    """What one read showed.

    Attributes:
        ghosts: Records that are here and are not there, or not so new there.
        regressed: Records whose status is an earlier one there.
        went_back: The server's counters are lower than they were known to be.
        owed: Reads that are to follow.
    """

    ghosts: tuple[Message, ...] = ()
    regressed: tuple[Message, ...] = ()
    went_back: bool = False
    owed: tuple[Debt, ...] = ()

    @property
    def is_other_numbering(self) -> bool:
        """Whether the evidence is enough to read all anew: two of these (sync.md 2.11)."""
        return len(self.ghosts) + self.went_back >= 2


class Proofs:
    """What reads have shown so far, of one generation.

    Args:
        jitter: Draws from [0, 1).

    Attributes:
        holes: The missing numbers, and when to look for them.
        unsettled: Numbers believed empty whose checks are not over, and since when. They are holes
            again for the next engine (H5).
    """

    def __init__(self, jitter: Callable[[], float]) -> None:
        self.holes = Holes(jitter)
        self.unsettled: dict[int, float] = {}
        self._ghosts = Ghosts()
        self._seen: dict[MessageId, Message] = {}

    def begin(self) -> None:
        """A read begins."""
        self._seen = {}

    def saw(self, messages: Iterable[Message]) -> None:
        """The read brought these."""
        self._seen.update((one.id, one) for one in messages)

    def watch(self, transcript: Transcript, now: float) -> None:
        """Something was taken in: plan looks at what is missing."""
        holes = transcript.holes()
        missing = (number for first, last in holes for number in range(first, last + 1))
        self.holes.watch(missing, now)

    def finish(self, read: Read, page: Page, current: Generation, now: float) -> Proof:
        """A read of messages is done, with `page` as its last one: draw the conclusions."""
        if not (read.clean and read.reached) or read.floor is None:
            self.holes.postpone(now)
            return Proof()
        transcript, floor = current.transcript, read.floor
        self._settle(read.begun_at, floor, transcript)
        owed: list[Debt] = []
        for number in self.holes.looked(read.begun_at, floor, now):
            transcript.declare_void(number)
            owed += self._to_check(number, now)
        verdict = self._ghosts.looked(
            read.begun_at,
            now,
            transcript.above(floor),
            self._seen,
            is_head_low=read.finds_less(page),
        )
        if verdict.check_above is not None:
            owed.append((verdict.check_above, now + SETTLE))
        return Proof(verdict.ghosts, verdict.regressed, verdict.went_back, tuple(owed))

    def let_go(self, proof: Proof, transcript: Transcript, now: float) -> list[Debt]:
        """Let records go that are not there; return the reads that are to follow.

        One that is there in an older version takes that one again.
        """
        owed: list[Debt] = []
        for ghost in (*proof.ghosts, *proof.regressed):
            version = self._seen.get(ghost.id)
            if version is not None:
                transcript.put_back(version)
                continue
            transcript.forget(ghost)
            number = ghost.sequence
            if number is not None and number in transcript.voids:
                owed += self._to_check(number, now)
        return owed

    def forget(self, now: float) -> None:
        """Another generation begins: what was shown of this one means nothing for it."""
        self._ghosts = Ghosts()
        self._seen = {}
        self.unsettled.clear()
        self.holes.watch((), now)

    def gaps(self, transcript: Transcript) -> tuple[Gap, ...]:
        """Return the holes as the person sees them."""
        state = GapState.STUCK if self.holes.is_stuck else GapState.FETCHING
        return tuple(Gap(first=a, last=b, state=state) for a, b in transcript.holes())

    def _to_check(self, number: int, now: float) -> list[Debt]:
        self.unsettled[number] = now
        return [(number - 1, now + pause) for pause in VOID_CHECKS]

    def _settle(self, begun_at: float, floor: int, transcript: Transcript) -> None:
        last = VOID_CHECKS[-1]
        self.unsettled = {
            number: since
            for number, since in self.unsettled.items()
            if number in transcript.voids and (number <= floor or begun_at < since + last)
        }

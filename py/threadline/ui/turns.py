"""Turns: a user message and all up to the next one, with the agent's steps numbered.

Where the server numbers its steps, its numbers stand. Where it does not, step k is told by the
turn's k-th assistant message, and a provisional step k is a detail of that message rather than a
row of its own (design section 3, "Turns").
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from threadline.core.model import TERMINAL_STATUSES

from .memo import Memo, SequenceMemo, same_length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from threadline.core.model import Message, ProvisionalStep, Step

__all__ = ["Placed", "Turn", "TurnMaker", "folded", "has_ended"]


@dataclass(frozen=True, slots=True)
class Placed:
    """A message in its turn.

    Attributes:
        step: What the agent did, from the message or from a provisional step; None for a plain
            message.
        index: The step's number in its run, from 0; None where there is no step.
        folds: Whether the step is shown by its head alone, since its run is over.
    """

    message: Message
    step: Step | None = None
    index: int | None = None
    folds: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """One turn. Two are the same only if they are one object.

    Attributes:
        user: What began it; None for messages before the first user message of the window.
        answers: All that follows, in order.
        provisional: Steps of this turn that no message tells of. Only the last turn has any.
    """

    user: Placed | None = None
    answers: tuple[Placed, ...] = ()
    provisional: tuple[ProvisionalStep, ...] = ()


class TurnMaker:
    """Groups the windows of one panel into turns, one window after the other.

    A turn that did not change is the same object again, and so is each message's place in one
    that did.
    """

    def __init__(self) -> None:
        self._places: SequenceMemo[Message, Placed] = SequenceMemo(_placed, id)
        self._placed: tuple[Placed, ...] = ()
        # The turns of these, in order: where each begins, its part of them, and the turn itself.
        self._starts: list[int] = []
        self._parts: list[tuple[Placed, ...]] = []
        self._turns: list[Turn] = []
        self._attached = Memo(_attached)

    def make(
        self, messages: tuple[Message, ...], provisional: tuple[ProvisionalStep, ...]
    ) -> list[Turn]:
        """Group `messages`, which are in display order, and attach the `provisional` steps."""
        before, self._placed = self._placed, self._places.recall(messages)
        # A turn is as it was where the next one has begun in what both windows begin with.
        kept = max(0, bisect_left(self._starts, same_length(before, self._placed)) - 1)
        self._regroup(kept, self._starts[kept] if kept else 0)
        turns = self._turns.copy()
        if provisional:
            turns[-1:] = [self._attached.recall((turns[-1] if turns else Turn(), provisional))]
        return turns

    def _regroup(self, kept: int, begin: int) -> None:
        """Group anew what is from the place `begin` on, behind the first `kept` turns."""
        placed = self._placed
        starts = [
            place for place in range(begin, len(placed)) if placed[place].message.role == "user"
        ]
        if begin < len(placed) and starts[:1] != [begin]:
            starts.insert(0, begin)
        # Each turn keeps its parts alive, so that no identity is given out twice.
        old = zip(self._parts[kept:], self._turns[kept:], strict=True)
        known = {id(part[0]): (part, turn) for part, turn in old}
        del self._starts[kept:], self._parts[kept:], self._turns[kept:]
        for start, end in pairwise([*starts, len(placed)]):
            part = placed[start:end]
            same, turn = known.get(id(part[0]), ((), None))
            self._starts.append(start)
            self._parts.append(part)
            self._turns.append(turn if turn is not None and same == part else _turn(part))


def has_ended(turn: Turn) -> bool:
    """Whether the last that is known of the turn's run is its end."""
    last = turn.answers[-1].message if turn.answers else None
    return last is not None and not turn.provisional and last.status in TERMINAL_STATUSES


def folded(turn: Turn) -> Turn:
    """The turn with its steps folded, but for those that failed and the one with the result."""
    answers = list(turn.answers)
    places = [place for place, one in enumerate(answers) if one.message.role == "assistant"]
    for place in places[:-1]:
        message = answers[place].message
        has_failed = message.error is not None or message.status == "failed"
        if answers[place].index is not None and not has_failed:
            answers[place] = replace(answers[place], folds=True)
    return Turn(turn.user, tuple(answers), turn.provisional)


def _placed(message: Message) -> Placed:
    """`message` by itself; a step that the server did not number has no index yet."""
    if message.step is None or message.role != "assistant":
        return Placed(message)
    return Placed(message, message.step, message.step.index)


def _turn(part: tuple[Placed, ...]) -> Turn:
    """The turn of these messages; only the first may be the user's."""
    user, answers = (part[0], part[1:]) if part[0].message.role == "user" else (None, part)
    if [1 for answer in answers if answer.step is not None and answer.index is None]:
        answers = tuple(_numbered(answers))
    return Turn(user, answers)


def _numbered(answers: tuple[Placed, ...]) -> Iterator[Placed]:
    """`answers` with each step numbered; without a number of its own by the assistant's count."""
    position = 0
    for answer in answers:
        if answer.step is not None and answer.index is None:
            yield Placed(answer.message, answer.step, position)
        else:
            yield answer
        position += answer.message.role == "assistant"


def _attached(parts: tuple[Turn, tuple[ProvisionalStep, ...]]) -> Turn:
    """The turn with each provisional step at the message that stands for it, or at its end."""
    turn, provisional = parts
    answers = list(turn.answers)
    places = [place for place, answer in enumerate(answers) if answer.message.role == "assistant"]
    if any(_is_numbered(answers[place].message) for place in places):
        places = []  # the server says which message is which step: none stands for another
    left: list[ProvisionalStep] = []
    for told in provisional:
        index = told.step.index
        if index is None or not 0 <= index < len(places):
            left.append(told)
            continue
        answer = answers[places[index]]
        if answer.step is None:
            answers[places[index]] = Placed(answer.message, told.step, index)
    return Turn(turn.user, tuple(answers), tuple(left))


def _is_numbered(message: Message) -> bool:
    """Whether the server says which step this message tells of."""
    return message.step is not None and message.step.index is not None

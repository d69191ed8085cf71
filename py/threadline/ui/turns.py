"""Turns: a user message and all up to the next one, with the agent's steps numbered.

Where the server numbers its steps, its numbers stand. Where it does not, step k is told by the
turn's k-th assistant message, and a provisional step k is a detail of that message rather than a
row of its own (design section 3, "Turns").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from threadline.core.model import Message, ProvisionalStep, Step

__all__ = ["Placed", "Turn", "turns_of"]


@dataclass(frozen=True, slots=True)
class Placed:
    """A message in its turn.

    Attributes:
        step: What the agent did, from the message or from a provisional step; None for a plain
            message.
        index: The step's number in its run, from 0; None where there is no step.
    """

    message: Message
    step: Step | None = None
    index: int | None = None


@dataclass(slots=True)
class Turn:
    """One turn.

    Attributes:
        user: What began it; None for messages before the first user message of the window.
        answers: All that follows, in order.
        provisional: Steps of this turn that no message tells of. Only the last turn has any.
    """

    user: Message | None = None
    answers: list[Placed] = field(default_factory=list)
    provisional: list[ProvisionalStep] = field(default_factory=list)


def turns_of(messages: Sequence[Message], provisional: Sequence[ProvisionalStep]) -> list[Turn]:
    """Group `messages`, which are in display order, and attach the `provisional` steps."""
    turns: list[Turn] = []
    assistants = 0
    for message in messages:
        if message.role == "user":
            turns.append(Turn(user=message))
            assistants = 0
            continue
        if not turns:
            turns.append(Turn())
        turns[-1].answers.append(_placed(message, assistants))
        assistants += message.role == "assistant"
    if provisional:
        if not turns:
            turns.append(Turn())
        _attach(turns[-1], provisional)
    return turns


def _placed(message: Message, position: int) -> Placed:
    """`message` as an answer; `position` is its number among the turn's assistant messages."""
    step = message.step
    if step is None or message.role != "assistant":
        return Placed(message)
    return Placed(message, step, position if step.index is None else step.index)


def _attach(turn: Turn, provisional: Sequence[ProvisionalStep]) -> None:
    """Give each provisional step to the message that stands for it, or to the turn's end."""
    places = [
        place for place, answer in enumerate(turn.answers) if answer.message.role == "assistant"
    ]
    if any(_is_numbered(turn.answers[place].message) for place in places):
        places = []  # the server says which message is which step: none stands for another
    for told in provisional:
        index = told.step.index
        if index is None or not 0 <= index < len(places):
            turn.provisional.append(told)
            continue
        answer = turn.answers[places[index]]
        if answer.step is None:
            turn.answers[places[index]] = Placed(answer.message, told.step, index)


def _is_numbered(message: Message) -> bool:
    """Whether the server says which step this message tells of."""
    return message.step is not None and message.step.index is not None

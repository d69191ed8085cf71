"""Turns: where they begin, and which message tells of which step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threadline.core.model import Message, MessageError, MessageId, ProvisionalStep, Step
from threadline.ui.turns import Turn, TurnMaker, folded, has_ended

if TYPE_CHECKING:
    from collections.abc import Sequence

    from threadline.core.model import Role


def _message(id_: str, role: Role = "assistant", step: Step | None = None) -> Message:
    return Message(
        id=MessageId(id_), role=role, content=id_, status="completed", timestamp=0.0, step=step
    )


def turns_of(messages: Sequence[Message], provisional: Sequence[ProvisionalStep]) -> list[Turn]:
    """The turns that a new maker makes."""
    return TurnMaker().make(tuple(messages), tuple(provisional))


def _told(index: int | None, action: str = "click()") -> ProvisionalStep:
    step = Step(task_id="t", index=index, action=action)
    return ProvisionalStep(step=step, status="executing", received_at=0.0)


def test_a_turn_is_a_user_message_and_all_up_to_the_next_one() -> None:
    """Answers and notes belong to the user message before them."""
    messages = [
        _message("u1", "user"),
        _message("a1"),
        _message("n1", "system"),
        _message("u2", "user"),
    ]

    first, second = turns_of(messages, [])

    assert first.user is not None
    assert second.user is not None
    assert first.user.message is messages[0]
    assert [answer.message for answer in first.answers] == messages[1:3]
    assert (second.user.message, second.answers) == (messages[3], ())


def test_answers_before_the_first_user_message_are_a_turn_without_one() -> None:
    """A window may begin in the middle of a turn."""
    (turn,) = turns_of([_message("a1")], [])

    assert turn.user is None
    assert [answer.message.id for answer in turn.answers] == ["a1"]


def test_nothing_is_no_turn() -> None:
    """An empty session has no turns."""
    assert turns_of([], []) == []


def test_the_servers_step_numbers_stand() -> None:
    """A message that says its index is that step, wherever it stands."""
    (turn,) = turns_of([_message("u", "user"), _message("a", step=Step(index=4))], [])

    assert turn.answers[0].index == 4


def test_without_numbers_step_k_is_the_kth_assistant_message() -> None:
    """Counted per turn, from 0, and notes are not counted."""
    messages = [
        _message("u1", "user"),
        _message("a", step=Step(action="one")),
        _message("n", "system", Step(action="not a step")),
        _message("b", step=Step(action="two")),
        _message("u2", "user"),
        _message("c", step=Step(action="three")),
    ]

    first, second = turns_of(messages, [])

    assert [answer.index for answer in first.answers] == [0, None, 1]
    assert [answer.index for answer in second.answers] == [0]


def test_a_plain_answer_is_no_step() -> None:
    """An assistant's message without step information has no index."""
    (turn,) = turns_of([_message("u", "user"), _message("a")], [])

    assert (turn.answers[0].step, turn.answers[0].index) == (None, None)


def test_a_provisional_step_is_a_detail_of_its_message() -> None:
    """Where the server stores no step, the k-th message gets what the k-th event told."""
    told = [_told(0), _told(1, "type()")]
    (turn,) = turns_of([_message("u", "user"), _message("a"), _message("b")], told)

    assert [answer.step for answer in turn.answers] == [told[0].step, told[1].step]
    assert [answer.index for answer in turn.answers] == [0, 1]
    assert turn.provisional == ()


def test_a_stored_step_wins_over_the_provisional_one() -> None:
    """The message's own step without a number is not overwritten, nor shown twice."""
    stored = Step(action="stored")
    (turn,) = turns_of([_message("u", "user"), _message("a", step=stored)], [_told(0)])

    assert turn.answers[0].step is stored
    assert turn.provisional == ()


def test_a_provisional_step_without_a_message_stands_at_the_turns_end() -> None:
    """So does one without a number, and one beside messages that carry the server's numbers."""
    numbered = _message("a", step=Step(index=0))
    told = [_told(0), _told(None), _told(3)]
    (turn,) = turns_of([_message("u", "user"), numbered], told)

    assert turn.provisional == tuple(told)
    assert turn.answers[0].step is numbered.step


def test_where_the_server_numbers_steps_a_plain_answer_stands_for_none() -> None:
    """The final answer of a run is not taken for the step that was told of last."""
    messages = [_message("u", "user"), _message("a", step=Step(index=0)), _message("b")]
    (turn,) = turns_of(messages, [_told(1)])

    assert turn.answers[1].step is None
    assert [told.step.index for told in turn.provisional] == [1]


def test_a_provisional_step_may_come_before_any_message() -> None:
    """A step is shown even if nothing else is known of its turn."""
    (turn,) = turns_of([], [_told(0)])

    assert turn.user is None
    assert len(turn.provisional) == 1


def test_what_did_not_change_is_the_same_object() -> None:
    """A turn that is over, and in the one that goes on each message's place."""
    made = TurnMaker()
    messages = (_message("u1", "user"), _message("a1"), _message("u2", "user"), _message("a2"))
    first, second = made.make(messages, ())
    more = made.make((*messages, _message("a3")), ())
    moved = made.make(messages[1:], ())

    assert more[0] is first
    assert more[1].answers[0] is second.answers[0]
    assert moved[0].user is None
    assert moved[0].answers == first.answers
    assert moved[1].answers == second.answers


def test_steps_are_counted_anew_when_the_window_moves() -> None:
    """An unnumbered step is counted from the beginning of what is shown of its turn."""
    made = TurnMaker()
    messages = tuple(_message(id_, step=Step(action=id_)) for id_ in "abc")
    made.make(messages, ())
    (turn,) = made.make(messages[1:], ())

    assert [answer.index for answer in turn.answers] == [0, 1]


_POOL = [
    _message(
        f"{'uab'[kind]}{number}", "user" if kind == 0 else "assistant", (None, None, Step())[kind]
    )
    for number in range(6)
    for kind in range(3)
]
_windows = st.lists(st.sampled_from(_POOL), unique=True).map(tuple)


def _told_by(turns: list[Turn]) -> list[object]:
    return [(turn.user, turn.answers, turn.provisional) for turn in turns]


@given(st.lists(_windows, min_size=2))
def test_whatever_was_shown_before_the_turns_are_those_of_the_window(
    windows: list[tuple[Message, ...]],
) -> None:
    """Windows that grow, shrink, move and change, one after the other."""
    made = TurnMaker()
    for window in windows:
        assert _told_by(made.make(window, ())) == _told_by(turns_of(window, ()))


@given(_windows, _windows)
def test_a_turn_that_another_one_followed_is_the_same_object(
    window: tuple[Message, ...], more: tuple[Message, ...]
) -> None:
    """What is added at the end is no reason to make it again."""
    made = TurnMaker()
    before = made.make(window, ())
    added = tuple(one for one in more if one not in window)

    after = made.make((*window, *added), ())

    kept = before[:-1]
    assert after[: len(kept)] == kept


def _ran(*statuses: str) -> Turn:
    """A turn of one step for each of these statuses."""
    messages = [
        replace(_message(f"a{place}", step=Step(index=place)), status=status)
        for place, status in enumerate(statuses)
    ]
    return turns_of([_message("u1", "user"), *messages], [])[0]


def test_the_steps_of_a_turn_fold_but_for_the_result_and_what_failed() -> None:
    """ux.md S11: the last message is what the person asked for; a failure is not hidden."""
    turn = _ran("success", "failed", "success", "completed")

    assert [answer.folds for answer in folded(turn).answers] == [True, False, True, False]


def test_plain_answers_and_steps_that_say_why_they_failed_do_not_fold() -> None:
    """Only steps do, and only good ones."""
    messages = [
        _message("u1", "user"),
        _message("plain"),
        replace(_message("a1", step=Step(index=0)), error=MessageError(message="boom")),
        _message("n1", "system"),
        _message("a2", step=Step(index=1)),
    ]

    assert not any(answer.folds for answer in folded(turns_of(messages, [])[0]).answers)


@pytest.mark.parametrize(
    ("turn", "ended"),
    [
        (_ran("success", "completed"), True),
        (_ran("success", "executing"), False),
        (Turn(), False),
        (Turn(None, _ran("completed").answers, (_told(3),)), False),
    ],
    ids=["ended", "goes on", "no answer", "a step not stored"],
)
def test_a_turn_has_ended_when_its_last_message_says_so(turn: Turn, *, ended: bool) -> None:
    """A run whose end nobody told stays as it is."""
    assert has_ended(turn) is ended

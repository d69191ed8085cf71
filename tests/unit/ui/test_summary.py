"""The line above a turn's steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from threadline.core.model import Message, MessageError, MessageId, ProvisionalStep, Step
from threadline.ui.summary import duration_words, turn_row
from threadline.ui.turns import Placed, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence


def _message(at: float, *, status: str = "completed", failed: bool = False) -> Message:
    error = MessageError(message="boom") if failed else None
    return Message(
        id=MessageId("u"), role="user", content="", status=status, timestamp=at, error=error
    )


def _step(at: float, *, status: str = "completed", failed: bool = False) -> Placed:
    return Placed(_message(at, status=status, failed=failed), Step(), 0)


def _told(status: str) -> ProvisionalStep:
    return ProvisionalStep(step=Step(index=5), status=status, received_at=0.0)


def _turn(
    user: Message | None, answers: Sequence[Placed], told: Sequence[ProvisionalStep] = ()
) -> Turn:
    return Turn(None if user is None else Placed(user), tuple(answers), tuple(told))


@pytest.mark.parametrize(
    "answers", [[], [_step(1.0)], [_step(1.0), Placed(_message(2.0))]], ids=["none", "one", "plain"]
)
def test_a_turn_of_one_step_needs_no_summary(answers: list[Placed]) -> None:
    """Plain answers do not count as steps."""
    assert turn_row(_turn(_message(0.0), answers), running=False, is_open=False) is None


def test_a_finished_turn_tells_time_and_steps() -> None:
    """Time runs from the person's message to the last answer."""
    row = turn_row(_turn(_message(0.0), [_step(10.0), _step(42.0)]), running=False, is_open=False)

    assert row is not None
    assert (row.key, row.state, row.failed_words) == ("turn:u", "done", "")
    assert row.words == "Worked for 42 s · 2 steps"


def test_failed_steps_are_counted() -> None:
    """A turn that went on after a failure is done, and still says so."""
    row = turn_row(
        _turn(_message(0.0), [_step(1.0, failed=True), _step(2.0)]), running=False, is_open=False
    )

    assert row is not None
    assert (row.state, row.failed_words) == ("done", "1 failed")


def test_a_turn_that_ended_in_a_failure_has_failed() -> None:
    """The last step decides."""
    row = turn_row(
        _turn(_message(0.0), [_step(1.0), _step(2.0, status="failed")]),
        running=False,
        is_open=False,
    )

    assert row is not None
    assert (row.state, row.words, row.failed_words) == ("failed", "Stopped at step 1", "")


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (Placed(_message(2.0, failed=True), Step(), 1), "Stopped at step 2: boom"),
        (Placed(_message(2.0, failed=True)), "Stopped at step 2: boom"),
    ],
    ids=["a step", "the answer"],
)
def test_a_run_that_stopped_says_where_and_why(end: Placed, words: str) -> None:
    """ux.md 5.5: by the number of the step; where others failed before it, they are counted."""
    before = [_step(1.0, failed=True), _step(1.5)]
    row = turn_row(_turn(_message(0.0), [*before, end]), running=False, is_open=False)
    going = turn_row(_turn(_message(0.0), [*before, end]), running=True, is_open=True)

    assert row is not None
    assert row.words == words
    assert going is not None
    assert going.words.startswith("Working")


def test_a_running_turn_counts_provisional_steps() -> None:
    """What was told of counts, stored or not; no duration is claimed yet."""
    row = turn_row(
        _turn(_message(0.0), [_step(1.0)], [_told("executing")]), running=True, is_open=True
    )

    assert row is not None
    assert (row.state, row.words) == ("running", "Working · step 2")


@pytest.mark.parametrize(
    "turn",
    [
        _turn(None, [_step(1.0), _step(2.0)]),
        _turn(_message(0.0), [], [_told("completed"), _told("completed")]),
        _turn(_message(9.0), [_step(1.0), _step(2.0)]),
    ],
    ids=["no beginning", "no end", "clock runs backwards"],
)
def test_no_time_is_told_that_is_not_known(turn: Turn) -> None:
    """Then the line has the steps alone."""
    row = turn_row(turn, running=False, is_open=False)

    assert row is not None
    assert row.words == "2 steps"


@pytest.mark.parametrize(
    ("seconds", "words"), [(5, "5 s"), (59, "59 s"), (60, "1 min 0 s"), (200, "3 min 20 s")]
)
def test_duration_words(seconds: int, words: str) -> None:
    """Minutes appear when there is one."""
    assert duration_words(seconds) == words


@pytest.mark.parametrize("status", ["interrupted", "cancelled"])
def test_a_turn_that_was_interrupted_says_after_how_many_steps(status: str) -> None:
    """ux.md 5.5: that it took so long is of no use then."""
    end = Placed(_message(9.0, status=status))
    row = turn_row(
        _turn(_message(0.0), [_step(1.0), _step(2.0), end]), running=False, is_open=False
    )

    assert row is not None
    assert row.words == "Interrupted after 2 steps"


def test_a_turn_whose_last_step_was_stopped_is_marked_so() -> None:
    """No tick where nothing was finished."""
    turn = _turn(_message(0.0), [_step(1.0), _step(2.0, status="cancelled")])
    row = turn_row(turn, running=False, is_open=False)

    assert row is not None
    assert (row.state, row.failed_words) == ("stopped", "")

"""The line before what nobody has seen, and what it says of the time away."""

from __future__ import annotations

from typing import Any

from threadline.core.model import Message, MessageError, MessageId, Step
from threadline.core.session_view import UnreadMark
from threadline.ui.rows import NoteRow
from threadline.ui.turns import Placed
from threadline.ui.unseen import first_new, new_row

MARK = UnreadMark(2, 9)


def _message(number: int | None, **changes: Any) -> Message:
    values: dict[str, Any] = {
        "id": MessageId(f"m{number}"),
        "role": "assistant",
        "content": "text",
        "status": "executing",
        "timestamp": float(number or 0),
        "sequence": number,
    }
    return Message(**{**values, **changes})


def _placed(*numbers: int | None) -> list[object]:
    return [Placed(_message(number)) for number in numbers]


def test_the_line_is_before_the_first_message_not_seen() -> None:
    """Rows that are no messages, and messages without a number, are passed over."""
    parts = [*_placed(1, 2), NoteRow(key="n", words="", tone=""), *_placed(3, 4, None)]

    assert first_new(parts, MARK) == 3


def test_the_persons_own_messages_need_no_line() -> None:
    """It is before the first one of somebody else's."""
    parts = [*_placed(2), Placed(_message(3, role="user")), *_placed(4)]

    assert first_new(parts, MARK) == 2


def test_where_the_first_unseen_message_is_further_up_all_below_the_line_is_new() -> None:
    """The first one on show need not be the first one unseen."""
    assert first_new(_placed(5, 6), MARK) == 0
    assert first_new(_placed(1, 2), MARK) is None


def test_a_plain_message_needs_no_summary() -> None:
    """Only what an agent did is summed up."""
    row = new_row((_message(3), _message(4, role="user")))

    assert (row.words, row.away, row.finished, row.failed, row.result) == ("New", "", "", "", "")
    assert new_row(()).away == ""


def test_a_run_that_ended_meanwhile_is_summed_up() -> None:
    """ux.md B3: how many steps, how many failed, when it ended, and where to look."""
    boom = MessageError(message="boom")
    row = new_row(
        (
            _message(3, step=Step(index=0)),
            _message(4, step=Step(index=1), error=boom),
            _message(5, step=Step(index=2), status="failed"),
            _message(6, status="completed"),
        )
    )

    assert row.away == "3 steps · 2 failed"
    assert (row.finished, row.failed, row.result) == ("1970-01-01T00:00:06Z", "m4", "m6")


def test_a_run_that_goes_on_has_no_result_yet() -> None:
    """Nothing is claimed that is not so."""
    row = new_row((_message(3, step=Step(index=0)),))

    assert (row.away, row.finished, row.result) == ("1 step", "", "")

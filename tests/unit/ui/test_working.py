"""The working line's words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from threadline.core.connection import ConnectionState
from threadline.core.model import (
    NO_NEWS,
    QUIET,
    Message,
    MessageId,
    ProvisionalStep,
    Role,
    Step,
    TypingContext,
)
from threadline.core.session_view import ConnectionReport, SessionView
from threadline.ui.working import LONGEST_ACTION, working

_LIVE = ConnectionReport(state=ConnectionState.CONNECTED, rest_works=True)


def _message(role: Role, step: Step | None = None) -> Message:
    return Message(
        id=MessageId("m"), role=role, content="", status="completed", timestamp=0.0, step=step
    )


def _state(
    typing: TypingContext | None,
    *steps: Step,
    messages: tuple[Message, ...] = (),
    report: ConnectionReport = _LIVE,
) -> SessionView:
    told = tuple(ProvisionalStep(step=step, status="executing", received_at=0.0) for step in steps)
    return SessionView(
        typing=typing, typing_since=60.0, provisional=told, messages=messages, connection=report
    )


def _words(state: SessionView) -> tuple[str, str]:
    line = working(state)
    assert line is not None
    return line.words, line.step


def test_no_run_no_line() -> None:
    """Nothing is pretended."""
    assert working(_state(None)) is None


@pytest.mark.parametrize(
    ("typing", "words"),
    [
        ("thinking", "Thinking"),
        ("executing", "Working"),
        ("verifying", "Checking the result"),
        ("processing", "Working on it"),
    ],
)
def test_words_by_context(typing: TypingContext, words: str) -> None:
    """Before any step is known."""
    assert _words(_state(typing)) == (words, "")


def test_the_line_says_since_when() -> None:
    """For the page to count from."""
    line = working(_state("thinking"))

    assert line is not None
    assert (line.context, line.since, line.moving) == ("thinking", "1970-01-01T00:01:00Z", True)


def test_an_action_is_named() -> None:
    """The newest step told of, counted from one."""
    state = _state("executing", Step(index=2, action="scroll()"), Step(index=3, action="click()"))

    assert _words(state) == ("Doing: click()", "step 4")


def test_a_long_action_is_cut_to_one_line() -> None:
    """The step's row has all of it."""
    words, _ = _words(_state("executing", Step(action="type(\n" + "x" * 200)))

    assert words.startswith("Doing: type( xxx")
    assert len(words) == len("Doing: ") + LONGEST_ACTION
    assert words.endswith("…")


def test_a_correction_is_another_way() -> None:
    """Unless the agent already thinks about what comes next."""
    step = Step(index=0, action="click()", correction="use the keyboard")

    assert _words(_state("executing", step)) == ("Trying another way", "step 1")
    assert _words(_state("thinking", step)) == ("Thinking", "step 1")


def test_a_stored_step_tells_as_well() -> None:
    """Where nothing is provisional, the last step of this turn counts."""
    messages = (_message("user"), _message("assistant", Step(index=0)), _message("assistant"))

    assert _words(_state("executing", messages=messages)) == ("Working", "step 1")


def test_the_last_turns_steps_do_not() -> None:
    """A new question has no step yet."""
    messages = (_message("assistant", Step(index=0, action="click()")), _message("user"))

    assert _words(_state("executing", messages=messages)) == ("Working", "")


def test_a_lost_line_is_owned_up_to() -> None:
    """With neither push nor REST nobody can know what the agent does."""
    report = ConnectionReport(state=ConnectionState.RECONNECTING, rest_works=False)
    line = working(_state("executing", Step(index=0, action="click()"), report=report))

    assert line is not None
    assert line.words == "Connection lost. The agent may still be working."
    assert (line.step, line.since, line.moving) == ("", "", False)


def test_a_silent_run_says_since_when() -> None:
    """ux.md 5.6: after half a minute, instead of what was being done then."""
    line = working(replace(_state("executing"), silence=QUIET, heard_at=90.0))

    assert line is not None
    assert (line.words, line.heard) == ("Still working · last news", "1970-01-01T00:01:30Z")


@pytest.mark.parametrize("report", [_LIVE, ConnectionReport(rest_works=False)])
def test_after_a_minute_nothing_is_claimed(report: ConnectionReport) -> None:
    """ux.md M12: whether the line is there or not; the dots stand still, and it can be checked."""
    line = working(replace(_state("executing", report=report), silence=NO_NEWS))

    assert line is not None
    assert (line.words, line.moving, line.can_check) == ("No news for 60 s", False, True)


@pytest.mark.parametrize(
    ("can_stop", "words"), [(True, "Stop agent"), (False, "Stop waiting")], ids=["can", "cannot"]
)
def test_the_button_says_what_it_does(can_stop: bool, words: str) -> None:
    """ux.md M13: in every state of the line but the one in which it was pressed."""
    state = replace(_state("executing"), can_stop=can_stop)
    silent = [replace(state, silence=silence) for silence in (0.0, QUIET, NO_NEWS)]
    cut_off = replace(state, connection=ConnectionReport(rest_works=False))

    lines = [working(one) for one in (*silent, cut_off)]
    pressed = working(replace(state, is_stopping=True))

    assert [line and line.stop for line in lines] == [words] * 4
    assert pressed is not None
    assert (pressed.words, pressed.stop) == ("Stopping the agent…", "")

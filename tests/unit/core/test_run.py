"""`core.run`: is the agent at work, and which of its steps are not stored yet?"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.builders import EPOCH, message, moment
from threadline.core.model import NO_NEWS, QUIET, Step, TypingContext
from threadline.core.push_events import InteractResponded
from threadline.core.run import MAX_PROVISIONAL, SILENCE_LIMIT, Run


@pytest.fixture
def run() -> Run:
    """Return a run that began with the person's text at second 0."""
    begun = Run()
    begun.sent(moment())
    return begun


def step(index: int | None, status: str = "running", **members: Any) -> InteractResponded:
    """Return the news of one step of the task `t1`."""
    known = Step(task_id="t1", index=index, **{"action": "click", **members})
    return InteractResponded(known, status, None, None)


def typing(run: Run) -> TypingContext | None:
    """Return what the agent is doing."""
    return run.typing


def facts(run: Run) -> tuple[TypingContext | None, str | None]:
    """Return what the agent is doing, and how the last run ended."""
    return run.typing, run.ended


def told(run: Run) -> list[int | None]:
    """Return the indexes of the steps that are not stored."""
    return [one.step.index for one in run.provisional]


def test_thinks_from_the_send_on(run: Run) -> None:
    """Roadmap section 6: the working line shows from the send to the terminal answer."""
    assert (run.typing, run.since, run.ended) == ("thinking", EPOCH, None)
    run.responded(InteractResponded(Step(), "completed", None, None), moment(5.0))
    assert (run.typing, run.since, run.ended) == (None, None, "completed")


def test_a_text_that_was_not_taken_begins_no_run(run: Run) -> None:
    """sync.md O2: a refused text is said at the text, not by a working line."""
    run.withdrawn()

    assert (run.typing, run.since, run.next_deadline()) == (None, None, None)


@pytest.mark.parametrize(
    ("members", "context"),
    [
        ({}, "executing"),
        ({"action": None, "thought": "hm"}, "thinking"),
        ({"verification": "ok"}, "verifying"),
        ({"correction": "again"}, "executing"),
    ],
)
def test_says_what_the_agent_does(
    run: Run, members: dict[str, Any], context: TypingContext
) -> None:
    """Design section 3, "Turns": derived from the step where no `typing` comes."""
    run.responded(step(0, **members), moment(1.0))

    assert run.typing == context


def test_believes_the_server_about_typing(run: Run) -> None:
    """Roadmap section 6: `typing` sharpens what was derived."""
    run.typing_changed("verifying", moment(1.0))
    assert typing(run) == "verifying"
    run.typing_changed(None, moment(2.0))
    run.typing_changed(None, moment(2.0))

    assert (run.typing, run.next_deadline()) == (None, None)


def test_silence_ends_a_run(run: Run) -> None:
    """Design section 3: five silent minutes."""
    run.responded(step(0), moment(10.0))

    for limit in (QUIET, NO_NEWS):
        assert run.next_deadline() == 10.0 + limit
        assert not run.tick(9.0 + limit)
        assert run.tick(10.0 + limit)
        assert (typing(run), run.silence) == ("executing", limit)
    assert run.next_deadline() == 10.0 + SILENCE_LIMIT
    assert run.tick(10.0 + SILENCE_LIMIT)
    assert typing(run) is None
    assert not run.tick(10.0 + SILENCE_LIMIT)


def test_news_end_a_silence(run: Run) -> None:
    """ux.md M12: it is counted from the last news on."""
    assert run.tick(QUIET)
    run.responded(step(0), moment(QUIET + 5.0))

    assert (run.silence, run.heard_at) == (0.0, EPOCH + QUIET + 5.0)
    assert run.next_deadline() == 2 * QUIET + 5.0


def test_a_run_that_nobody_waits_for_shows_no_more(run: Run) -> None:
    """ux.md M13: until the person sends something again."""
    run.dismiss()
    run.responded(step(0), moment(1.0))
    run.typing_changed("verifying", moment(1.0))
    assert typing(run) is None

    run.sent(moment(2.0))

    assert typing(run) == "thinking"


def test_keeps_steps_in_order_and_once(run: Run) -> None:
    """Design section 3: a step is told of again when it is verified."""
    for index in (1, 0, 1):
        run.responded(step(index, thought=f"step {index}"), moment(1.0))

    assert told(run) == [0, 1]


def test_keeps_only_so_many_steps(run: Run) -> None:
    """Limits everywhere: a server that stores nothing does not fill the memory."""
    for index in range(MAX_PROVISIONAL + 3):
        run.responded(step(index), moment(1.0))

    assert told(run) == list(range(3, MAX_PROVISIONAL + 3))


def test_a_stored_message_replaces_its_step(run: Run) -> None:
    """Design section 3: by task and index where the message names them."""
    for index in (0, 1):
        run.responded(step(index), moment(1.0))
    stored = message(2, step=Step(task_id="t1", index=0))

    run.stored([stored, message(1, role="user")], stored, moment(2.0))

    assert told(run) == [1]


def test_without_metadata_steps_are_counted(run: Run) -> None:
    """Design section 3: step k is a detail of the turn's k-th assistant message."""
    for index in (0, 1, 2):
        run.responded(step(index), moment(1.0))
    turn = [message(1, role="user"), message(2, step=Step(thought="hm")), message(3)]

    run.settle(turn)

    assert told(run) == [2]


def test_steps_of_an_earlier_turn_do_not_follow_the_next_text(run: Run) -> None:
    """What was never stored would be drawn under the wrong question."""
    run.responded(step(0), moment(1.0))
    run.sent(moment(2.0))
    assert told(run) == [0]
    run.responded(InteractResponded(Step(), "failed", None, None), moment(3.0))

    run.sent(moment(4.0))

    assert told(run) == []
    assert run.since == EPOCH + 4.0


def test_the_terminal_message_ends_the_run(run: Run) -> None:
    """Design section 3: terminal statuses end it, all others go on."""
    running = message(2, status="executing", step=Step(verification="ok"))
    run.stored([running], running, moment(1.0))
    assert typing(run) == "verifying"
    plain = message(2, status="executing")
    run.stored([plain], plain, moment(1.0))
    assert typing(run) == "thinking"
    own = message(1, role="user", status="completed")
    run.stored([own], own, moment(1.0))
    assert typing(run) == "thinking"
    done = message(2, status="completed")
    run.stored([done], done, moment(2.0))

    assert facts(run) == (None, "completed")


def test_history_alone_says_nothing_about_a_run_that_is_over() -> None:
    """A message of an old run is no news of one."""
    run = Run()
    for status in ("completed", "executing"):
        old = message(2, status=status)
        run.stored([old], old, moment(1.0))

    assert facts(run) == (None, None)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"role": "user"}, "thinking"),
        ({"role": "user", "timestamp": EPOCH - 100.0}, None),
        ({"status": "executing", "step": Step(action="click")}, "executing"),
        ({"status": "executing", "timestamp": EPOCH - 400.0}, None),
        ({"status": "completed"}, None),
    ],
)
def test_recognises_a_run_that_began_before_we_looked(
    members: dict[str, Any], expected: TypingContext | None
) -> None:
    """Design section 3: an unanswered text, or a status that says that it goes on."""
    run = Run()

    run.loaded(message(1, **{"timestamp": EPOCH - 10.0, **members}), moment(), 0.0)

    assert run.typing == expected
    assert run.since == (None if expected is None else EPOCH - 10.0)


@pytest.mark.parametrize("ahead", [3600.0, -3600.0])
def test_a_clock_that_is_wrong_hides_no_run_and_makes_none(ahead: float) -> None:
    """sync.md fault 59: how long a run is on is told by the server's clock."""
    ours = moment(ahead)
    run, over = Run(), Run()

    run.loaded(message(1, role="user", timestamp=EPOCH - 10.0), ours, ahead)
    over.loaded(message(1, role="user", timestamp=EPOCH - 400.0), ours, ahead)

    assert (run.typing, run.since) == ("thinking", ours.wall - 10.0)
    assert over.typing is None


def test_a_load_changes_nothing_about_a_run_that_is_known(run: Run) -> None:
    """What was told is newer than what is read; a run that is over stays over."""
    run.responded(step(0), moment(1.0))
    run.loaded(message(1, role="user", timestamp=EPOCH), moment(2.0), 0.0)
    assert typing(run) == "executing"
    run.end("failed")
    run.loaded(message(1, role="user", timestamp=EPOCH), moment(3.0), 0.0)
    run.loaded(None, moment(3.0), 0.0)

    assert facts(run) == (None, "failed")

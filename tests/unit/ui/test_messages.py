"""Rows from the model's messages, texts, steps, gaps and endings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from threadline.core.model import (
    ClientMessageId,
    Delivery,
    Message,
    MessageError,
    MessageId,
    OutboxEntry,
    ProvisionalStep,
    Role,
    Step,
)
from threadline.core.session_view import Gap, GapState
from threadline.ui.markdown import markdown
from threadline.ui.messages import (
    MAX_SHOWN,
    gap_row,
    message_row,
    own_row,
    provisional_row,
    run_row,
    step_state,
)
from threadline.ui.turns import Placed


def _message(
    *,
    status: str = "completed",
    sequence: int | None = 7,
    content: str = "Done.",
    step: Step | None = None,
    error: MessageError | None = None,
    ours: str | None = None,
) -> Message:
    return Message(
        id=MessageId("m1"),
        role="assistant",
        content=content,
        status=status,
        timestamp=0.0,
        sequence=sequence,
        step=step,
        error=error,
        client_message_id=None if ours is None else ClientMessageId(ours),
    )


def _entry(delivery: Delivery, reason: str | None = None) -> OutboxEntry:
    return OutboxEntry(
        client_message_id=ClientMessageId("c1"),
        session_id=None,
        content="Hello",
        created_at=0.0,
        ordinal=1,
        delivery=delivery,
        reason=reason,
    )


def test_a_message_says_what_the_contract_asks_for() -> None:
    """Id, role, status and sequence as the server has them; time in ISO 8601."""
    row = message_row(Placed(_message()))

    assert (row.key, row.message_id, row.role, row.status) == ("m1", "m1", "assistant", "completed")
    assert (row.sequence, row.at, row.author) == ("7", "1970-01-01T00:00:00Z", "Agent")
    assert (row.body, row.is_markdown, row.error, row.step) == (markdown("Done."), True, "", None)


def test_the_key_is_ours_and_the_id_the_servers() -> None:
    """The bubble that appeared on Enter is the one that stays."""
    row = message_row(Placed(_message(ours="c1", sequence=None)))

    assert (row.key, row.message_id, row.sequence) == ("c1", "m1", "")


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        ("failed", MessageError(message="no such field"), "Failed: no such field"),
        ("failed", MessageError(message=""), "Failed"),
        ("failed", MessageError(message=" Done.\n"), "Failed"),
        ("completed", MessageError(message="Done."), "Failed"),
        ("failed", None, "Failed"),
        ("completed", None, ""),
    ],
)
def test_a_failed_message_says_why(status: str, error: MessageError | None, words: str) -> None:
    """The server's reason, or the bare word where there is none or the text says it already."""
    assert message_row(Placed(_message(status=status, error=error))).error == words


def test_a_huge_text_is_shown_in_part() -> None:
    """And says so; one that just fits is shown whole."""
    fits, huge = "x" * MAX_SHOWN, "x" * 5_000_000
    row = message_row(Placed(_message(content=huge, error=MessageError(message=huge + "!"))))

    assert message_row(Placed(_message(content=fits))).body == fits
    assert not message_row(Placed(_message(content=fits))).is_markdown
    assert row.body == (fits + "\n\n… Only the first 100,000 of 5,000,000 characters are shown.")
    assert len(row.error) < len(fits) + 100


def test_only_the_agent_writes_markdown() -> None:
    """What a person typed stands as typed, and so does a note; a step without words has none."""
    agent = _message(content="*x*")
    person, note = replace(agent, role="user"), replace(agent, role="system")

    assert message_row(Placed(agent)).body == markdown("*x*")
    assert message_row(Placed(person)).body == message_row(Placed(note)).body == "*x*"
    assert message_row(Placed(_message(content=" "))).body == " "
    assert not any(message_row(Placed(one)).is_markdown for one in (person, note))


def test_a_step_is_numbered_for_people_from_one() -> None:
    """The attribute counts from 0, the words from 1."""
    step = Step(action="click()", thought="because", verification="ok", correction="again")
    part = message_row(Placed(_message(step=step), step, 2)).step

    assert part is not None
    assert (part.index, part.name, part.state, part.state_words) == ("2", "Step 3", "done", "Done")
    assert (part.action, part.thought, part.verification) == ("click()", "because", "ok")
    assert part.correction == "again"


def test_a_thought_is_not_said_twice() -> None:
    """Servers that store the thought as the message's text get one paragraph, not two."""
    step = Step(thought=" Done. ")
    part = message_row(Placed(_message(step=step), step, 0)).step

    assert part is not None
    assert part.thought == ""


def test_an_error_fails_the_step() -> None:
    """Whatever the status says, a step with an error did not succeed."""
    message = _message(status="sent", error=MessageError(message="boom"))
    part = message_row(Placed(message, Step(), 0)).step

    assert part is not None
    assert part.state == "failed"


@pytest.mark.parametrize(("error", "words"), [(None, ""), ("Done.", ""), ("boom", "Failed: boom")])
def test_a_failed_step_says_so_once(error: str | None, words: str) -> None:
    """Its head says that it failed; below stands only the reason, where the text has it not."""
    told = None if error is None else MessageError(message=error)
    row = message_row(Placed(_message(status="failed", error=told), Step(), 0))

    assert (row.step and row.step.state, row.error) == ("failed", words)


def test_a_step_without_a_number_is_not_drawn() -> None:
    """Only a placed step has a mark and a `data-step-index`."""
    assert message_row(Placed(_message(), Step(), None)).step is None


@pytest.mark.parametrize(
    ("status", "stored", "state"),
    [
        ("failed", True, "failed"),
        ("failed", False, "failed"),
        ("interrupted", True, "stopped"),
        ("cancelled", False, "stopped"),
        ("completed", False, "done"),
        ("executing", False, "running"),
        ("executing", True, "done"),
        ("sent", True, "done"),
    ],
)
def test_step_state(status: str, stored: bool, state: str) -> None:
    """A step that only was told of runs until its status ends it; a stored one is over."""
    assert step_state(status, stored=stored) == state


def test_a_provisional_step_keeps_the_servers_number() -> None:
    """Its key is its identity, so that news about it changes the same row."""
    told = ProvisionalStep(step=Step(task_id="t", index=3), status="executing", received_at=0.0)
    row = provisional_row(told, 9)

    assert (row.key, row.step.index, row.step.state) == ("step:t:3", "3", "running")


def test_a_provisional_step_without_a_number_takes_its_place() -> None:
    """Every step has a `data-step-index`."""
    told = ProvisionalStep(step=Step(), status="completed", received_at=0.0)

    assert provisional_row(told, 9).step.index == "9"


@pytest.mark.parametrize(
    ("delivery", "reason", "words", "can_retry"),
    [
        (Delivery.QUEUED, None, "Waiting to be sent", False),
        (Delivery.SENDING, "ignored", "Sending", False),
        (Delivery.QUEUED, "Full.", "Waiting to be sent: Full.", False),
        (Delivery.UNCONFIRMED, None, "Not confirmed yet. Looking for it", False),
        (Delivery.UNCONFIRMED, "Gone.", "Not confirmed yet: Gone. Looking for it", False),
        (Delivery.FAILED, None, "Not sent", True),
        (Delivery.FAILED, "server error 500", "Not sent: server error 500", True),
    ],
)
def test_an_unsent_text_says_how_far_it_has_come(
    delivery: Delivery, reason: str | None, words: str, can_retry: bool
) -> None:
    """Status, words and whether there is something to press."""
    row = own_row(_entry(delivery, reason))

    assert (row.key, row.status, row.text) == ("c1", delivery.value, "Hello")
    assert (row.words, row.can_retry) == (words, can_retry)


def test_a_text_that_is_tried_again_says_when() -> None:
    """ux.md 5.11: "Too many requests. Trying again in 20 s."; the page counts down."""
    waiting = replace(_entry(Delivery.QUEUED, "Too many requests."), due_at=1_700_000_000.0)
    row = own_row(waiting)

    assert (row.words, row.due) == (
        "Too many requests. Trying again",
        "2023-11-14T22:13:20Z",
    )
    assert own_row(replace(waiting, reason=None)).due == ""


@pytest.mark.parametrize(
    ("delivery", "can_edit", "can_remove"),
    [
        (Delivery.QUEUED, True, True),
        (Delivery.SENDING, False, False),
        (Delivery.UNCONFIRMED, False, True),
        (Delivery.FAILED, True, True),
    ],
)
def test_an_unsent_text_can_be_taken_back_unless_it_is_in_the_air(
    delivery: Delivery, can_edit: bool, can_remove: bool
) -> None:
    """SPEC.md O9; what may be stored already is not taken back, only let go."""
    row = own_row(_entry(delivery, None))

    assert (row.can_edit, row.can_remove) == (can_edit, can_remove)


@pytest.mark.parametrize(
    ("gap", "words", "stuck"),
    [
        (Gap(first=3, last=4), "2 messages missing · fetching", False),
        (Gap(first=4, last=4), "1 message missing · fetching", False),
        (
            Gap(first=3, last=4, state=GapState.STUCK),
            "2 messages missing · the server does not send them",
            True,
        ),
    ],
)
def test_a_gap_says_how_much_is_missing(gap: Gap, words: str, stuck: bool) -> None:
    """A gap that fills from its start keeps its key."""
    row = gap_row(gap)

    assert (row.key, row.words, row.stuck) == ("gap:4", words, stuck)


@pytest.mark.parametrize(
    ("status", "words", "tone"),
    [
        ("failed", "The run failed.", "bad"),
        ("interrupted", "The run was interrupted.", "neutral"),
        ("cancelled", "The run was cancelled.", "neutral"),
    ],
)
def test_a_run_that_did_not_complete_is_noted(status: str, words: str, tone: str) -> None:
    """The line says how it ended."""
    row = run_row(status)

    assert row is not None
    assert (row.words, row.tone) == (words, tone)


@pytest.mark.parametrize("status", [None, "completed", "something new"])
def test_other_endings_need_no_line(status: str | None) -> None:
    """No run, a good end, or a word that nobody knows."""
    assert run_row(status) is None


@pytest.mark.parametrize(
    ("role", "content", "is_long"),
    [
        ("user", "line\n" * 11, False),
        ("user", "line\n" * 12, True),
        ("user", "word " * 200, True),
        ("user", ("word " * 12 + "\n") * 9, True),
        ("assistant", "line\n" * 300, False),
    ],
    ids=["twelve lines", "more lines", "one long line", "lines that wrap", "the agent's"],
)
def test_only_a_persons_long_text_is_cut(role: Role, content: str, *, is_long: bool) -> None:
    """ux.md S12: what the agent writes is what one came for."""
    row = message_row(Placed(replace(_message(content=content), role=role)))

    assert row.is_long is is_long


def test_a_text_that_waits_behind_another_says_its_place() -> None:
    """ux.md S2: not why the first one waits."""
    row = own_row(replace(_entry(Delivery.QUEUED, "No network."), place=2))

    assert row.words == "Queued (no. 2)"

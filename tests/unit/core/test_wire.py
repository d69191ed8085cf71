"""The server's JSON becomes the model: what is ignored, what is left out, what is named."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import EPOCH, iso, message, row
from tests.support.strategies import JSON, objects
from threadline.core.errors import RejectedPayload
from threadline.core.model import MessageError, Step
from threadline.core.wire import MAX_SEQUENCE, load_json, message_from, step_from, words_of

MEMBERS = (
    "messageId id role content status timestamp sequenceNumber actionString actionPayload "
    "metadata error rev updatedAt deleted"
)


def test_a_row_becomes_a_message() -> None:
    """Design section 3: the table of the contract."""
    assert message_from(row(7), "test") == message(7)


def test_unknown_members_are_ignored() -> None:
    """SPEC.md I7: a newer server is no error."""
    assert message_from(row(7, mood="good", domSummary="…"), "test") == message(7)


def test_only_identity_role_and_time_are_needed() -> None:
    """The rest has a meaning when it is absent or null."""
    spelt = {"id": "m7", "role": "user", "timestamp": EPOCH * 1000}
    empty = dict.fromkeys(("content", "status", "sequenceNumber", "rev", "metadata", "error"))

    bare = message_from(spelt, "test")

    assert bare == message(None, id="m7", role="user", content="", timestamp=EPOCH)
    assert message_from({**spelt, **empty}, "test") == bare


def test_what_only_some_servers_send_is_understood() -> None:
    """Change counter, tombstone, our own id, and why it failed."""
    told = message_from(
        row(
            7,
            role="user",
            rev=3,
            deleted=True,
            metadata={"clientMessageId": "c1"},
            error={"message": "no", "code": 500},
        ),
        "test",
    )

    assert (told.rev, told.deleted, told.client_message_id) == (3, True, "c1")
    assert told.error == MessageError(message="no", code="500")
    assert told.key == "c1"


@pytest.mark.parametrize("client", [None, "", 7, ["c1"]])
def test_an_id_that_is_not_ours_is_left_out(client: object) -> None:
    """Optional members never lose the message."""
    told = message_from(row(7, metadata={"clientMessageId": client}), "test")

    assert told.client_message_id is None
    assert told.key == "m7"


@pytest.mark.parametrize(
    ("told", "known"), [(iso(EPOCH), EPOCH), (None, None), ("yesterday", None), ({}, None)]
)
def test_when_it_changed_is_known_or_not(told: object, known: float | None) -> None:
    """It only orders versions: a message is not lost for it."""
    assert message_from(row(7, updatedAt=told), "test") == message(7, updated_at=known)


def test_an_error_may_be_just_words() -> None:
    """As an object without a code, or as a string."""
    assert message_from(row(7, error="no"), "test").error == MessageError(message="no")
    assert message_from(row(7, error={"message": "no"}), "test").error == MessageError(message="no")


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("2026-01-31T09:30:00Z", 1769851800.0),
        ("2026-01-31T09:30:00", 1769851800.0),
        ("2026-01-31T10:30:00.250+01:00", 1769851800.25),
        (1769851800250, 1769851800.25),
    ],
)
def test_a_time_is_iso_or_epoch_milliseconds(told: object, seconds: float) -> None:
    """Without a zone it is UTC."""
    assert message_from(row(7, timestamp=told), "test").timestamp == seconds


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("messageId", ""),
        ("messageId", "x" * 201),
        ("messageId", 7),
        ("role", "robot"),
        ("content", 7),
        ("timestamp", None),
        ("timestamp", True),
        ("timestamp", "yesterday"),
        ("timestamp", "1969-12-31T23:59:59Z"),
        ("timestamp", -1),
        ("timestamp", 10**400),
        ("timestamp", float("nan")),
        ("timestamp", float("inf")),
        ("sequenceNumber", 0),
        ("sequenceNumber", -1),
        ("sequenceNumber", "7"),
        ("sequenceNumber", True),
        ("sequenceNumber", 7.5),
        ("sequenceNumber", float("nan")),
        ("sequenceNumber", MAX_SEQUENCE + 1),
        ("rev", 0),
        ("metadata", []),
    ],
)
def test_a_wrong_member_is_named(member: str, value: object) -> None:
    """SPEC.md E4: values are not guessed, and a wrong one does not raise anything else."""
    with pytest.raises(RejectedPayload) as caught:
        message_from(row(7, **{member: value}), "test")

    assert caught.value.field.startswith(member)


def test_a_whole_number_may_be_written_with_a_point() -> None:
    """JavaScript does not tell 7.0 from 7."""
    assert message_from(row(7, sequenceNumber=7.0), "test").sequence == 7


def test_a_wrong_value_is_not_quoted() -> None:
    """SPEC.md E2: it may be the person's words."""
    with pytest.raises(RejectedPayload) as caught:
        message_from(row(7, timestamp="my secret"), "test")

    assert "secret" not in str(caught.value)


def test_a_number_beside_the_message_counts_if_the_message_has_none() -> None:
    """Roadmap section 6 has it beside; the message's own wins."""
    assert message_from(row(None, messageId="m"), "test", sequence=4).sequence == 4
    assert message_from(row(7), "test", sequence=4).sequence == 7


@pytest.mark.parametrize("value", [None, 7, "words", []])
def test_what_is_no_object_is_rejected(value: object) -> None:
    """As a whole: no member is to blame."""
    with pytest.raises(RejectedPayload) as caught:
        message_from(value, "test")

    assert caught.value.field == ""


@given(objects(MEMBERS), JSON)
def test_whatever_comes_only_a_rejection_is_raised(spelt: dict[str, Any], beside: object) -> None:
    """SPEC.md E1."""
    for value in (spelt, {**row(7), **spelt}):
        try:
            message_from(value, "test", sequence=beside)
        except RejectedPayload:
            continue


@given(st.text())
def test_any_text_is_json_or_rejected(text: str) -> None:
    """SPEC.md E1."""
    with suppress(RejectedPayload):
        load_json(text, "test")


def test_json_nested_too_deep_is_rejected() -> None:
    """SPEC.md E1: a parser's own limit is no accident of ours."""
    with pytest.raises(RejectedPayload):
        load_json("[" * 100_000, "test")


def test_an_assistants_message_tells_its_step() -> None:
    """Design section 3, "Turns": from metadata and payload."""
    told = message_from(
        row(
            7,
            actionString='click("Go")',
            actionPayload={"thought": "because", "verification": {"description": "it worked"}},
            metadata={"taskId": "t1", "stepIndex": 2, "correction": None},
        ),
        "test",
    )

    assert told.step == Step(
        task_id="t1",
        index=2,
        thought="because",
        action='click("Go")',
        verification="it worked",
    )


@pytest.mark.parametrize(
    ("members", "action"),
    [
        ({"actionPayload": {"action": {"name": "click"}}}, "click"),
        ({"actionPayload": {"selector": "#go"}}, '{"selector": "#go"}'),
        ({"actionPayload": "click"}, "click"),
    ],
)
def test_without_words_the_payload_is_the_action(members: dict[str, Any], action: str) -> None:
    """What was done is shown, however the server spells it."""
    step = message_from(row(7, **members), "test").step

    assert step is not None
    assert step.action == action


def test_nobody_else_has_a_step() -> None:
    """A person's message did nothing; an assistant's without details neither."""
    assert message_from(row(7, role="user", actionString="click"), "test").step is None
    assert message_from(row(7), "test").step is None


@pytest.mark.parametrize(
    ("index", "task"), [("2", 7), (-1, ""), (True, None), (None, []), (1.0, {})]
)
def test_a_wrong_step_member_loses_nothing_else(index: object, task: object) -> None:
    """It is left out."""
    step = step_from({"currentStepIndex": index, "taskId": task, "action": "click"})

    assert step == Step(action="click")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, None),
        ("", None),
        ({}, None),
        ([], None),
        ("go", "go"),
        ({"description": "go", "name": "n"}, "go"),
        ({"description": "", "text": 7, "reason": "why"}, "why"),
        ({"x": "é"}, '{"x": "é"}'),
        ([1, 2], "[1, 2]"),
        (7, "7"),
        (False, "false"),
    ],
)
def test_string_object_or_null_become_words(value: object, words: str | None) -> None:
    """Design section 3, "Turns": an object's own words first, else the JSON it is."""
    assert words_of(value) == words

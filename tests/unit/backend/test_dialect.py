"""What is left out of events and answers."""

from typing import Any

import pytest

from threadline_backend.abilities import Abilities
from threadline_backend.dialect import Dialect
from threadline_backend.wire import Body

MESSAGE: Body = {
    "messageId": "m1",
    "role": "assistant",
    "content": "text",
    "status": "executing",
    "timestamp": "t",
    "updatedAt": "u",
    "sequenceNumber": 2,
    "rev": 3,
    "deleted": False,
    "metadata": {"taskId": "k1", "stepIndex": 0},
    "actionString": "click()",
    "actionPayload": {"type": "click"},
}
USERS = {**MESSAGE, "role": "user", "metadata": {"taskId": "k1", "clientMessageId": "c1"}}
TURN: Body = {"taskId": "k1", "status": "x", "messageId": "m1", "sequenceNumber": 2, "rev": 3}


def _dialect(*missing: str, three_calls: bool = False) -> Dialect:
    return Dialect(Abilities(frozenset(missing), three_calls=three_calls))


def _new(message: Body) -> Body:
    return {"type": "new_message", "sessionId": "s1", "message": message}


def _update(message: Body) -> Body:
    payload = {"messageId": "m1", "status": "x", "rev": 3, "message": message}
    return {"type": "message_update", "sessionId": "s1", "payload": payload}


def _hint(data: Body) -> Body:
    return {"type": "interact_response", "sessionId": "s1", "data": data}


EVENTS = [_new(MESSAGE), _update(MESSAGE), _hint(TURN), {"type": "typing"}]


def test_with_everything_nothing_is_left_out() -> None:
    """Events and answers go out as they were written."""
    dialect = _dialect()
    assert [dialect.event(event) for event in EVENTS] == EVENTS
    answer = {"messages": [MESSAGE], "hasMore": True, "epoch": "e", "latestSequence": 2}
    assert dialect.answer(answer) == answer


def test_without_r1_the_agents_messages_are_not_pushed() -> None:
    """The person's are, and the hint is."""
    dialect = _dialect("R1")
    assert [dialect.event(event) for event in EVENTS[:3]] == [None, None, EVENTS[2]]
    for event in (_new(USERS), _update(USERS)):
        assert dialect.event(event) == event


def test_without_r3_a_page_does_not_say_whether_it_is_the_last() -> None:
    """Nor which numbering it is of."""
    answer = {"messages": [], "hasMore": True, "epoch": "e", "latestSequence": 2, "latestRev": 3}
    assert set(_dialect("R3").answer(answer)) == {"messages", "latestSequence", "latestRev"}


def test_without_r4_nothing_has_a_rev() -> None:
    """Not in pushes, not in answers; a tombstone is not told."""
    dialect = _dialect("R4")
    for event in EVENTS:
        assert "rev" not in str(dialect.event(event))
    assert dialect.event(_update({**MESSAGE, "deleted": True})) is None
    answer: Body = {"message": MESSAGE, "latestRev": 3, "latestSequence": 2}
    assert set(dialect.answer(answer)) == {"message", "latestSequence"}
    assert "rev" not in dialect.answer(answer)["message"]


def test_without_r5_no_answer_says_how_far_the_session_is() -> None:
    """Neither by number nor by change."""
    answer = {"messages": [], "hasMore": True, "epoch": "e", "latestSequence": 2, "latestRev": 3}
    assert set(_dialect("R5").answer(answer)) == {"messages", "hasMore", "epoch"}


def test_without_r9_a_turn_names_no_message() -> None:
    """In the event and in an answer."""
    assert _dialect("R9").event(_hint(TURN)) == _hint({"taskId": "k1", "status": "x"})
    assert _dialect("R9").turn(TURN) == {"taskId": "k1", "status": "x"}


@pytest.mark.parametrize("event", [_new(MESSAGE), _update(MESSAGE), _update(USERS), EVENTS[3]])
def test_three_calls_do_not_push(event: Body) -> None:
    """The agent's messages, changes, typing."""
    assert _dialect(three_calls=True).event(event) is None


def test_three_calls_push_what_is_documented() -> None:
    """No field more."""
    dialect = _dialect(three_calls=True)
    pushed: Any = dialect.event(_new(USERS))
    assert set(pushed["message"]) == {
        "messageId",
        "role",
        "content",
        "status",
        "timestamp",
        "sequenceNumber",
        "actionString",
        "metadata",
    }
    assert pushed["message"]["metadata"] == {"clientMessageId": "c1"}
    assert dialect.event(_hint(TURN)) == _hint({"taskId": "k1", "status": "x"})


def test_three_calls_read_without_our_notes() -> None:
    """What is of an action can be read; metadata that is empty is none."""
    message = _dialect(three_calls=True).answer({"messages": [MESSAGE]})["messages"][0]
    assert set(message) == set(MESSAGE) - {"updatedAt", "rev", "deleted", "metadata"}

"""Reading what a model replied."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threadline_backend.agent import StepBegan, StepEnded
from threadline_backend.agent_reply import MOST_STEPS, NOT_SEEN, TEXT_LENGTH, Turn, read_turn

WHOLE = {
    "steps": [
        {"thought": "why", "action": "click()", "verification": "seen", "correction": "else"},
        {"thought": "then"},
    ],
    "answer": "Done.",
    "status": "completed",
}
READ = Turn(
    (
        (
            StepBegan("why", "click()", {"type": "plan", "text": "click()"}),
            StepEnded("seen", "else"),
        ),
        (StepBegan("then", "think()", {"type": "plan", "text": ""}), StepEnded(NOT_SEEN)),
    ),
    "completed",
    "Done.",
)


@pytest.mark.parametrize(
    "reply",
    [
        json.dumps(WHOLE),
        json.dumps(WHOLE, indent=2) + "\n\nI hope that helps.",
        f"```json\n{json.dumps(WHOLE)}\n```",
        f"Here it is:\n\n```\n{json.dumps(WHOLE)}\n```\nDone!",
        f"<think>{{not this}} [nor this]</think>\n{json.dumps(WHOLE)}",
        f"Sure. {json.dumps(WHOLE)}",
    ],
)
def test_the_object_is_found(reply: str) -> None:
    """By itself, in a fence, after thoughts, among words."""
    assert read_turn(reply) == READ


@pytest.mark.parametrize("reply", ["It is 4.", "{", "[1, 2]", '{"a": 1}', "null", '"text"', "{}"])
def test_any_other_text_is_the_answer(reply: str) -> None:
    """One final step."""
    assert read_turn(reply) == Turn((), "completed", reply)


@pytest.mark.parametrize("reply", ["", " \n", "<think>only thoughts</think>"])
def test_nothing_is_nothing(reply: str) -> None:
    """There is no answer to show."""
    assert read_turn(reply) is None


@pytest.mark.parametrize("name", ["answer", "final_answer", "final", "result", "message"])
def test_other_words_for_answer(name: str) -> None:
    """Models do not keep to one."""
    assert read_turn(json.dumps({name: "Done."})) == Turn((), "completed", "Done.")


@pytest.mark.parametrize("status", ["failed", "Failure", "error"])
def test_a_model_may_give_up(status: str) -> None:
    """And says why."""
    turn = read_turn(json.dumps({"answer": "No such page.", "status": status}))
    assert turn == Turn((), "failed", "No such page.")


def test_a_list_of_steps_ends_with_its_last_thought() -> None:
    """Where there is no answer."""
    turn = read_turn(json.dumps(WHOLE["steps"]))
    assert turn == Turn(READ.steps, "completed", "then")


def test_steps_of_other_forms() -> None:
    """A string is a thought, an object an action; what says nothing is left out."""
    steps = ["look", {"action": {"type": "click", "selector": "#a"}}, {}, 7, None, {"x": 1}]
    turn = read_turn(json.dumps({"steps": steps, "answer": 4}))
    assert turn is not None
    assert [began for began, _ in turn.steps] == [
        StepBegan("look", "think()", {"type": "plan", "text": ""}),
        StepBegan('click("#a")', 'click("#a")', {"type": "click", "selector": "#a"}),
    ]
    assert turn.answer == "4"


def test_too_much_is_cut() -> None:
    """Steps and characters."""
    turn = read_turn(json.dumps({"steps": ["x"] * 99, "answer": "y" * (TEXT_LENGTH + 1)}))
    assert turn is not None
    assert len(turn.steps) == MOST_STEPS
    assert len(turn.answer) == TEXT_LENGTH
    assert turn.answer.endswith("…")


def test_what_is_no_text_can_be_stored() -> None:
    """Half a surrogate pair and a zero character become something harmless."""
    turn = read_turn('{"answer": "a\\ud800b\\u0000c"}')
    assert turn is not None
    assert turn.answer == "a?bc"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["steps", "answer", "status", "thought", "action", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(JSON.map(json.dumps) | st.text())
def test_whatever_is_replied_can_be_read(reply: str) -> None:
    """No reply breaks it, and a text that is not empty has an answer or steps."""
    turn = read_turn(reply)
    assert turn is not None or not reply.replace("\x00", "").strip()
    assert turn is None or turn.answer

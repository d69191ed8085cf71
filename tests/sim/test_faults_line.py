"""Faults of the line and of its frames, one at a time, in virtual time (SPEC.md section 6)."""

from __future__ import annotations

import json

import pytest

from tests.support.builders import channel, frame
from threadline.core.session_view import GapState

from .forms import FULL, THREE_CALLS, Form
from .scene import Scene

FORMS = (FULL, THREE_CALLS[0], THREE_CALLS[1])


def begun(form: Form = FULL, messages: int = 5) -> Scene:
    """Return a scene in which everything is read."""
    scene = Scene(form)
    scene.begin(messages=messages)
    return scene


def publish(scene: Scene, event: str, payload: object, session_id: str = "s1") -> None:
    """Let the push server say something of a session's channel."""
    scene.push.publish(session_id, event, payload)


@pytest.mark.parametrize("code", [1000, 1001])
@pytest.mark.parametrize("form", FORMS)
def test_fault_2_the_server_closes_properly(form: Form, code: int) -> None:
    """A clean close is a loss like any other, not a word to stop."""
    scene = begun(form)
    scene.cut(code)
    scene.post("meanwhile")

    assert scene.settles() < 10.0
    assert scene.texts()[-1] == "meanwhile"


@pytest.mark.parametrize("form", FORMS)
def test_fault_9_the_line_flaps(form: Form) -> None:
    """Two seconds up, one down: the watch counts sockets and reads; in the end all is equal."""
    scene = begun(form)
    for number in range(60):
        scene.post(f"flap {number}")
        scene.wait(2.0)
        scene.cut()
        scene.wait(1.0)

    scene.settles()


@pytest.mark.parametrize("form", FORMS)
def test_fault_12_a_slow_consumer_loses_frames(form: Form) -> None:
    """The socket stays open, and what was dropped is found by the tail probe."""
    scene = begun(form)
    with scene.having("frame lost", "update lost"):
        for number in range(5):
            scene.post(f"dropped {number}")

    assert scene.settles() <= 26.0
    assert len(scene.life.opened_at) == 1


@pytest.mark.parametrize("form", FORMS)
def test_fault_17_the_last_frame_is_lost(form: Form) -> None:
    """No number can show it: the probe does, within its 25 s."""
    scene = begun(form)
    with scene.having("frame lost"):
        scene.post("the last one")

    assert scene.settles() <= 26.0


def test_fault_18_two_hundred_frames_at_once() -> None:
    """All are taken in, in order, and painted once per screen frame."""
    scene = begun()
    for number in range(200):
        scene.post(f"burst {number}")

    assert scene.settles() < 2.0
    assert scene.show().messages[-1].content == "s1 burst 199"


def test_fault_19_a_frame_of_another_session() -> None:
    """One of a channel that nobody joined, and one that names another session than its channel."""
    scene = begun()
    message = {"messageId": "x", "role": "user", "content": "s2 x", "timestamp": 0}
    publish(scene, "new_message", {"sessionId": "s2", "message": message})
    stray = frame("new_message", {"sessionId": "s9", "message": message}, channel("s9"))
    for wire in scene.life.wires.values():
        wire.say(stray)

    scene.settles()
    assert len(scene.texts()) == 5


def test_fault_20_a_frame_of_a_socket_that_was_replaced() -> None:
    """It changes nothing, and proves nothing of the new one."""
    scene = begun()
    old = next(iter(scene.life.wires.values()))
    scene.cut_silently()
    scene.wait_until(lambda: len(scene.life.wires) == 2)
    row = scene.post("late")
    old.is_cut, old.is_open = False, True
    old.say(frame("new_message", {"sessionId": "s1", "message": {"messageId": row.id}}))

    scene.settles()


def test_fault_21_what_the_contract_does_not_know() -> None:
    """An unknown event, extra members, data that is an object already."""
    scene = begun()
    publish(scene, "presence_state", {"sessionId": "s1"})
    row = scene.server.write("s1", "user", "s1 extra")
    value = row.value(row.newest, is_full=True) | {"mood": "fine", "nested": {"a": [1]}}
    bare = {"event": "new_message", "channel": channel(), "data": {"message": value, "more": 1}}
    for wire in scene.life.wires.values():
        wire.say(json.dumps(bare))

    scene.settles()


@pytest.mark.parametrize("number", [None, 0, -1, "7", 2**53 + 1, 1.5, float("nan")])
def test_fault_22_a_number_that_is_none(number: object) -> None:
    """It is rejected by name, and what it told of is read."""
    scene = begun()
    with scene.having("frame lost"):
        row = scene.post("odd")
    value = row.value(row.newest, is_full=True) | {"sequenceNumber": number}
    publish(scene, "new_message", {"sessionId": "s1", "message": value})

    assert scene.settles() <= 26.0


def test_faults_23_to_24_changes_before_and_after_their_time() -> None:
    """A change before its message waits for it; an old one after a new one is ignored."""
    scene = begun()
    with scene.having("frame late"):
        row = scene.post("early")
        scene.server.change("s1", row, status="completed")
    old = {"messageId": row.id, "status": "sent", "rev": 1}
    scene.wait(3.0)
    publish(scene, "message_update", {"sessionId": "s1", "payload": old})

    scene.settles()
    assert scene.show().messages[-1].status == "completed"


def test_fault_25_a_step_without_a_message() -> None:
    """It is shown as provisional and looked for; the run that says no more ends by itself."""
    scene = begun(THREE_CALLS[0])
    scene.post("a question")
    scene.settles()
    data = {"taskId": "t", "action": "click", "status": "running", "currentStepIndex": 0}
    publish(scene, "interact_response", {"sessionId": "s1", "data": data})
    scene.wait(1.0)
    assert len(scene.show().provisional) == 1
    assert scene.show().typing is not None

    scene.wait(301.0)

    assert scene.show().typing is None
    assert not any(gap.state is GapState.STUCK for gap in scene.show().gaps)

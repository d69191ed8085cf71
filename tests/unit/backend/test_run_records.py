"""What a run leaves behind: messages, events, and marks of runs that nobody ended."""

import pytest

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import BackendApp, BackendApps, Json, ScriptedAgent
from threadline_backend.agent import Finished, StepBegan, StepEnded
from threadline_backend.run_records import INTERRUPTED_TEXT, RUNNING
from threadline_backend.tables import Run

FIRST = StepBegan("first thought", "read()", {"type": "read"})
SECOND = StepBegan("second thought", "click()", {"type": "click"})
SCRIPT = (FIRST, StepEnded("seen"), SECOND, StepEnded("not seen", "other way"))


async def _messages(app: BackendApp, session_id: str) -> list[Json]:
    messages: list[Json] = (await app.get(f"/api/session/{session_id}/messages"))["messages"]
    return messages


@asynchronous
async def test_each_step_is_a_message_of_its_own(backend: BackendApps) -> None:
    """With the task, the step, and all that was thought, done, seen and corrected."""
    agent = ScriptedAgent(*SCRIPT, Finished("completed", "Done."))
    async with backend.start(agent) as app:
        answer = await app.finished("go")
        _, first, second, last = await _messages(app, answer["sessionId"])
    task_id = answer["taskId"]
    assert first["metadata"] == {
        "taskId": task_id,
        "stepIndex": 0,
        "thought": "first thought",
        "verification": "seen",
    }
    assert (first["status"], second["status"]) == ("executed", "corrected")
    assert (first["actionString"], first["actionPayload"]) == ("read()", {"type": "read"})
    assert second["metadata"]["correction"] == "other way"
    assert (last["content"], last["status"]) == ("Done.", "completed")
    assert last["metadata"] == {"taskId": task_id, "stepIndex": 2}
    assert "error" not in last


@asynchronous
async def test_the_events_of_a_run(backend: BackendApps) -> None:
    """In this order; each `interact_response` names the message that it is about."""
    agent = ScriptedAgent(*SCRIPT[:2], Finished("completed", "Done."))
    async with backend.start(agent) as app:
        answer = await app.finished("go")
        await app.services.announcer.settle()
        events = app.publisher.events
        messages = await _messages(app, answer["sessionId"])
    assert {channel for channel, _, _ in app.publisher.published} == {
        f"private-session-{answer['sessionId']}"
    }
    assert [event["type"] for event in events] == [
        "new_message",
        "session_update",
        "new_message",
        "interact_response",
        "typing",
        "message_update",
        "interact_response",
        "new_message",
        "interact_response",
        "typing",
        "session_update",
    ]
    turns = [event["data"] for event in events if event["type"] == "interact_response"]
    assert [turn["status"] for turn in turns] == ["executing", "executed", "completed"]
    assert [turn["currentStepIndex"] for turn in turns] == [0, 0, 1]
    assert [turn["rev"] for turn in turns] == [2, 3, 4]
    assert [turn["verification"] for turn in turns] == [None, "seen", None]
    assert [turn["messageId"] for turn in turns] == [
        messages[1]["messageId"],
        messages[1]["messageId"],
        messages[2]["messageId"],
    ]
    assert events[5]["payload"]["message"] == messages[1]
    assert events[-1]["payload"]["status"] == "completed"


@asynchronous
async def test_a_failed_run(backend: BackendApps) -> None:
    """The last message has the error, the session its state."""
    async with backend.start(ScriptedAgent(Finished("failed", "No.", "no_luck"))) as app:
        answer = await app.finished("go")
        message = (await _messages(app, answer["sessionId"]))[-1]
        session = await app.get(f"/api/session/{answer['sessionId']}")
    assert message["error"] == {"message": "No.", "code": "no_luck"}
    assert (message["status"], session["status"]) == ("failed", "failed")


async def _leave_running(app: BackendApp, task_id: str) -> None:
    """Make a run look as one that a process left behind when it was killed."""
    async with app.services.database.writing() as transaction:
        run = await transaction.get_one(Run, task_id)
        run.status, run.ended_at = RUNNING, None


@pytest.mark.parametrize(("worker", "marked"), [("local", True), ("another", False)])
@asynchronous
async def test_a_run_left_behind_is_marked_at_the_next_start(
    backend: BackendApps, worker: str, marked: bool
) -> None:
    """By the process of the same name: another one's runs may still be going on."""
    async with backend.start() as app:
        answer = await app.finished("go")
        await _leave_running(app, answer["taskId"])
    async with backend.start(worker_name=worker):
        pass  # the start that marks it; the next one finds nothing left to mark
    async with backend.start(worker_name=worker) as app:
        messages = await _messages(app, answer["sessionId"])
        session = await app.get(f"/api/session/{answer['sessionId']}")
    ends = [message["status"] for message in messages[1:]]
    assert ends == (["completed", "interrupted"] if marked else ["completed"])
    assert session["status"] == ("interrupted" if marked else "completed")
    if marked:
        assert messages[-1]["content"] == INTERRUPTED_TEXT


@asynchronous
async def test_a_run_left_behind_in_a_deleted_session(backend: BackendApps) -> None:
    """It is marked without a message."""
    async with backend.start() as app:
        answer = await app.finished("go")
        await app.ask("DELETE", f"/api/session/{answer['sessionId']}")
        await _leave_running(app, answer["taskId"])
    async with backend.start() as app, app.services.database.reading() as transaction:
        assert (await transaction.get_one(Run, answer["taskId"])).status == "interrupted"

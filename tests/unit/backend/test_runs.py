"""Runs: every course that one can take, and what it leaves behind."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import DONE, BackendApp, BackendApps, Json, ScriptedAgent
from threadline_backend.agent import Busy, Report, StepBegan, StepEnded, Task

BEGAN = StepBegan("why", "click()", {"type": "click"})
ENDED = StepEnded("seen")


async def _assistant(app: BackendApp, session_id: str) -> list[Json]:
    page = await app.get(f"/api/session/{session_id}/messages")
    return [message for message in page["messages"] if message["role"] == "assistant"]


@asynchronous
async def test_tasks_of_a_session_are_worked_on_one_after_the_other(
    backend: BackendApps,
) -> None:
    """The second begins when the first has ended."""
    agent = ScriptedAgent(BEGAN, ENDED, DONE, hold=True)
    async with backend.start(agent) as app:
        session_id = await app.new_session()
        first = await app.interact("one", sessionId=session_id)
        second = await app.interact("two", sessionId=session_id)
        await app.publisher.wait_for(lambda event: event["type"] == "message_update")
        assert [task.query for task in agent.tasks] == ["one"]
        agent.go.set()
        await app.publisher.run_ended(second["taskId"])
        messages = await _assistant(app, session_id)
    assert [message["metadata"]["taskId"] for message in messages] == [
        first["taskId"],
        first["taskId"],
        second["taskId"],
        second["taskId"],
    ]
    assert len(agent.closed) == 2


@asynchronous
async def test_sessions_do_not_wait_for_each_other(backend: BackendApps) -> None:
    """Two runs in two sessions go on at once."""
    agent = ScriptedAgent(BEGAN, DONE, hold=True)
    async with backend.start(agent) as app:
        await app.interact("one")
        second = await app.interact("two")
        await app.publisher.wait_for(
            lambda event: (
                event["type"] == "new_message"
                and event["message"]["role"] == "assistant"
                and event["sessionId"] == second["sessionId"]
            )
        )
        assert len(agent.tasks) == 2


class BrokenAgent:
    """An agent that raises after a step, or stops without a last report."""

    def __init__(self, raises: bool) -> None:
        self._raises = raises

    async def run(self, _task: Task) -> AsyncGenerator[Report, None]:
        """Begin a step and break off."""
        yield BEGAN
        if self._raises:
            raise RuntimeError("secret detail")


@pytest.mark.parametrize("raises", [True, False])
@asynchronous
async def test_an_agent_that_breaks_off_has_failed(backend: BackendApps, raises: bool) -> None:
    """The last message says so in words; the exception's text is in the log only."""
    async with backend.start(BrokenAgent(raises)) as app:
        answer = await app.finished("go")
        messages = await _assistant(app, answer["sessionId"])
        session = await app.get(f"/api/session/{answer['sessionId']}")
    assert [message["status"] for message in messages] == ["executing", "failed"]
    assert messages[-1]["error"]["code"] == "agent_error"
    assert "secret" not in str(messages)
    assert session["status"] == "failed"


@asynchronous
async def test_a_step_that_ends_before_it_began_is_a_failure(backend: BackendApps) -> None:
    """An agent's mistake does not stop the session's later tasks."""
    async with backend.start(ScriptedAgent(ENDED, DONE)) as app:
        session_id = await app.new_session()
        for _ in range(2):
            await app.finished("go", sessionId=session_id)
        messages = await _assistant(app, session_id)
    assert [message["status"] for message in messages] == ["failed", "failed"]


@asynchronous
async def test_a_stop_closes_the_agent_and_frees_the_session(backend: BackendApps) -> None:
    """The run ends as cancelled with its steps kept; the next task runs."""
    agent = ScriptedAgent(BEGAN, ENDED, DONE, hold=True)
    async with backend.start(agent) as app:
        session_id = (await app.interact("go"))["sessionId"]
        await app.publisher.wait_for(lambda event: event["type"] == "message_update")
        assert len(await app.services.runs.stop(session_id)) == 1
        assert len(agent.closed) == 1
        agent.go.set()
        await app.finished("again", sessionId=session_id)
        messages = await _assistant(app, session_id)
    statuses = [message["status"] for message in messages]
    assert statuses == ["executed", "cancelled", "executed", "completed"]
    assert [message["metadata"]["stepIndex"] for message in messages] == [0, 1, 0, 1]


@asynchronous
async def test_closing_interrupts_what_goes_on_and_what_comes_after(
    backend: BackendApps,
) -> None:
    """Also a task that is taken in the server's last moments."""
    agent = ScriptedAgent(BEGAN, DONE, hold=True)
    async with backend.start(agent) as app:
        first = await app.interact("one")
        await app.publisher.wait_for(lambda event: event["type"] == "interact_response")
        await app.services.runs.close()
        end = await app.publisher.run_ended(first["taskId"])
        assert end["status"] == "interrupted"
        second = await app.interact("two")
        end = await app.publisher.run_ended(second["taskId"])
        assert end["status"] == "interrupted"
        assert [task.query for task in agent.tasks] == ["one"]


class StubbornAgent:
    """An agent that does not let itself be stopped until it is let go."""

    def __init__(self) -> None:
        self.go = asyncio.Event()

    async def run(self, _task: Task) -> AsyncGenerator[Report, None]:
        """Hold on to its first report."""
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            await self.go.wait()
            raise
        yield DONE


@asynchronous
async def test_closing_does_not_wait_for_ever(backend: BackendApps) -> None:
    """What does not stop in time is left, and marked at the next start."""
    async with backend.start(StubbornAgent()) as app:
        session_id = (await app.interact("go"))["sessionId"]
        await app.services.runs.close()
    async with backend.start() as app:
        (message,) = await _assistant(app, session_id)
    assert message["status"] == "interrupted"


@asynchronous
async def test_what_the_agent_is_busy_with_is_announced(backend: BackendApps) -> None:
    """Thinking, executing, verifying, and no longer."""
    agent = ScriptedAgent(Busy("thinking"), BEGAN, Busy("verifying"), ENDED, DONE)
    async with backend.start(agent) as app:
        await app.finished("go")
        await app.services.announcer.settle()
        typing = [event["payload"] for event in app.publisher.events if event["type"] == "typing"]
    assert [payload.get("context") for payload in typing] == [
        "thinking",
        "executing",
        "verifying",
        None,
    ]
    assert [payload["isTyping"] for payload in typing] == [True, True, True, False]

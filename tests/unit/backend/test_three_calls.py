"""The imitation of the server with three calls."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import BOB, BackendApp, BackendApps, Json, ScriptedAgent
from threadline_backend.abilities import Abilities
from threadline_backend.agent import Finished, StepBegan, StepEnded
from threadline_backend.agent_demo import DemoAgent

THREE_CALLS = Abilities(three_calls=True)
STEPS = (
    StepBegan("why", "click()", {"type": "click"}),
    StepEnded("seen", "else"),
    Finished("completed", "Done."),
)


async def _page(app: BackendApp, session_id: str, **bounds: Any) -> list[Json]:
    page = await app.get(f"/api/session/{session_id}/messages", **bounds)
    assert set(page) == {"messages"}
    messages: list[Json] = page["messages"]
    return messages


async def _four_messages(app: BackendApp) -> tuple[str, list[Json]]:
    """Return a session with two tasks and their answers."""
    first = await app.interact("one")
    await _ended(app, first["taskId"])
    second = await app.interact("two", sessionId=first["sessionId"])
    await _ended(app, second["taskId"])
    messages = await _page(app, first["sessionId"])
    return first["sessionId"], sorted(messages, key=lambda one: int(one["sequenceNumber"]))


async def _ended(app: BackendApp, task_id: str) -> None:
    await app.publisher.wait_for(
        lambda event: (
            event["type"] == "interact_response"
            and event["data"]["taskId"] == task_id
            and event["data"]["status"] == "completed"
        )
    )


def _numbers(messages: list[Json]) -> list[int]:
    return [message["sequenceNumber"] for message in messages]


@asynchronous
async def test_a_task_is_answered_with_the_first_turn(backend: BackendApps) -> None:
    """The data of the event that is pushed, and the session."""
    async with backend.start(ScriptedAgent(*STEPS), abilities=THREE_CALLS) as app:
        answer = await app.interact("go", clientMessageId="c1")
        await _ended(app, answer["taskId"])
    assert answer == {
        "sessionId": answer["sessionId"],
        "taskId": answer["taskId"],
        "action": "click()",
        "thought": "why",
        "status": "executing",
        "currentStepIndex": 0,
        "verification": None,
        "correction": None,
    }
    first = next(event for event in app.publisher.events if event["type"] == "interact_response")
    assert {"sessionId": first["sessionId"], **first["data"]} == answer


@asynchronous
async def test_what_is_pushed_and_what_is_read(backend: BackendApps) -> None:
    """The person's message and three hints are pushed; three messages are read, all numbered."""
    async with backend.start(ScriptedAgent(*STEPS), abilities=THREE_CALLS) as app:
        answer = await app.interact("go", clientMessageId="c1", url="https://a")
        await _ended(app, answer["taskId"])
        await app.services.announcer.settle()
        messages = await _page(app, answer["sessionId"])
    kinds = [event["type"] for event in app.publisher.events]
    assert kinds == ["new_message", *["interact_response"] * 3]
    assert app.publisher.events[0]["message"] == messages[0]
    assert _numbers(messages) == [1, 2, 3]
    assert set(messages[0]) == {
        *("messageId", "role", "content", "status", "timestamp", "sequenceNumber"),
    }
    assert set(messages[1]) == set(messages[0]) | {"actionString", "actionPayload"}
    assert [event["data"]["status"] for event in app.publisher.events[1:]] == [
        *("executing", "corrected", "completed"),
    ]
    assert app.publisher.events[2]["data"]["correction"] == "else"


@asynchronous
async def test_a_repeat_is_a_second_task(backend: BackendApps) -> None:
    """It knows no keys."""
    async with backend.start(abilities=THREE_CALLS) as app:
        first = await app.interact("go", clientMessageId="c1")
        more = {"sessionId": first["sessionId"], "clientMessageId": "c1"}
        second = await app.interact("go", **more)
        assert second["taskId"] != first["taskId"]
        await _ended(app, second["taskId"])
        assert len(await _page(app, first["sessionId"])) == 4


@asynchronous
async def test_a_task_waits_for_the_agent(backend: BackendApps) -> None:
    """The person's message is pushed and can be read in the meantime."""
    agent = ScriptedAgent(hold=True)
    async with backend.start(agent, abilities=THREE_CALLS) as app:
        asked = asyncio.create_task(app.interact("go"))
        event = await app.publisher.wait_for(lambda event: event["type"] == "new_message")
        assert len(await _page(app, event["sessionId"])) == 1
        assert not asked.done()
        agent.go.set()
        assert (await asked)["status"] == "completed"


@asynchronous
async def test_a_stop_of_the_server_answers_who_waits(backend: BackendApps) -> None:
    """With a turn that was interrupted."""
    async with backend.start(DemoAgent(60), abilities=THREE_CALLS) as app:
        asked = asyncio.create_task(app.interact("go"))
        await app.publisher.wait_for(lambda event: event["type"] == "new_message")
        await app.services.runs.close()
        assert (await asked)["status"] == "interrupted"


@pytest.mark.parametrize(
    ("limit_cuts", "order", "numbers"),
    [
        ("oldest", "ascending", [3, 4]),
        ("oldest", "descending", [4, 3]),
        ("newest", "ascending", [1, 2]),
        ("newest", "descending", [2, 1]),
    ],
)
@asynchronous
async def test_what_limit_leaves_out_and_the_order(
    backend: BackendApps, limit_cuts: str, order: str, numbers: list[int]
) -> None:
    """Each is set by itself; without a limit, all are there."""
    async with backend.start(
        abilities=THREE_CALLS, limit_cuts=limit_cuts, message_order=order
    ) as app:
        session_id, messages = await _four_messages(app)
        assert _numbers(await _page(app, session_id, limit=2)) == numbers
        since = messages[0]["timestamp"]
        expected = sorted([2, 3, 4], reverse=order == "descending")
        assert _numbers(await _page(app, session_id, since=since)) == expected
        kept = [2, 3] if limit_cuts == "newest" else [3, 4]
        page = await _page(app, session_id, since=since, limit=2)
        assert _numbers(page) == sorted(kept, reverse=order == "descending")


@pytest.mark.parametrize(("bound", "numbers"), [("exclusive", [3, 4]), ("inclusive", [2, 3, 4])])
@asynchronous
async def test_whether_since_includes_its_time(
    backend: BackendApps, bound: str, numbers: list[int]
) -> None:
    """The message that the time was taken from."""
    async with backend.start(abilities=THREE_CALLS, since_bound=bound) as app:
        session_id, messages = await _four_messages(app)
        since = messages[1]["timestamp"]
        assert _numbers(await _page(app, session_id, since=since)) == numbers
        assert await _page(app, session_id, since="2999-01-01") == []


@asynchronous
async def test_bounds_that_it_does_not_know(backend: BackendApps) -> None:
    """They are passed over, as a server does with what it does not look at."""
    async with backend.start(abilities=THREE_CALLS) as app:
        session_id, messages = await _four_messages(app)
        assert await _page(app, session_id, after=3, before=2) == messages


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/session/{}/changes"),
        ("GET", "/api/session"),
        ("POST", "/api/session"),
        ("GET", "/api/session/{}"),
        ("PATCH", "/api/session/{}"),
        ("DELETE", "/api/session/{}"),
        ("POST", "/api/agent/stop"),
        ("GET", "/api/me"),
        ("GET", "/api/capabilities"),
        ("POST", "/api/auth/sign-in"),
        ("GET", "/up"),
        ("GET", "/"),
    ],
)
@asynchronous
async def test_everything_else_is_not_there(backend: BackendApps, method: str, path: str) -> None:
    """404, in the form of all errors."""
    async with backend.start(abilities=THREE_CALLS) as app:
        answer = await app.ask(method, path.format("x"), json={})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def _authorize(app: BackendApp, session_id: str, who: str | None) -> httpx.Response:
    form = {"socket_id": "1.2", "channel_name": f"private-session-{session_id}"}
    return await app.ask("POST", "/api/pusher/auth", who=who, data=form)


@asynchronous
async def test_who_gets_in(backend: BackendApps) -> None:
    """On each of the three."""
    async with backend.start(abilities=THREE_CALLS) as app:
        session_id = (await app.interact("go"))["sessionId"]
        for who, status in [(None, 401), ("wrong", 401), (BOB, 403), ("ada", 200)]:
            task = {"query": "go", "sessionId": session_id}
            for answer in (
                await app.ask("GET", f"/api/session/{session_id}/messages", who=who),
                await app.ask("POST", "/api/agent/interact", who=who, json=task),
                await _authorize(app, session_id, who),
            ):
                assert answer.status_code == status

"""Tasks: stored, numbered, announced and worked on exactly once."""

import asyncio

import pytest

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import ADA, BOB, BackendApps, Json, ScriptedAgent
from threadline_backend.abilities import Abilities
from threadline_backend.interact import DOM_LIMIT, QUERY_LIMIT
from threadline_backend.rate_limit import Rate

MARKUP = '<img src=x onerror="alert(1)"> & \u2028 \U0001f600\r\n'


@asynchronous
async def test_a_task_is_answered_with_its_stored_message(backend: BackendApps) -> None:
    """Text as it was sent, number 1, the key echoed; the same message is read and pushed."""
    async with backend.start() as app:
        session_id = await app.new_session()
        answer = await app.finished(
            MARKUP, sessionId=session_id, clientMessageId="c1", url="https://a", dom="x" * 900
        )
        page = await app.get(f"/api/session/{session_id}/messages")
        first = app.publisher.events[0]
    message = answer["message"]
    assert answer["sessionId"] == session_id
    assert (answer["status"], answer["currentStepIndex"]) == ("running", 0)
    assert (message["content"], message["role"], message["status"]) == (MARKUP, "user", "sent")
    assert (message["sequenceNumber"], message["rev"]) == (1, 1)
    assert message["metadata"] == {
        "taskId": answer["taskId"],
        "clientMessageId": "c1",
        "url": "https://a",
    }
    assert message["domSummary"] == "x" * 500
    assert answer["epoch"] == page["epoch"]
    assert page["messages"][0] == message
    assert first == {"type": "new_message", "sessionId": session_id, "message": message}


@asynchronous
async def test_the_agent_is_given_the_task(backend: BackendApps) -> None:
    """The words, the page, the names."""
    agent = ScriptedAgent()
    async with backend.start(agent) as app:
        answer = await app.finished("go", url="https://a", dom="<p>")
    (task,) = agent.tasks
    assert (task.task_id, task.session_id) == (answer["taskId"], answer["sessionId"])
    assert (task.query, task.url, task.dom) == ("go", "https://a", "<p>")


@asynchronous
async def test_without_a_session_one_is_opened(backend: BackendApps) -> None:
    """Each time another, with the first words as its title."""
    async with backend.start() as app:
        first = await app.finished("first words")
        second = await app.finished("second words")
        titles = {s["sessionId"]: s["title"] for s in (await app.get("/api/session"))["sessions"]}
    assert titles == {first["sessionId"]: "first words", second["sessionId"]: "second words"}


@pytest.mark.parametrize("with_session", [True, False])
@asynchronous
async def test_a_repeat_gets_the_first_answer_and_starts_nothing(
    backend: BackendApps, with_session: bool
) -> None:
    """Ten at once and one after the run: one message, one run, one answer."""
    agent = ScriptedAgent()
    async with backend.start(agent) as app:
        more = {"sessionId": await app.new_session()} if with_session else {}
        answers = await asyncio.gather(
            *(app.interact("go", clientMessageId="c1", **more) for _ in range(10))
        )
        await app.publisher.run_ended(answers[0]["taskId"])
        answers.append(await app.interact("other words", clientMessageId="c1", **more))
        page = await app.get(f"/api/session/{answers[0]['sessionId']}/messages")
        sessions = (await app.get("/api/session"))["sessions"]
    assert all(answer == answers[0] for answer in answers)
    assert [message["role"] for message in page["messages"]] == ["user", "assistant"]
    assert len(sessions) == len(agent.tasks) == 1


@asynchronous
async def test_a_key_belongs_to_its_session_and_person(backend: BackendApps) -> None:
    """The same key elsewhere is another task."""
    async with backend.start() as app:
        mine = [await app.new_session(), await app.new_session()]
        answers = [
            await app.interact("go", clientMessageId="c1", sessionId=session_id)
            for session_id in mine
        ]
        answers.append(await app.interact("go", clientMessageId="c1"))
        body = {"query": "go", "clientMessageId": "c1"}
        answers.append(await app.post("/api/agent/interact", body, who=BOB))
    assert len({answer["taskId"] for answer in answers}) == 4


@asynchronous
async def test_a_repeat_survives_a_restart(backend: BackendApps) -> None:
    """The key is kept in the database, not in the process."""
    async with backend.start() as app:
        before = await app.finished("go", clientMessageId="c1")
    agent = ScriptedAgent()
    async with backend.start(agent) as app:
        assert await app.interact("go", clientMessageId="c1") == before
    assert agent.tasks == []


@asynchronous
async def test_tasks_at_once_have_numbers_without_holes(backend: BackendApps) -> None:
    """Twenty tasks in one session: pushed in the order of their numbers, like all that follows."""
    async with backend.start() as app:
        session_id = await app.new_session()
        answers = await asyncio.gather(
            *(app.interact(f"task {n}", sessionId=session_id) for n in range(20))
        )
        for answer in answers:
            await app.publisher.run_ended(answer["taskId"])
        page = await app.get(f"/api/session/{session_id}/messages")
        pushed = [
            event["message"]["sequenceNumber"]
            for event in app.publisher.events
            if event["type"] == "new_message"
        ]
    numbers = [message["sequenceNumber"] for message in page["messages"]]
    assert numbers == pushed == list(range(1, 41))


REFUSED: list[tuple[Json, int, str]] = [
    ({}, 400, "query"),
    ({"query": ""}, 400, "query"),
    ({"query": " \n\t"}, 400, "query"),
    ({"query": 7}, 400, "query"),
    ({"query": "x", "clientMessageId": ""}, 400, "clientMessageId"),
    ({"query": "x", "clientMessageId": "x" * 201}, 400, "clientMessageId"),
    ({"query": "x", "url": "x" * 4001}, 400, "url"),
    ({"query": "x" * (QUERY_LIMIT + 1)}, 413, "query"),
    ({"query": "ü" * QUERY_LIMIT}, 413, "query"),
    ({"query": "x", "dom": "x" * (DOM_LIMIT + 1)}, 413, "dom"),
]


@asynchronous
async def test_what_is_refused(backend: BackendApps, subtests: pytest.Subtests) -> None:
    """With the field named, and nothing stored."""
    async with backend.start() as app:
        for body, status, field in REFUSED:
            answer = await app.ask("POST", "/api/agent/interact", json=body)
            with subtests.test(field=field, length=len(str(body))):
                assert (answer.status_code, answer.json()["field"]) == (status, field)
        assert (await app.get("/api/session"))["sessions"] == []


@asynchronous
async def test_the_longest_task_is_taken(backend: BackendApps) -> None:
    """The limits are what may still be sent."""
    async with backend.start() as app:
        answer = await app.finished("x" * QUERY_LIMIT, dom="x" * DOM_LIMIT)
    assert len(answer["message"]["content"]) == QUERY_LIMIT


@pytest.mark.parametrize("path", ["/api/agent/interact", "/api/agent/stop"])
@asynchronous
async def test_who_may_give_and_stop_tasks(backend: BackendApps, path: str) -> None:
    """401 without a token, 403 for another person, 404 where there is none, 200 for its owner."""
    async with backend.start() as app:
        session_id = await app.new_session()
        outcomes = [
            await app.ask("POST", path, who=who, json={"query": "go", "sessionId": name})
            for who, name in [
                (None, session_id),
                (BOB, session_id),
                (ADA, "nothing"),
                (ADA, session_id),
            ]
        ]
    assert [answer.status_code for answer in outcomes] == [401, 403, 404, 200]


@asynchronous
async def test_a_stop_ends_what_goes_on_and_what_waits(backend: BackendApps) -> None:
    """Both tasks end as cancelled; a second stop finds nothing."""
    agent = ScriptedAgent(hold=True)
    async with backend.start(agent) as app:
        session_id = await app.new_session()
        tasks = [(await app.interact("go", sessionId=session_id))["taskId"] for _ in range(2)]
        body = {"sessionId": session_id}
        assert await app.post("/api/agent/stop", body) == {**body, "stopped": tasks}
        assert await app.post("/api/agent/stop", body) == {**body, "stopped": []}
        page = await app.get(f"/api/session/{session_id}/messages")
    ends = [message for message in page["messages"] if message["role"] == "assistant"]
    assert [message["status"] for message in ends] == ["cancelled", "cancelled"]
    assert [message["metadata"]["taskId"] for message in ends] == tasks


@asynchronous
async def test_a_repeat_after_the_session_was_deleted(backend: BackendApps) -> None:
    """It is not begun anew: 404."""
    async with backend.start() as app:
        answer = await app.finished("go", clientMessageId="c1")
        await app.ask("DELETE", f"/api/session/{answer['sessionId']}")
        body = {"query": "go", "clientMessageId": "c1"}
        again = await app.ask("POST", "/api/agent/interact", json=body)
    assert (again.status_code, again.json()["code"]) == (404, "session_not_found")


@asynchronous
async def test_without_r2_a_repeat_is_a_second_task(backend: BackendApps) -> None:
    """The key is not looked at and not echoed, with a session or without."""
    async with backend.start(abilities=Abilities(frozenset({"R2"}))) as app:
        first = await app.interact("go", clientMessageId="c1")
        other = await app.interact("go", clientMessageId="c1")
        again = await app.interact("go", clientMessageId="c1", sessionId=first["sessionId"])
    assert len({answer["taskId"] for answer in (first, other, again)}) == 3
    assert first["sessionId"] != other["sessionId"]
    assert set(first["message"]["metadata"]) == {"taskId"}


@asynchronous
async def test_without_r6_a_task_is_pushed_before_it_is_stored(backend: BackendApps) -> None:
    """Once for nothing: that id is never read, and the number is the real message's too."""
    async with backend.start(abilities=Abilities(frozenset({"R6"}))) as app:
        session_id = await app.new_session()
        answer = await app.finished("go", sessionId=session_id, clientMessageId="c1")
        assert await app.interact("go", sessionId=session_id, clientMessageId="c1") == answer
        page = await app.get(f"/api/session/{session_id}/messages")
    ghost, real = [
        event["message"]
        for event in app.publisher.events
        if event["type"] == "new_message" and event["message"]["role"] == "user"
    ]
    assert (ghost["content"], ghost["sequenceNumber"]) == ("go", real["sequenceNumber"])
    assert ghost["messageId"] != real["messageId"]
    assert page["messages"][0]["messageId"] == real["messageId"]
    assert len(page["messages"]) == 2


@pytest.mark.parametrize(("missing", "wait"), [(frozenset(), "60"), (frozenset({"R8"}), None)])
@asynchronous
async def test_too_many_tasks(
    backend: BackendApps, missing: frozenset[str], wait: str | None
) -> None:
    """429 with the seconds to wait, for each account by itself; nothing is stored."""
    async with backend.start(
        now=lambda: 1_000_000, interact_limit=Rate(1, 60.0), abilities=Abilities(missing)
    ) as app:
        session_id = (await app.interact("go"))["sessionId"]
        task = {"query": "go", "sessionId": session_id}
        refused = await app.ask("POST", "/api/agent/interact", json=task)
        others = await app.ask("POST", "/api/agent/interact", who=BOB, json={"query": "go"})
        page = await app.get(f"/api/session/{session_id}/messages")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers.get("retry-after") == wait
    assert others.status_code == 200
    assert [message["role"] for message in page["messages"]].count("user") == 1

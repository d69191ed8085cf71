"""Sessions over REST."""

import pytest

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import ADA, BOB, BackendApps, ScriptedAgent


@asynchronous
async def test_a_new_session_is_empty_and_first_in_the_list(backend: BackendApps) -> None:
    """201 with the session as the list shows it."""
    async with backend.start() as app:
        await app.new_session()
        answer = await app.ask("POST", "/api/session", json={"title": "  Mine "})
        assert answer.status_code == 201
        session = answer.json()
        assert (session["title"], session["status"]) == ("Mine", "active")
        assert session["lastSequence"] == 0
        listed = (await app.get("/api/session"))["sessions"]
        assert session in listed
        assert len(listed) == 2
        assert await app.get(f"/api/session/{session['sessionId']}") == session


@asynchronous
async def test_a_session_can_be_opened_without_a_body(backend: BackendApps) -> None:
    """Nothing has to be said."""
    async with backend.start() as app:
        answer = await app.ask("POST", "/api/session")
    assert answer.status_code == 201
    assert answer.json()["title"] == ""


@asynchronous
async def test_the_list_comes_in_pages_by_newest_activity(backend: BackendApps) -> None:
    """The cursor leads through all of them, none twice, none of another person."""
    async with backend.start() as app:
        made = [await app.new_session() for _ in range(5)]
        await app.new_session(BOB)
        await app.finished("wake the oldest", sessionId=made[0])
        page = await app.get("/api/session", limit=2)
        seen = page["sessions"]
        while "nextCursor" in page:
            page = await app.get("/api/session", limit=2, cursor=page["nextCursor"])
            seen += page["sessions"]
    assert seen[0]["sessionId"] == made[0]
    assert sorted(session["sessionId"] for session in seen) == sorted(made)
    times = [session["updatedAt"] for session in seen]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    ("query", "field"), [("cursor=!", "cursor"), ("cursor=YWJj", "cursor"), ("limit=0", "limit")]
)
@asynchronous
async def test_a_bad_page_is_refused(backend: BackendApps, query: str, field: str) -> None:
    """400 with the field."""
    async with backend.start() as app:
        answer = await app.ask("GET", f"/api/session?{query}")
    assert (answer.status_code, answer.json()["field"]) == (400, field)


@asynchronous
async def test_a_renamed_session_is_announced(backend: BackendApps) -> None:
    """By the answer, the list and an event."""
    async with backend.start() as app:
        session_id = await app.new_session()
        answer = await app.ask("PATCH", f"/api/session/{session_id}", json={"title": "New"})
        assert answer.json()["title"] == "New"
        event = await app.publisher.wait_for(lambda event: event["type"] == "session_update")
        assert event["payload"]["metadata"] == {"title": "New"}
        blank = await app.ask("PATCH", f"/api/session/{session_id}", json={"title": " "})
        assert (blank.status_code, blank.json()["field"]) == (400, "title")


@asynchronous
async def test_a_deleted_session_is_gone_with_its_texts(backend: BackendApps) -> None:
    """Its run is stopped, it is in no list, it answers 404, and its last event says so."""
    agent = ScriptedAgent(hold=True)
    async with backend.start(agent) as app:
        session_id = (await app.interact("hush hush"))["sessionId"]
        answer = await app.ask("DELETE", f"/api/session/{session_id}")
        assert answer.json() == {"sessionId": session_id, "deleted": True}
        assert len(agent.closed) == len(agent.tasks)
        assert (await app.get("/api/session"))["sessions"] == []
        for path in ("", "/messages", "/changes"):
            gone = await app.ask("GET", f"/api/session/{session_id}{path}")
            assert (gone.status_code, gone.json()["code"]) == (404, "session_not_found")
        await app.services.announcer.settle()
        last = app.publisher.events[-1]
        assert last["payload"]["metadata"] == {"title": "", "deleted": True}
        async with app.services.database.reading() as transaction:
            connection = await transaction.connection()
            rows = (await connection.exec_driver_sql("SELECT * FROM messages")).all()
    assert rows
    assert "hush" not in str(rows)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"title": "x"}),
        ("DELETE", "", None),
        ("GET", "/messages", None),
        ("GET", "/changes", None),
    ],
)
@asynchronous
async def test_who_may_touch_a_session(
    backend: BackendApps, method: str, path: str, body: dict[str, str] | None
) -> None:
    """401 without a token, 403 for another person, 404 where there is none, 200 for its owner."""
    async with backend.start() as app:
        session_id = await app.new_session()
        outcomes = [
            await app.ask(method, f"/api/session/{name}{path}", who=who, json=body)
            for who, name in [
                (None, session_id),
                ("unknown", session_id),
                (BOB, session_id),
                (ADA, "nothing"),
                (ADA, session_id),
            ]
        ]
    assert [answer.status_code for answer in outcomes] == [401, 401, 403, 404, 200]

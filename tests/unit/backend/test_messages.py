"""Reading messages: bounds, order, pages, changes."""

from collections.abc import Iterable

import pytest
from sqlalchemy import update

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import BackendApp, BackendApps, Json
from threadline_backend.abilities import Abilities
from threadline_backend.ledger import Draft, append, bury, find_session, revise
from threadline_backend.tables import Message

NOW = 1_000_000


async def _fill(app: BackendApp, session_id: str, count: int) -> list[str]:
    """Put `count` messages into a session and return their ids."""
    async with app.services.database.writing() as transaction:
        session = await find_session(transaction, session_id, lock=True)
        assert session is not None
        draft = Draft(role="assistant", content="text", status="completed")
        messages = [append(transaction, session, draft, NOW) for _ in range(count)]
    return [message.message_id for message in messages]


def _numbers(page: Json) -> list[int]:
    return [message["sequenceNumber"] for message in page["messages"]]


BOUNDS: list[tuple[Json, Iterable[int], bool]] = [
    ({}, range(11, 61), True),
    ({"limit": 3}, [58, 59, 60], True),
    ({"limit": 60}, range(1, 61), False),
    ({"limit": 100_000}, range(1, 61), False),
    ({"after": 0, "limit": 2}, [1, 2], True),
    ({"after": 58}, [59, 60], False),
    ({"after": 60}, [], False),
    ({"after": 999}, [], False),
    ({"before": 4}, [1, 2, 3], False),
    ({"before": 60, "limit": 2}, [58, 59], True),
    ({"before": 1}, [], False),
    ({"after": 10, "before": 14, "limit": 2}, [11, 12], True),
    ({"after": 10, "before": 14}, [11, 12, 13], False),
]


@asynchronous
async def test_bounds_by_number(backend: BackendApps, subtests: pytest.Subtests) -> None:
    """Exclusive, ascending; the newest without a lower bound, the oldest with one."""
    async with backend.start() as app:
        session_id = await app.new_session()
        await _fill(app, session_id, 60)
        for bounds, numbers, has_more in BOUNDS:
            page = await app.get(f"/api/session/{session_id}/messages", **bounds)
            with subtests.test(bounds=bounds):
                assert _numbers(page) == list(numbers)
                assert page["hasMore"] is has_more
                assert (page["latestSequence"], page["latestRev"]) == (60, 60)


@asynchronous
async def test_a_page_holds_four_hundred_at_most(backend: BackendApps) -> None:
    """Whatever is asked for."""
    async with backend.start() as app:
        session_id = await app.new_session()
        await _fill(app, session_id, 401)
        page = await app.get(f"/api/session/{session_id}/messages", limit=500)
    assert _numbers(page) == list(range(2, 402))
    assert page["hasMore"]


@asynchronous
async def test_reading_on_from_a_time_misses_nothing(backend: BackendApps) -> None:
    """Messages of one millisecond have times of their own: `since` finds all that follow."""
    async with backend.start() as app:
        session_id = await app.new_session()
        await _fill(app, session_id, 7)
        path = f"/api/session/{session_id}/messages"
        seen = _numbers(await app.get(path, limit=1, since="1970-01-01T00:00:00Z"))
        while True:
            page = await app.get(path, limit=2, after=seen[-1])
            last = (await app.get(path, after=seen[-1] - 1, limit=1))["messages"][0]
            by_time = await app.get(path, limit=2, since=last["timestamp"])
            assert by_time == page
            seen += _numbers(page)
            if not page["hasMore"]:
                break
    assert seen == list(range(1, 8))


@asynchronous
async def test_a_bad_bound_is_refused(backend: BackendApps, subtests: pytest.Subtests) -> None:
    """400 with the field."""
    async with backend.start() as app:
        session_id = await app.new_session()
        for field, bound in [
            ("limit", 0),
            ("limit", "many"),
            ("after", -1),
            ("after", 2**70),
            ("before", "x"),
            ("since", "yesterday"),
        ]:
            path = f"/api/session/{session_id}/messages"
            answer = await app.ask("GET", path, params={field: bound})
            with subtests.test(field=field, bound=bound):
                assert (answer.status_code, answer.json()["field"]) == (400, field)


@asynchronous
async def test_changes_come_in_the_order_they_were_made(backend: BackendApps) -> None:
    """A message appears once, with its newest `rev`; a deleted one as a tombstone."""
    async with backend.start() as app:
        session_id = await app.new_session()
        ids = await _fill(app, session_id, 4)
        async with app.services.database.writing() as transaction:
            session = await find_session(transaction, session_id, lock=True)
            assert session is not None
            revise(session, await transaction.get_one(Message, ids[1]), NOW, status="failed")
            bury(session, await transaction.get_one(Message, ids[0]), NOW)
        path = f"/api/session/{session_id}/changes"
        everything = await app.get(path)
        first = await app.get(path, limit=2)
        rest = await app.get(path, after=4)
    changes = [(message["sequenceNumber"], message["rev"]) for message in everything["messages"]]
    assert changes == [(3, 3), (4, 4), (2, 5), (1, 6)]
    assert (everything["hasMore"], everything["latestRev"]) == (False, 6)
    assert everything["epoch"]
    assert (_numbers(first), first["hasMore"]) == ([3, 4], True)
    assert [message["deleted"] for message in rest["messages"]] == [False, True]
    assert rest["messages"][1]["content"] == ""


@asynchronous
async def test_without_r3_there_is_no_bound_by_number(backend: BackendApps) -> None:
    """It is passed over, and the page does not say whether it is the last."""
    async with backend.start(abilities=Abilities(frozenset({"R3"}))) as app:
        session_id = (await app.finished("go"))["sessionId"]
        page = await app.get(f"/api/session/{session_id}/messages", after=1)
    assert set(page) == {"messages", "latestSequence", "latestRev"}
    assert len(page["messages"]) == 2


@asynchronous
async def test_without_r4_there_are_no_changes(backend: BackendApps) -> None:
    """404; what is deleted is not there any more, and a page is as long without it."""
    async with backend.start(abilities=Abilities(frozenset({"R4"}))) as app:
        session_id = (await app.finished("one"))["sessionId"]
        await app.finished("two", sessionId=session_id)
        async with app.services.database.writing() as transaction:
            await transaction.execute(
                update(Message).where(Message.sequence_number == 2).values(deleted=True)
            )
        answer = await app.ask("GET", f"/api/session/{session_id}/changes")
        page = await app.get(f"/api/session/{session_id}/messages", limit=3)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert [message["sequenceNumber"] for message in page["messages"]] == [1, 3, 4]
    assert "rev" not in page["messages"][0]


@asynchronous
async def test_without_r7_reads_are_behind(backend: BackendApps) -> None:
    """By as much as was set, in messages, changes and heads; then they catch up."""
    moment = 1_000_000
    behind = Abilities(frozenset({"R7"}), read_lag=2.0)
    async with backend.start(abilities=behind, now=lambda: moment) as app:
        session_id = (await app.finished("go"))["sessionId"]
        path = f"/api/session/{session_id}"
        for seconds, numbers in [(0, []), (1.999, []), (2.001, [1, 2])]:
            moment = 1_000_000 + round(seconds * 1000)
            for part in ("messages", "changes"):
                page = await app.get(f"{path}/{part}")
                assert [message["sequenceNumber"] for message in page["messages"]] == numbers
                assert page["latestSequence"] == page["latestRev"] == len(numbers)

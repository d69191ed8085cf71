"""Numbers, times and changes of a session."""

import asyncio

import pytest
from sqlalchemy import select

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import BackendApps
from threadline_backend.database import Database
from threadline_backend.ledger import (
    TITLE_LENGTH,
    Draft,
    append,
    bury,
    find_session,
    open_session,
    revise,
)
from threadline_backend.tables import ChatSession, Message

NOW = 1_000_000


def _draft(content: str = "text", role: str = "user") -> Draft:
    return Draft(role=role, content=content, status="sent")


async def _session(database: Database) -> str:
    async with database.writing() as transaction:
        return open_session(transaction, "user-ada", NOW).session_id


@asynchronous
async def test_writers_at_once_leave_no_hole_and_no_double(backend: BackendApps) -> None:
    """Twenty writers, numbers 1 to 20, each once, and times that rise with them."""
    database = Database(backend.database_url())
    session_id = await _session(database)

    async def write() -> None:
        async with database.writing() as transaction:
            session = await find_session(transaction, session_id, lock=True)
            assert session is not None
            append(transaction, session, _draft(), NOW)

    await asyncio.gather(*(write() for _ in range(20)))
    async with database.reading() as transaction:
        query = select(Message).order_by(Message.sequence_number)
        messages = (await transaction.scalars(query)).all()
    await database.close()
    assert [message.sequence_number for message in messages] == list(range(1, 21))
    assert [message.rev for message in messages] == list(range(1, 21))
    assert [message.timestamp for message in messages] == list(range(NOW, NOW + 20))


@asynchronous
async def test_a_change_takes_the_next_rev_and_keeps_the_number(backend: BackendApps) -> None:
    """Status and details change; what is not named stays."""
    database = Database(backend.database_url())
    session_id = await _session(database)
    async with database.writing() as transaction:
        session = await find_session(transaction, session_id, lock=True)
        assert session is not None
        first = append(transaction, session, _draft("first"), NOW)
        append(transaction, session, _draft("second"), NOW)
        await transaction.flush()
        revise(session, first, NOW + 9, status="done", details={"a": 1})
        assert (first.sequence_number, first.rev, first.status) == (1, 3, "done")
        assert (first.content, first.details) == ("first", {"a": 1})
        assert (first.timestamp, first.updated_at) == (NOW, NOW + 9)
        revise(session, first, NOW, content="other")
        assert (first.content, first.rev, first.updated_at) == ("other", 4, NOW + 9)
    await database.close()


@asynchronous
async def test_a_deleted_message_keeps_its_numbers_only(backend: BackendApps) -> None:
    """A tombstone has no text left in it."""
    database = Database(backend.database_url())
    session_id = await _session(database)
    async with database.writing() as transaction:
        session = await find_session(transaction, session_id, lock=True)
        assert session is not None
        draft = Draft(
            role="assistant",
            content="secret",
            status="completed",
            action_string="secret",
            action_payload={"a": "secret"},
            dom_summary="secret",
            details={"a": "secret"},
            error={"a": "secret"},
        )
        message = append(transaction, session, draft, NOW)
        bury(session, message, NOW)
        assert (message.sequence_number, message.rev, message.deleted) == (1, 2, True)
        assert "secret" not in str({name: value for name, value in vars(message).items()})
    await database.close()


@asynchronous
async def test_the_first_words_of_the_person_become_the_title(backend: BackendApps) -> None:
    """On one line, shortened; later ones and the agent's do not."""
    database = Database(backend.database_url())
    session_id = await _session(database)
    async with database.writing() as transaction:
        session = await find_session(transaction, session_id)
        assert session is not None
        append(transaction, session, _draft("from the agent", "assistant"), NOW)
        assert session.title == ""
        append(transaction, session, _draft("a\n  b " + "c" * 200), NOW)
        assert session.title == ("a b " + "c" * 200)[:TITLE_LENGTH]
        append(transaction, session, _draft("later"), NOW)
        assert session.title.startswith("a b")
    await database.close()


@pytest.mark.parametrize("lock", [True, False])
@asynchronous
async def test_a_deleted_session_is_not_found(backend: BackendApps, lock: bool) -> None:
    """Neither to read nor to write to."""
    database = Database(backend.database_url())
    session_id = await _session(database)
    async with database.writing() as transaction:
        session = await transaction.get_one(ChatSession, session_id)
        session.deleted = True
    async with database.writing() as transaction:
        assert await find_session(transaction, session_id, lock=lock) is None
    await database.close()

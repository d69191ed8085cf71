"""Transactions."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import BackendApps
from threadline_backend.database import Database
from threadline_backend.tables import User


def _user(name: str) -> User:
    return User(user_id=name, name=name, password_hash="", created_at=0)


@asynchronous
async def test_an_exception_undoes_a_writing_transaction(backend: BackendApps) -> None:
    """All or nothing."""
    database = Database(backend.database_url())

    async def break_off() -> None:
        async with database.writing() as transaction:
            transaction.add(_user("carol"))
            await transaction.flush()
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        await break_off()
    async with database.reading() as transaction:
        assert await transaction.get(User, "carol") is None
    await database.close()


@asynchronous
async def test_a_reading_transaction_is_a_snapshot(backend: BackendApps) -> None:
    """What is committed in between is not seen by half."""
    database = Database(backend.database_url())
    count = select(func.count()).select_from(User)
    async with database.reading() as reader:
        before = await reader.scalar(count)
        async with database.writing() as writer:
            writer.add(_user("carol"))
        assert await reader.scalar(count) == before
    await database.close()


@asynchronous
async def test_a_database_that_cannot_be_opened_does_not_answer(tmp_path: Path) -> None:
    """The check says so with the driver's exception; the driver's thread has ended by then."""
    before = set(threading.enumerate())
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'none' / 'x.sqlite3'}")
    with pytest.raises(OperationalError):
        await database.check()
    left = [thread.name for thread in threading.enumerate() if thread not in before]
    assert not [name for name in left if "_connection_worker" in name]
    await database.close()

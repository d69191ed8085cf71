"""The door to the database: one engine, reading and writing transactions, the schema.

A writing transaction on SQLite takes the write lock at once (`BEGIN IMMEDIATE`): a lock taken only
at the first write would fail when another writer came between. A reading one is a snapshot, so that
a list and its head agree. The schema is brought up to date by alembic through the connection that
is used anyway.
"""

import asyncio
import functools
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiosqlite
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

MIGRATIONS: Final = Path(__file__).parent / "migrations"
BUSY_TIMEOUT: Final = 15_000  # milliseconds that SQLite waits for another writer
WRITES: Final = "threadline_writes"  # execution option that marks a writing transaction


class Database:
    """The back end's database.

    Args:
        url: An SQLAlchemy address with an asynchronous driver.

    Raises:
        ModuleNotFoundError: The driver that `url` names is not installed.
    """

    def __init__(self, url: str) -> None:
        sqlite = make_url(url).drivername == "sqlite+aiosqlite"
        arguments = {"async_creator_fn": _open_sqlite} if sqlite else {}
        self._engine = create_async_engine(url, connect_args=arguments)
        reading = self._engine
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self._engine.sync_engine, "begin", _begin_sqlite)
        else:
            reading = self._engine.execution_options(isolation_level="REPEATABLE READ")
        writing = self._engine.execution_options(**{WRITES: True})
        self._readers = async_sessionmaker(reading, expire_on_commit=False)
        self._writers = async_sessionmaker(writing, expire_on_commit=False)

    async def migrate(self) -> None:
        """Bring the schema up to date."""
        async with self._engine.connect() as connection:
            await connection.run_sync(_upgrade)
            await connection.commit()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Give a snapshot to read from."""
        async with self._readers() as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """Give a transaction to write in: committed at the end, undone by an exception."""
        async with self._writers() as session, session.begin():
            yield session

    async def check(self) -> None:
        """Ask the database for a sign of life; its own exception comes through."""
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Give up all connections."""
        await self._engine.dispose()


def _upgrade(connection: Connection) -> None:
    if MigrationContext.configure(connection).get_current_revision() == _newest_revision():
        return
    config = _alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


@functools.cache
def _newest_revision() -> str | None:
    """Return the schema's newest version; the scripts are read once."""
    return ScriptDirectory.from_config(_alembic_config()).get_current_head()


async def _open_sqlite(*arguments: Any, **named: Any) -> aiosqlite.Connection:
    """Open a connection; where that fails, wait until its thread has ended.

    The driver leaves the thread to itself, and it would complain on standard error when the event
    loop is closed before it ends.
    """
    connection = aiosqlite.connect(*arguments, **named)
    connection._thread.daemon = True  # as SQLAlchemy does where it opens the connection
    try:
        return await connection
    except sqlite3.Error:
        await asyncio.to_thread(connection._thread.join)
        raise


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin transactions by itself: `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

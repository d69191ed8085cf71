"""The tables and the migrations that make them."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from tests.support.asynchronous import asynchronous
from threadline_backend.database import Database
from threadline_backend.tables import Base


@asynchronous
async def test_the_migrations_make_what_the_tables_say(tmp_path: Path) -> None:
    """Nothing is in one and not in the other; a second run changes nothing."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'new.sqlite3'}")
    await database.migrate()
    await database.migrate()
    async with database.reading() as transaction:
        connection = await transaction.connection()
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), Base.metadata)
        )
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    await database.close()
    assert differences == []
    assert set(Base.metadata.tables) | {"alembic_version"} == set(names)

"""What alembic runs to bring a database up to date, on the connection that `database` hands it."""

from alembic import context

from threadline_backend.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

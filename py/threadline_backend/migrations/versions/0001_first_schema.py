"""The first schema: users, access tokens, sessions, messages, runs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "users",
        sa.Column("user_id", sa.String(36), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False, unique=True),
        sa.Column("password_hash", sa.String(300), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "access_tokens",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("user_id", sa.String(36), sa.ForeignKey("users.user_id"), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_access_tokens_user_id", "access_tokens", ["user_id"])
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.String(36), primary_key=True),
        sa.Column("user_id", sa.String(36), sa.ForeignKey("users.user_id"), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("last_message_at", sa.BigInteger, nullable=False),
        sa.Column("last_sequence", sa.BigInteger, nullable=False),
        sa.Column("last_rev", sa.BigInteger, nullable=False),
        sa.Column("epoch", sa.String(36), nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("first_client_message_id", sa.String(200)),
        sa.UniqueConstraint("user_id", "first_client_message_id", name="uq_sessions_first_message"),
    )
    op.create_index("ix_sessions_recent", "sessions", ["user_id", "updated_at", "session_id"])
    op.create_table(
        "messages",
        sa.Column("message_id", sa.String(36), primary_key=True),
        sa.Column(
            "session_id", sa.String(36), sa.ForeignKey("sessions.session_id"), nullable=False
        ),
        sa.Column("sequence_number", sa.BigInteger, nullable=False),
        sa.Column("rev", sa.BigInteger, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("timestamp", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("action_string", sa.Text),
        sa.Column("action_payload", sa.JSON),
        sa.Column("dom_summary", sa.Text),
        sa.Column("metadata", sa.JSON, nullable=False),
        sa.Column("error", sa.JSON),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("client_message_id", sa.String(200)),
        sa.UniqueConstraint("session_id", "sequence_number", name="uq_messages_sequence"),
        sa.UniqueConstraint("session_id", "client_message_id", name="uq_messages_client"),
    )
    op.create_index("ix_messages_rev", "messages", ["session_id", "rev"])
    op.create_index("ix_messages_time", "messages", ["session_id", "timestamp"])
    op.create_table(
        "runs",
        sa.Column("task_id", sa.String(36), primary_key=True),
        sa.Column(
            "session_id", sa.String(36), sa.ForeignKey("sessions.session_id"), nullable=False
        ),
        sa.Column(
            "message_id",
            sa.String(36),
            sa.ForeignKey("messages.message_id"),
            nullable=False,
            unique=True,
        ),
        sa.Column("worker_name", sa.String(100), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("steps", sa.Integer, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
    )
    op.create_index("ix_runs_session_id", "runs", ["session_id"])
    op.create_index("ix_runs_open", "runs", ["status", "worker_name"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("runs", "messages", "sessions", "access_tokens", "users"):
        op.drop_table(table)

"""The tables: users, access tokens, sessions, messages and runs.

Times are milliseconds since 1970. Every message of a session has a `sequence_number` (1, 2, 3,
without holes, never reused) and a `rev`: the number of the session's change that last touched it.
Both counters live on the session and move in the transaction that writes the message.
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """What all tables share."""


class User(Base):
    """A person who may sign in; `password_hash` is as `accounts` writes it."""

    __tablename__ = "users"

    user_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    password_hash: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[int] = mapped_column(BigInteger)


class AccessToken(Base):
    """A bearer token, known only by its SHA-256."""

    __tablename__ = "access_tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id"), index=True)
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)


class ChatSession(Base):
    """One conversation.

    `epoch` names its numbering. `first_client_message_id` is the idempotency key of the message
    that it began with, so that a repeat of that message finds the session instead of making
    another.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("user_id", "first_client_message_id", name="uq_sessions_first_message"),
        Index("ix_sessions_recent", "user_id", "updated_at", "session_id"),
    )

    session_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id"))
    title: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)
    last_message_at: Mapped[int] = mapped_column(BigInteger)
    last_sequence: Mapped[int] = mapped_column(BigInteger)
    last_rev: Mapped[int] = mapped_column(BigInteger)
    epoch: Mapped[str] = mapped_column(String(36))
    deleted: Mapped[bool]
    first_client_message_id: Mapped[str | None] = mapped_column(String(200))


class Message(Base):
    """One message; of a deleted one only the numbers stay (a tombstone)."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("session_id", "sequence_number", name="uq_messages_sequence"),
        UniqueConstraint("session_id", "client_message_id", name="uq_messages_client"),
        Index("ix_messages_rev", "session_id", "rev"),
        Index("ix_messages_time", "session_id", "timestamp"),
    )

    message_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.session_id"))
    sequence_number: Mapped[int] = mapped_column(BigInteger)
    rev: Mapped[int] = mapped_column(BigInteger)
    role: Mapped[str] = mapped_column(String(20))
    content: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20))
    timestamp: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)
    action_string: Mapped[str | None] = mapped_column(Text)
    action_payload: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    dom_summary: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column("metadata", JSON)
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    deleted: Mapped[bool]
    client_message_id: Mapped[str | None] = mapped_column(String(200))


class Run(Base):
    """The agent's work on one user message; `status` is `running` or one of the terminal words."""

    __tablename__ = "runs"
    __table_args__ = (Index("ix_runs_open", "status", "worker_name"),)

    task_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.session_id"), index=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.message_id"), unique=True)
    worker_name: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(20))
    steps: Mapped[int]
    started_at: Mapped[int] = mapped_column(BigInteger)
    ended_at: Mapped[int | None] = mapped_column(BigInteger)

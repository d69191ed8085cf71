"""Writing to a session: numbers are given out in the transaction that writes what they number.

All functions work inside a writing transaction of `database`. The session's row is locked first, so
that writers of one session follow each other and no number is missed or given twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from threadline_backend.tables import ChatSession, Message

TITLE_LENGTH: Final = 80  # characters of the first message that become the session's title


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message that has no number yet; the members are those of `tables.Message`."""

    role: str
    content: str
    status: str
    action_string: str | None = None
    action_payload: Mapping[str, Any] | None = None
    dom_summary: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    client_message_id: str | None = None


def open_session(
    transaction: AsyncSession,
    user_id: str,
    now: int,
    *,
    title: str = "",
    first_client_message_id: str | None = None,
) -> ChatSession:
    """Add an empty session. Its id is random (122 bits): a channel's name must not be guessed."""
    session = ChatSession(
        session_id=str(uuid4()),
        user_id=user_id,
        title=title,
        status="active",
        created_at=now,
        updated_at=now,
        last_message_at=0,
        last_sequence=0,
        last_rev=0,
        epoch=str(uuid4()),
        deleted=False,
        first_client_message_id=first_client_message_id,
    )
    transaction.add(session)
    return session


async def find_session(
    transaction: AsyncSession, session_id: str, *, lock: bool = False
) -> ChatSession | None:
    """Find a session, with `lock` to write to it; None if there is none, or it was deleted."""
    query = select(ChatSession).where(
        ChatSession.session_id == session_id, ChatSession.deleted.is_(False)
    )
    return await transaction.scalar(query.with_for_update() if lock else query)


def append(
    transaction: AsyncSession, session: ChatSession, draft: Draft, now: int, *, tie: bool = False
) -> Message:
    """Add a message under the next number.

    Within a session no two messages have the same time, and later ones have later times: reading on
    from a time, exclusively, then misses none. With `tie`, as other servers may have it, the
    message gets the time of the one before it.
    """
    moment = session.last_message_at if tie else max(now, session.last_message_at + 1)
    session.last_sequence += 1
    session.last_rev += 1
    session.last_message_at = moment
    session.updated_at = max(session.updated_at, moment)
    if not session.title and draft.role == "user":
        session.title = " ".join(draft.content.split())[:TITLE_LENGTH]
    message = Message(
        message_id=str(uuid4()),
        session_id=session.session_id,
        sequence_number=session.last_sequence,
        rev=session.last_rev,
        role=draft.role,
        content=draft.content,
        status=draft.status,
        timestamp=moment,
        updated_at=moment,
        action_string=draft.action_string,
        action_payload=None if draft.action_payload is None else dict(draft.action_payload),
        dom_summary=draft.dom_summary,
        details=dict(draft.details),
        error=None if draft.error is None else dict(draft.error),
        deleted=False,
        client_message_id=draft.client_message_id,
    )
    transaction.add(message)
    return message


def revise(
    session: ChatSession,
    message: Message,
    now: int,
    *,
    status: str | None = None,
    content: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Change a message under the next `rev`; None leaves, `details` are added to those there."""
    _touch(session, message, now)
    if status is not None:
        message.status = status
    if content is not None:
        message.content = content
    if details is not None:
        message.details = message.details | dict(details)


def bury(session: ChatSession, message: Message, now: int) -> None:
    """Delete a message: its numbers stay as a tombstone, its text does not."""
    _touch(session, message, now)
    message.deleted = True
    message.content = ""
    message.action_string = None
    message.action_payload = None
    message.dom_summary = None
    message.details = {}
    message.error = None


def _touch(session: ChatSession, message: Message, now: int) -> None:
    session.last_rev += 1
    session.updated_at = max(session.updated_at, now)
    message.rev = session.last_rev
    message.updated_at = max(message.updated_at, now)

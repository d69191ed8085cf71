"""Sessions: list, open, rename, delete."""

import base64
import binascii
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, StringConstraints
from sqlalchemy import select, tuple_, update

from threadline_backend import wire
from threadline_backend.accounts import SignedIn
from threadline_backend.errors import ApiError
from threadline_backend.ledger import open_session
from threadline_backend.messages import MAX_LIMIT, Limit, owned_session
from threadline_backend.services import UsedServices
from threadline_backend.tables import ChatSession, Message
from threadline_backend.wire import Body, session_body

router = APIRouter()

DEFAULT_LIMIT: Final = 50

Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"\S")
]


class NewSession(BaseModel):
    """The body of a new session; without a title its first message gives one."""

    title: Title | None = None


class SessionChange(BaseModel):
    """The body of a rename."""

    title: Title


@router.get("/api/session")
async def list_sessions(
    caller: SignedIn,
    services: UsedServices,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Body:
    """Answer the caller's sessions, the one with the newest activity first."""
    limit = min(limit, MAX_LIMIT)
    place = tuple_(ChatSession.updated_at, ChatSession.session_id)
    query = select(ChatSession).where(
        ChatSession.user_id == caller.user_id, ChatSession.deleted.is_(False)
    )
    if cursor is not None:
        query = query.where(place < _place(cursor))
    query = query.order_by(ChatSession.updated_at.desc(), ChatSession.session_id.desc())
    async with services.database.reading() as transaction:
        sessions = (await transaction.scalars(query.limit(limit + 1))).all()
    body: Body = {"sessions": [session_body(session) for session in sessions[:limit]]}
    if len(sessions) > limit:
        body["nextCursor"] = _cursor(sessions[limit - 1])
    return body


@router.post("/api/session", status_code=201)
async def create_session(
    caller: SignedIn, services: UsedServices, request: NewSession | None = None
) -> Body:
    """Open an empty session."""
    title = request.title if request is not None and request.title is not None else ""
    async with services.database.writing() as transaction:
        session = open_session(transaction, caller.user_id, services.now(), title=title)
    return session_body(session)


@router.get("/api/session/{session_id}")
async def get_session(session_id: str, caller: SignedIn, services: UsedServices) -> Body:
    """Answer one session."""
    async with services.database.reading() as transaction:
        session = await owned_session(transaction, caller, session_id)
    return session_body(session)


@router.patch("/api/session/{session_id}")
async def rename_session(
    session_id: str, request: SessionChange, caller: SignedIn, services: UsedServices
) -> Body:
    """Give a session another title."""
    async with services.announcer.order(session_id):
        async with services.database.writing() as transaction:
            session = await owned_session(transaction, caller, session_id, lock=True)
            session.title = request.title
            session.updated_at = max(session.updated_at, services.now())
        services.announcer.post(session_id, wire.session_update_event(session))
    return session_body(session)


@router.delete("/api/session/{session_id}")
async def delete_session(session_id: str, caller: SignedIn, services: UsedServices) -> Body:
    """Stop the session's runs and delete it with its texts; what is left are numbers and keys."""
    async with services.database.reading() as transaction:
        await owned_session(transaction, caller, session_id)
    await services.runs.stop(session_id)
    async with services.announcer.order(session_id):
        async with services.database.writing() as transaction:
            session = await owned_session(transaction, caller, session_id, lock=True)
            session.deleted = True
            session.title = ""
            session.updated_at = max(session.updated_at, services.now())
            await transaction.execute(
                update(Message)
                .where(Message.session_id == session_id)
                .values(
                    deleted=True,
                    content="",
                    action_string=None,
                    action_payload=None,
                    dom_summary=None,
                    details={},
                    error=None,
                )
            )
        services.announcer.post(session_id, wire.session_update_event(session))
    return {"sessionId": session_id, "deleted": True}


def _cursor(session: ChatSession) -> str:
    text = f"{session.updated_at}:{session.session_id}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def _place(cursor: str) -> tuple[int, str]:
    try:
        moment, _, session_id = base64.urlsafe_b64decode(cursor).decode().partition(":")
        return int(moment), session_id
    except (binascii.Error, ValueError):
        words = "cursor: must be a nextCursor of an earlier answer"
        raise ApiError(400, "invalid_request", words, field="cursor") from None

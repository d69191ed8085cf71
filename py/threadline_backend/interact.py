"""Giving the agent a task, and stopping it.

A task is answered once the person's message is committed; the agent's turn follows by events and
reads. `clientMessageId` makes a task idempotent for ever: a repeat answers what the first answered
and starts nothing, whatever else it says. A repeat counts as a task where their rate is limited.
"""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import uuid4

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from threadline_backend import wire
from threadline_backend.accounts import Caller, SignedIn
from threadline_backend.agent import Task
from threadline_backend.errors import ApiError
from threadline_backend.ledger import Draft, append, open_session
from threadline_backend.messages import owned_session
from threadline_backend.run_records import RUNNING
from threadline_backend.services import Services, UsedServices
from threadline_backend.tables import ChatSession, Message
from threadline_backend.wire import Body

router = APIRouter()

QUERY_LIMIT: Final = 100_000  # bytes of UTF-8: two such fit into the 256 KB of a Sockudo event
DOM_LIMIT: Final = 1_000_000  # bytes of UTF-8
DOM_SUMMARY_LENGTH: Final = 500  # characters

Key = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class InteractRequest(BaseModel):
    """The body of a task."""

    query: Annotated[str, StringConstraints(pattern=r"\S")]
    sessionId: Key | None = None
    clientMessageId: Key | None = None
    url: Annotated[str, StringConstraints(max_length=4000)] | None = None
    dom: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A task that has been taken.

    Attributes:
        session, message: Where it stands, and the person's message.
        first_turn: As `Runs.begin` returns it; None for a repeat.
    """

    session: ChatSession
    message: Message
    first_turn: asyncio.Future[Body | None] | None


class StopRequest(BaseModel):
    """The body of a stop."""

    sessionId: Key


@router.post("/api/agent/interact")
async def interact(request: InteractRequest, caller: SignedIn, services: UsedServices) -> Body:
    """Store the person's message, let the agent begin, and answer the message."""
    taken = await take(request, caller, services)
    body = {
        "sessionId": taken.session.session_id,
        **wire.turn_body(taken.message.details["taskId"], status=RUNNING, step_index=0),
        "message": wire.message_body(taken.message),
        "epoch": taken.session.epoch,
    }
    return services.dialect.answer(body)


async def take(request: InteractRequest, caller: Caller, services: Services) -> Taken:
    """Store the person's message, announce it, and let the agent begin.

    Raises:
        ApiError: 429, too many tasks; 413, too long; 403, 404, not the caller's session, or none.
    """
    _refuse_too_many(caller, services)
    if not services.abilities.has("R2"):
        request = request.model_copy(update={"clientMessageId": None})
    _refuse_too_long("query", request.query, QUERY_LIMIT)
    _refuse_too_long("dom", request.dom or "", DOM_LIMIT)
    # Without a session, repeats must meet each other at the person instead.
    order = request.sessionId or f"new sessions of {caller.user_id}"
    async with services.announcer.order(order):
        if not services.abilities.has("R6"):
            await _announce_uncommitted(request, caller, services)
        session, message, is_new = await _store(request, caller, services)
        if not is_new:
            return Taken(session, message, None)
        session_id = session.session_id
        services.announcer.post(
            session_id, wire.new_message_event(message), wire.session_update_event(session)
        )
        task_id: str = message.details["taskId"]
        task = Task(task_id, session_id, request.query, request.url, request.dom)
        return Taken(session, message, services.runs.begin(task))


@router.post("/api/agent/stop")
async def stop(request: StopRequest, caller: SignedIn, services: UsedServices) -> Body:
    """End the session's runs; answer their tasks, none where nothing was going on."""
    async with services.database.reading() as transaction:
        await owned_session(transaction, caller, request.sessionId)
    stopped = await services.runs.stop(request.sessionId)
    return {"sessionId": request.sessionId, "stopped": stopped}


async def _store(
    request: InteractRequest, caller: Caller, services: Services
) -> tuple[ChatSession, Message, bool]:
    """Write the message and its run, or find the message of an earlier request with this key."""
    async with services.database.writing() as transaction:
        session = await _session(request, caller, services, transaction)
        message = await _earlier(request, session, transaction)
        if message is not None:
            return session, message, False
        message = append(transaction, session, _draft(request), services.now())
        await transaction.flush()
        services.runs.records.begin(transaction, session, message)
    return session, message, True


async def _announce_uncommitted(
    request: InteractRequest, caller: Caller, services: Services
) -> None:
    """Push the message of a task in a session and undo it, as a server without R6 may."""
    if request.sessionId is None:
        return  # nobody has joined the channel of a session that there is not yet
    async with services.database.reading() as undone:
        session = await _session(request, caller, services, undone)
        if await _earlier(request, session, undone) is None:
            message = append(undone, session, _draft(request), services.now())
            services.announcer.post(session.session_id, wire.new_message_event(message))


async def _session(
    request: InteractRequest, caller: Caller, services: Services, transaction: AsyncSession
) -> ChatSession:
    if request.sessionId is not None:
        return await owned_session(transaction, caller, request.sessionId, lock=True)
    if request.clientMessageId is not None:
        query = select(ChatSession).where(
            ChatSession.user_id == caller.user_id,
            ChatSession.first_client_message_id == request.clientMessageId,
        )
        session = await transaction.scalar(query.with_for_update())
        if session is not None and session.deleted:
            raise ApiError(404, "session_not_found", "The session of this message was deleted.")
        if session is not None:
            return session
    session = open_session(
        transaction,
        caller.user_id,
        services.now(),
        first_client_message_id=request.clientMessageId,
    )
    await transaction.flush()
    return session


async def _earlier(
    request: InteractRequest, session: ChatSession, transaction: AsyncSession
) -> Message | None:
    if request.clientMessageId is None:
        return None
    query = select(Message).where(
        Message.session_id == session.session_id,
        Message.client_message_id == request.clientMessageId,
    )
    return await transaction.scalar(query)


def _draft(request: InteractRequest) -> Draft:
    details: dict[str, Any] = {"taskId": str(uuid4())}
    if request.clientMessageId is not None:
        details["clientMessageId"] = request.clientMessageId
    if request.url is not None:
        details["url"] = request.url
    return Draft(
        role="user",
        content=request.query,
        status="sent",
        dom_summary=None if request.dom is None else request.dom[:DOM_SUMMARY_LENGTH],
        details=details,
        client_message_id=request.clientMessageId,
    )


def _refuse_too_many(caller: Caller, services: Services) -> None:
    wait = services.interact_limit.take(caller.user_id)
    if wait is None:
        return
    headers = {"Retry-After": str(wait)} if services.abilities.has("R8") else None
    words = f"Too many tasks. Send the next one in {wait} seconds."
    raise ApiError(429, "rate_limited", words, headers=headers)


def _refuse_too_long(field: str, text: str, limit: int) -> None:
    if len(text.encode()) > limit:
        words = f"{field}: must be at most {limit} bytes long"
        raise ApiError(413, "too_large", words, field=field)

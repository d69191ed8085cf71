"""Reading a session's messages: by number, by time, and by change."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from threadline_backend.accounts import Caller, SignedIn
from threadline_backend.clock import milliseconds_of
from threadline_backend.errors import ApiError
from threadline_backend.ledger import find_session
from threadline_backend.services import Services, UsedServices
from threadline_backend.tables import ChatSession, Message
from threadline_backend.wire import Body, page_body

router = APIRouter()

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 400

Limit = Annotated[int, Query(ge=1)]
Bound = Annotated[int | None, Query(ge=0, le=2**53)]


async def owned_session(
    transaction: AsyncSession, caller: Caller, session_id: str, *, lock: bool = False
) -> ChatSession:
    """Find the caller's session; with `lock`, to write to it.

    Raises:
        ApiError: 404, there is none of this id; 403, it is somebody else's.
    """
    session = await find_session(transaction, session_id, lock=lock)
    if session is None:
        raise ApiError(404, "session_not_found", "There is no such session.")
    if session.user_id != caller.user_id:
        raise ApiError(403, "session_forbidden", "This session is not yours.")
    return session


@router.get("/api/session/{session_id}/messages")
async def list_messages(
    session_id: str,
    caller: SignedIn,
    services: UsedServices,
    limit: Limit = DEFAULT_LIMIT,
    since: str | None = None,
    after: Bound = None,
    before: Bound = None,
) -> Body:
    """Answer messages, ascending by number.

    With `since` (a time) or `after` (a number), both exclusive, the oldest that follow it;
    otherwise the newest, or the newest before the number `before`. `hasMore` says whether there are
    more on the far side of the page. A `limit` above 400 counts as 400. What of this there is not
    when it is switched off, `abilities` says.
    """
    limit = min(limit, MAX_LIMIT)
    horizon = services.abilities.horizon(services.now())
    query = readable_messages(services, session_id, horizon)
    if not services.abilities.has("R3"):
        after = before = None
    if since is not None:
        query = query.where(Message.timestamp > time_of("since", since))
    if after is not None:
        query = query.where(Message.sequence_number > after)
    if before is not None:
        query = query.where(Message.sequence_number < before)
    forward = since is not None or after is not None
    number = Message.sequence_number
    query = query.order_by(number if forward else number.desc())
    async with services.database.reading() as transaction:
        session = await owned_session(transaction, caller, session_id)
        messages, has_more = await _page(transaction, query, limit)
        heads = await _heads(transaction, session, horizon)
    page = page_body(session, messages if forward else messages[::-1], has_more)
    return services.dialect.answer(page | heads)


@router.get("/api/session/{session_id}/changes")
async def list_changes(
    session_id: str,
    caller: SignedIn,
    services: UsedServices,
    limit: Limit = DEFAULT_LIMIT,
    after: Bound = 0,
) -> Body:
    """Answer the messages that changed after the change `after`, ascending by `rev`."""
    if not services.abilities.has("R4"):
        raise ApiError(404, "not_found", "Not Found")
    query = (
        select(Message)
        .where(Message.session_id == session_id, Message.rev > (after or 0))
        .order_by(Message.rev)
    )
    horizon = services.abilities.horizon(services.now())
    if horizon is not None:
        query = query.where(Message.updated_at <= horizon)
    async with services.database.reading() as transaction:
        session = await owned_session(transaction, caller, session_id)
        messages, has_more = await _page(transaction, query, min(limit, MAX_LIMIT))
        heads = await _heads(transaction, session, horizon)
    return services.dialect.answer(page_body(session, messages, has_more) | heads)


def readable_messages(services: Services, session_id: str, horizon: int | None) -> Select[Message]:
    """Select those of a session's messages that a read shows; none newer than `horizon`."""
    query = select(Message).where(Message.session_id == session_id)
    if not services.abilities.has("R4"):
        query = query.where(Message.deleted.is_(False))
    if horizon is not None:
        query = query.where(Message.timestamp <= horizon)
    return query


async def _page(
    transaction: AsyncSession, query: Select[Any], limit: int
) -> tuple[Sequence[Message], bool]:
    messages = (await transaction.scalars(query.limit(limit + 1))).all()
    return messages[:limit], len(messages) > limit


async def _heads(
    transaction: AsyncSession, session: ChatSession, horizon: int | None
) -> dict[str, int]:
    """Return how far the session had come at `horizon`; its row says how far it has come now."""
    if horizon is None:
        return {}
    of_session = Message.session_id == session.session_id
    newest = select(func.max(Message.sequence_number)).where(
        of_session, Message.timestamp <= horizon
    )
    changed = select(func.max(Message.rev)).where(of_session, Message.updated_at <= horizon)
    return {
        "latestSequence": await transaction.scalar(newest) or 0,
        "latestRev": await transaction.scalar(changed) or 0,
    }


def time_of(field: str, text: str) -> int:
    """Read a time of the query.

    Raises:
        ApiError: 400; it is none.
    """
    try:
        return milliseconds_of(text)
    except ValueError:
        words = f"{field}: must be a time as in 2026-01-31T12:00:00.000Z"
        raise ApiError(400, "invalid_request", words, field=field) from None

"""The imitation of the server that Threadline was first written for, with its three calls.

It has `GET /api/session/{id}/messages` (`limit`, `since`), `POST /api/agent/interact` and
`POST /api/pusher/auth`; every other path is 404. Its events are `new_message` for the person's
messages and `interact_response`, without a message's id or number, for the agent's turns; the
agent's messages are stored with their numbers and found by reading.

A task is answered with the first turn that the agent takes, as the event's `data`: it is pushed
and answered in the same call. There is no way to sign in, to open a session without a task or to
stop a run; tests get tokens and sessions from test control (`fault_routes`).

What is not documented of that server is set: `SINCE_BOUND`, `LIMIT_CUTS`, `MESSAGE_ORDER`.
"""

from typing import Final

from fastapi import APIRouter

from threadline_backend import channel_authorization, wire
from threadline_backend.accounts import SignedIn
from threadline_backend.errors import ApiError
from threadline_backend.interact import InteractRequest, take
from threadline_backend.messages import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    Limit,
    owned_session,
    readable_messages,
    time_of,
)
from threadline_backend.services import UsedServices
from threadline_backend.tables import Message
from threadline_backend.wire import Body

router = APIRouter()
ROUTERS: Final = (router, channel_authorization.router)


@router.get("/api/session/{session_id}/messages")
async def list_messages(
    session_id: str,
    caller: SignedIn,
    services: UsedServices,
    limit: Limit = DEFAULT_LIMIT,
    since: str | None = None,
) -> Body:
    """Answer messages: no more than `limit`, and those from the time `since` on."""
    settings = services.settings
    query = readable_messages(services, session_id, services.abilities.horizon(services.now()))
    if since is not None:
        moment = time_of("since", since)
        includes = settings.since_bound == "inclusive"
        query = query.where(Message.timestamp >= moment if includes else Message.timestamp > moment)
    number = Message.sequence_number
    query = query.order_by(number if settings.limit_cuts == "newest" else number.desc())
    async with services.database.reading() as transaction:
        await owned_session(transaction, caller, session_id)
        messages = (await transaction.scalars(query.limit(min(limit, MAX_LIMIT)))).all()
    messages = sorted(
        messages,
        key=lambda message: message.sequence_number,
        reverse=settings.message_order == "descending",
    )
    return services.dialect.answer({"messages": [wire.message_body(one) for one in messages]})


@router.post("/api/agent/interact")
async def interact(request: InteractRequest, caller: SignedIn, services: UsedServices) -> Body:
    """Store the person's message, let the agent begin, and answer its first turn."""
    taken = await take(request, caller, services)
    turn = None if taken.first_turn is None else await taken.first_turn
    if turn is None:
        raise ApiError(500, "agent_error", "The agent did not answer. Try again.")
    return {"sessionId": taken.session.session_id, **services.dialect.turn(turn)}

"""Letting a socket join a session's channel: `POST /api/pusher/auth`."""

from typing import Annotated, Final

from fastapi import APIRouter, Form
from sqlalchemy import select

from threadline_backend.accounts import SignedIn
from threadline_backend.channel_signature import sign_channel
from threadline_backend.errors import ApiError
from threadline_backend.realtime import session_of_channel
from threadline_backend.services import UsedServices
from threadline_backend.tables import ChatSession
from threadline_backend.wire import Body

router = APIRouter()

# Two numbers and nothing else: what is signed must not be taken for another kind of text.
SOCKET_ID: Final = r"^[0-9]{1,20}\.[0-9]{1,20}$"


@router.post("/api/pusher/auth")
async def authorize_channel(
    caller: SignedIn,
    services: UsedServices,
    socket_id: Annotated[str, Form(pattern=SOCKET_ID)],
    channel_name: Annotated[str, Form(min_length=1, max_length=200)],
) -> Body:
    """Sign for the channel of a session that is the caller's; 403 for any other channel."""
    session_id = session_of_channel(channel_name)
    query = select(ChatSession.session_id).where(
        ChatSession.session_id == session_id,
        ChatSession.user_id == caller.user_id,
        ChatSession.deleted.is_(False),
    )
    async with services.database.reading() as transaction:
        owned = await transaction.scalar(query)
    if owned is None:
        raise ApiError(403, "channel_forbidden", "This channel is not yours to join.")
    settings = services.settings
    return {"auth": sign_channel(settings.app_key, settings.app_secret, socket_id, channel_name)}

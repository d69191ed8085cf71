"""The calls of test control, all under `/faults/`, without a token.

| call | body | does |
|---|---|---|
| `POST /faults/reset` | | forgets every fault that is still to come |
| `POST /faults/pushes/drop` | `{count, channel?}` | the next `count` events on `channel` (`*` matches anything) are not pushed |
| `POST /faults/sockets/cut` | `{code?, reason?}` | ends all sockets, without a code abnormally (1006); answers `{ended}` |
| `POST /faults/sockets/refuse` | `{seconds}` | refuses new sockets (HTTP 503) for a while; 0 ends it |
| `POST /faults/sockets/send` | `{text}` | sends a raw frame to all sockets; answers `{sent}` |
| `GET /faults/sockets` | | answers `{open, channels: {name: sockets}}` |
| `POST /faults/answers` | `{path, method?, count?, status?, body?, headers?, delay?, after?, cut?}` | spoils the next `count` REST answers to `path` (`*` matches anything): `status` with the raw `body`; `delay` seconds late; `after` carries the request out first; `cut` breaks the connection |
| `POST /faults/tokens` | `{name?}` | signs a user in without a password; answers `{accessToken, expiresAt}` |
| `POST /faults/tokens/expire` | | expires all access tokens; answers `{expired}` |
| `POST /faults/sessions` | `{name?, title?}` | opens a session of a user; answers `{sessionId}` |
| `POST /faults/channels/post` | `{channel, event, data}` | pushes an event; `data` that is a string goes out as it is |
| `POST /faults/messages` | `{sessionId, content, role?, status?, count?, metadata?, error?, push?, burn?, tie?, commit?}` | adds messages as another device would; `push: false` without telling; `burn` leaves out that many numbers before them; `tie` gives all of them one time; `commit: false` tells and undoes; answers `{messages}` |
| `PATCH /faults/messages/{id}` | `{content?, status?, push?}` | changes a message; answers `{message}` |
| `DELETE /faults/messages/{id}` | | deletes a message, leaving a tombstone; answers `{message}` |

Sockets are those of the embedded server; where Sockudo is the push server, their calls are 409.
A server that does not push the agent's messages (without R1) pushes `interact_response` for those
that are added here. Answers of test control are whole, whatever the server is without.
"""  # noqa: E501

from typing import Any, TypeVar

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import select, update

from threadline_backend import wire
from threadline_backend.accounts import issue_token
from threadline_backend.embedded.connection import End
from threadline_backend.embedded.server import EmbeddedPusher
from threadline_backend.errors import ApiError
from threadline_backend.fault_control import AnswerFault, FaultControl
from threadline_backend.ledger import (
    Draft,
    append,
    bury,
    find_session,
    open_session,
    revise,
)
from threadline_backend.realtime import NotPublished
from threadline_backend.services import Services, UsedServices
from threadline_backend.tables import AccessToken, ChatSession, Message, User
from threadline_backend.wire import Body

Row = TypeVar("Row", ChatSession, Message, User)


class DropPushes(BaseModel):
    """How many pushes to drop, and on which channels."""

    count: int = Field(ge=0)
    channel: str = "*"


class CutSockets(BaseModel):
    """How to end the sockets."""

    code: int | None = Field(default=None, ge=1000, le=4999)
    reason: str = Field(default="", max_length=100)


class RefuseSockets(BaseModel):
    """How long to refuse new sockets."""

    seconds: float = Field(ge=0)


class RawFrame(BaseModel):
    """What to send."""

    text: str


class SpoilAnswers(BaseModel):
    """The members of `AnswerFault`."""

    path: str = Field(pattern=r"^/")
    count: int = Field(default=1, ge=1)
    method: str | None = None
    delay: float = Field(default=0.0, ge=0, le=600)
    status: int | None = Field(default=None, ge=200, le=599)
    body: str = ""
    headers: dict[str, str] = Field(default_factory=dict)
    after: bool = False
    cut: bool = False


class RawEvent(BaseModel):
    """What to push."""

    channel: str
    event: str
    data: Any = None


class SignIn(BaseModel):
    """Who is to be signed in; by itself, the first of the configured users."""

    name: str | None = None


class OpenSession(SignIn):
    """Whose session to open."""

    title: str = Field(default="", max_length=200)


class AddMessages(BaseModel):
    """What to add; with a `count` above 1, each text has its number at its end."""

    sessionId: str
    content: str
    role: str = "assistant"
    status: str = "completed"
    count: int = Field(default=1, ge=1, le=10_000)
    metadata: dict[str, Any] = Field(default_factory=dict)
    error: dict[str, Any] | None = None
    push: bool = True
    burn: int = Field(default=0, ge=0, le=10_000)
    tie: bool = False
    commit: bool = True


class ChangeMessage(BaseModel):
    """What to change."""

    content: str | None = None
    status: str | None = None
    push: bool = True


def fault_router(control: FaultControl) -> APIRouter:
    """Return the routes that order faults."""
    router = APIRouter(prefix="/faults")
    _add_socket_routes(router, control)
    _add_account_routes(router)
    _add_message_routes(router)

    @router.post("/reset")
    async def reset() -> Body:
        control.reset()
        return {}

    @router.post("/pushes/drop")
    async def drop_pushes(request: DropPushes) -> Body:
        control.drop_pushes(request.channel, request.count)
        return {}

    @router.post("/answers")
    async def spoil_answers(request: SpoilAnswers) -> Body:
        control.order(AnswerFault(**request.model_dump()))
        return {}

    return router


def _add_account_routes(router: APIRouter) -> None:
    @router.post("/tokens")
    async def sign_in(request: SignIn, services: UsedServices) -> Body:
        return await issue_token(services, await _user_id(request, services))

    @router.post("/tokens/expire")
    async def expire_tokens(services: UsedServices) -> Body:
        now = services.now()
        async with services.database.writing() as transaction:
            query = update(AccessToken).where(AccessToken.expires_at > now)
            result = await transaction.execute(query.values(expires_at=now).returning(1))
            expired = len(result.all())
        return {"expired": expired}

    @router.post("/sessions")
    async def add_session(request: OpenSession, services: UsedServices) -> Body:
        user_id = await _user_id(request, services)
        async with services.database.writing() as transaction:
            session = open_session(transaction, user_id, services.now(), title=request.title)
        return {"sessionId": session.session_id}


def _add_socket_routes(router: APIRouter, control: FaultControl) -> None:
    @router.get("/sockets")
    async def count_sockets() -> Body:
        sockets, channels = _embedded(control).counts()
        return {"open": sockets, "channels": channels}

    @router.post("/sockets/cut")
    async def cut_sockets(request: CutSockets) -> Body:
        return {"ended": _embedded(control).end_all(End(request.code, request.reason))}

    @router.post("/sockets/refuse")
    async def refuse_sockets(request: RefuseSockets) -> Body:
        _embedded(control).refuse_for(request.seconds)
        return {}

    @router.post("/sockets/send")
    async def send_raw(request: RawFrame) -> Body:
        return {"sent": _embedded(control).send_raw(request.text)}

    @router.post("/channels/post")
    async def post_event(request: RawEvent) -> Body:
        try:
            await control.publisher.publish(request.channel, request.event, request.data)
        except NotPublished as problem:
            raise ApiError(503, "not_published", str(problem)) from None
        return {}


def _add_message_routes(router: APIRouter) -> None:
    @router.post("/messages")
    async def add_messages(request: AddMessages, services: UsedServices) -> Body:
        return {"messages": await _add(request, services)}

    @router.patch("/messages/{message_id}")
    async def change_message(
        message_id: str, request: ChangeMessage, services: UsedServices
    ) -> Body:
        return {"message": await _change(message_id, request, services, delete=False)}

    @router.delete("/messages/{message_id}")
    async def delete_message(message_id: str, services: UsedServices) -> Body:
        return {"message": await _change(message_id, ChangeMessage(), services, delete=True)}


async def _user_id(request: SignIn, services: Services) -> str:
    names = [name for name, _ in services.settings.users]
    name = request.name or next(iter(names), "")
    async with services.database.reading() as transaction:
        user = _found(await transaction.scalar(select(User).where(User.name == name)))
    return user.user_id


async def _add(request: AddMessages, services: Services) -> list[Body]:
    database = services.database
    async with services.announcer.order(request.sessionId):
        # A reading transaction is undone at its end.
        async with database.writing() if request.commit else database.reading() as transaction:
            session = _found(await find_session(transaction, request.sessionId, lock=True))
            session.last_sequence += request.burn
            messages = [
                append(
                    transaction,
                    session,
                    _draft(request, number),
                    services.now(),
                    tie=request.tie and number > 1,
                )
                for number in range(1, request.count + 1)
            ]
        if request.push:
            events = [event for message in messages for event in _events(message, services)]
            services.announcer.post(request.sessionId, *events)
    return [wire.message_body(message) for message in messages]


def _draft(request: AddMessages, number: int) -> Draft:
    return Draft(
        role=request.role,
        content=request.content + (f" {number}" if request.count > 1 else ""),
        status=request.status,
        details=request.metadata,
        error=request.error,
    )


def _events(message: Message, services: Services) -> list[Body]:
    """Return what tells of an added message: itself, and where that is not pushed, a hint."""
    events = [wire.new_message_event(message)]
    if message.role != "user" and not services.abilities.has("R1"):
        turn = wire.turn_body(
            str(message.details.get("taskId", message.message_id)),
            status=message.status,
            step_index=int(message.details.get("stepIndex", 0)),
            thought=message.content,
            message=message,
        )
        events.append(wire.interact_response_event(message.session_id, turn))
    return events


async def _change(
    message_id: str, request: ChangeMessage, services: Services, *, delete: bool
) -> Body:
    async with services.database.reading() as transaction:
        session_id = _found(await transaction.get(Message, message_id)).session_id
    async with services.announcer.order(session_id):
        async with services.database.writing() as transaction:
            session = _found(await find_session(transaction, session_id, lock=True))
            message = await transaction.get_one(Message, message_id)
            if delete:
                bury(session, message, services.now())
            else:
                changes = request.model_dump(include={"content", "status"})
                revise(session, message, services.now(), **changes)
        if request.push:
            services.announcer.post(session_id, wire.message_update_event(message))
    return wire.message_body(message)


def _embedded(control: FaultControl) -> EmbeddedPusher:
    if control.pusher is None:
        raise ApiError(409, "not_embedded", "The sockets are Sockudo's; put a proxy before it.")
    return control.pusher


def _found(row: Row | None) -> Row:
    if row is None:
        raise ApiError(404, "not_found", "There is no such user, session or message.")
    return row

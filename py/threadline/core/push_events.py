"""What a server publishes on a session's channel, as facts.

Payloads are those of roadmap section 11.11 and, where a server sends them, of section 6; the latter
as `{type, sessionId, payload}` or flat (design section 3, "Push").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from .errors import RejectedPayload
from .model import Message, MessageError, MessageId, SessionId, Step, TypingContext
from .wire import (
    NonEmpty,
    Sequence,
    Timestamp,
    WireError,
    WireModel,
    first_problem,
    message_from,
    step_from,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "InteractResponded",
    "MessagePublished",
    "MessageUpdated",
    "PushEvent",
    "ServerErred",
    "SessionUpdated",
    "TypingChanged",
    "push_event",
]


@dataclass(frozen=True, slots=True)
class MessagePublished:
    """A message was stored, or, unless `is_new`, changed; here it is."""

    message: Message
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class InteractResponded:
    """The agent answered with one step.

    Attributes:
        step: What it did; a provisional row until the stored message is here.
        status: The run's status, in the server's word.
        message_id: The stored message, where the server says which (R9), else None.
        sequence: Its number, likewise.
    """

    step: Step
    status: str
    message_id: MessageId | None
    sequence: int | None


@dataclass(frozen=True, slots=True)
class MessageUpdated:
    """A stored message's status changed. `updated_at` is in epoch seconds, or None."""

    message_id: MessageId
    status: str
    error: MessageError | None
    updated_at: float | None
    sequence: int | None
    rev: int | None


@dataclass(frozen=True, slots=True)
class SessionUpdated:
    """The session's status is `status`, in the server's word."""

    status: str


@dataclass(frozen=True, slots=True)
class TypingChanged:
    """The server is, or is no longer, at work. An unknown context counts as `processing`."""

    context: TypingContext | None


@dataclass(frozen=True, slots=True)
class ServerErred:
    """The server has something to say to the person."""

    message: str
    code: str


PushEvent = (
    MessagePublished
    | InteractResponded
    | MessageUpdated
    | SessionUpdated
    | TypingChanged
    | ServerErred
)


def _error(value: object) -> object:
    return {"message": value} if isinstance(value, str) else value


class _MessageUpdate(WireModel):
    message_id: NonEmpty = Field(validation_alias="messageId")
    status: NonEmpty
    error: Annotated[WireError | None, BeforeValidator(_error)] = None
    updated_at: Timestamp | None = Field(default=None, validation_alias="updatedAt")
    sequence: Sequence = Field(default=None, validation_alias="sequenceNumber")
    rev: Sequence = None


class _SessionUpdate(WireModel):
    status: NonEmpty


class _Typing(WireModel):
    is_typing: bool = Field(validation_alias="isTyping", strict=True)
    context: Any = None


class _Error(WireModel):
    code: str | int = ""
    message: NonEmpty


_UPDATE: Final = TypeAdapter(_MessageUpdate)
_SESSION: Final = TypeAdapter(_SessionUpdate)
_TYPING: Final = TypeAdapter(_Typing)
_ERROR: Final = TypeAdapter(_Error)
_ID: Final = TypeAdapter(NonEmpty | None)
_NUMBER: Final[TypeAdapter[int | None]] = TypeAdapter(Sequence)


def push_event(session_id: SessionId, event: str, data: object) -> PushEvent | None:
    """Return the fact that `event` tells of `session_id`, or None for an event we do not know.

    Raises:
        RejectedPayload: a known event whose data our contract does not know, or that names another
            session than its channel.
    """
    read = _READERS.get(event)
    if read is None:
        return None
    if not isinstance(data, dict):
        raise RejectedPayload(event, "", "not an object")
    payload = data.get("payload")
    members = {**data, **payload} if isinstance(payload, dict) else data
    for named in (data.get("sessionId"), members.get("sessionId")):
        if isinstance(named, str) and named != session_id:
            raise RejectedPayload(event, "sessionId", "another session than the channel's")
    try:
        return read(members)
    except ValidationError as error:
        raise first_problem(event, error) from None


def _new_message(data: dict[str, Any]) -> MessagePublished:
    beside = data.get("sequenceNumber")
    return MessagePublished(message_from(data.get("message"), "new_message", sequence=beside))


def _interact_response(data: dict[str, Any]) -> InteractResponded:
    inner = data.get("data")
    if isinstance(inner, dict):
        data = inner
    status = data.get("status")
    return InteractResponded(
        step=step_from(data),
        status=status if isinstance(status, str) and status else "running",
        message_id=_message_id(data.get("messageId")),
        sequence=_NUMBER.validate_python(data.get("sequenceNumber")),
    )


def _message_id(value: object) -> MessageId | None:
    known = _ID.validate_python(value)
    return None if known is None else MessageId(known)


def _message_update(data: dict[str, Any]) -> MessageUpdated | MessagePublished:
    whole = data.get("message")
    if isinstance(whole, dict) and whole.get("messageId") == data.get("messageId"):
        try:
            return MessagePublished(message_from(whole, "message_update"), is_new=False)
        except RejectedPayload:
            pass  # what stands beside it tells of the status at least
    update = _UPDATE.validate_python(data)
    error = update.error
    return MessageUpdated(
        message_id=MessageId(update.message_id),
        status=update.status,
        error=None
        if error is None
        else MessageError(
            message=error.message, code=None if error.code is None else str(error.code)
        ),
        updated_at=update.updated_at,
        sequence=update.sequence,
        rev=update.rev,
    )


def _session_update(data: dict[str, Any]) -> SessionUpdated:
    return SessionUpdated(_SESSION.validate_python(data).status)


def _typing(data: dict[str, Any]) -> TypingChanged:
    typing = _TYPING.validate_python(data)
    if not typing.is_typing:
        return TypingChanged(None)
    match typing.context:
        case "thinking" | "executing" | "verifying" as context:
            return TypingChanged(context)
        case _:
            return TypingChanged("processing")


def _server_error(data: dict[str, Any]) -> ServerErred:
    error = _ERROR.validate_python(data)
    return ServerErred(error.message, str(error.code))


_READERS: Final[dict[str, Callable[[dict[str, Any]], PushEvent]]] = {
    "new_message": _new_message,
    "interact_response": _interact_response,
    "message_update": _message_update,
    "session_update": _session_update,
    "typing": _typing,
    "error": _server_error,
}

"""The server's JSON becomes the model, here and nowhere else.

Everything from outside is validated once: unknown members are ignored, wrong ones are named. The
only module that knows the server's spelling of a message (design section 3).
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)

from . import json_text
from .errors import RejectedPayload
from .model import ClientMessageId, Message, MessageError, MessageId, Role, Step

__all__ = [
    "MAX_SEQUENCE",
    "WireError",
    "WireMessage",
    "WireModel",
    "first_problem",
    "load_json",
    "message_from",
    "step_from",
    "words_of",
]

MAX_SEQUENCE: Final = 2**53 - 1  # beyond it JavaScript cannot count (sync.md fault 22)
EARLIEST: Final = 0.0  # a timestamp before 1970 is a mistake, not a message
LATEST: Final = 253_402_300_799.0  # the end of the year 9999, the last one that ISO 8601 spells


class WireModel(BaseModel):
    """Base of all that comes from outside: extra members are ignored, values are not guessed."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=False)


def _number(value: object) -> object:
    # A sequence number is an integer. True, "7", 7.5 and NaN are not, though pydantic would take
    # some of them.
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return int(value)
    raise ValueError("not a whole number")


def _moment(value: object) -> float:
    # ISO 8601 with or without zone (UTC then), or epoch milliseconds.
    if isinstance(value, str):
        seconds = _iso_seconds(value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        # Compared before it is divided: an integer may be too large to become a float.
        seconds = value / 1000.0 if 0 <= value <= LATEST * 1000.0 else math.nan
    else:
        raise ValueError("neither ISO 8601 nor epoch milliseconds")
    if not EARLIEST <= seconds <= LATEST:
        raise ValueError("not a moment between 1970 and 9999")
    return seconds


def _moment_or_none(value: object) -> float | None:
    # For a member that only orders versions: it is not worth losing the message for.
    try:
        return None if value is None else _moment(value)
    except ValueError:
        return None


def _iso_seconds(value: str) -> float:
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        # Python's own words would quote the value.
        raise ValueError("not ISO 8601") from None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def _text(value: object) -> object:
    return "" if value is None else value


Sequence = Annotated[Annotated[int, Field(ge=1, le=MAX_SEQUENCE)] | None, BeforeValidator(_number)]
Timestamp = Annotated[float, BeforeValidator(_moment)]
LenientTimestamp = Annotated[float | None, BeforeValidator(_moment_or_none)]
NonEmpty = Annotated[str, Field(min_length=1, max_length=200)]


class WireError(WireModel):
    """The `error` of a message: an object, or just words."""

    message: str = ""
    code: str | int | None = None


def _error(value: object) -> object:
    return {"message": value} if isinstance(value, str) else value


class WireMessage(WireModel):
    """One message as REST and push spell it (design section 3)."""

    message_id: NonEmpty = Field(validation_alias=AliasChoices("messageId", "id"))
    role: Role
    content: Annotated[str, BeforeValidator(_text)] = ""
    status: Annotated[str, BeforeValidator(lambda value: value or "sent")] = "sent"
    timestamp: Timestamp
    sequence: Sequence = Field(default=None, validation_alias="sequenceNumber")
    action_string: str | None = Field(default=None, validation_alias="actionString")
    action_payload: Any = Field(default=None, validation_alias="actionPayload")
    metadata: dict[str, Any] | None = None
    error: Annotated[WireError | None, BeforeValidator(_error)] = None
    rev: Sequence = None
    updated_at: LenientTimestamp = Field(default=None, validation_alias="updatedAt")
    deleted: bool = False


_MESSAGE: Final = TypeAdapter(WireMessage)


def load_json(text: str, source: str) -> Any:
    """Return the JSON value that `text` holds.

    Raises:
        RejectedPayload: `text` is not JSON.
    """
    try:
        return json_text.parse(text)
    except ValueError:
        raise RejectedPayload(source, "", "not JSON") from None


def first_problem(source: str, error: ValidationError) -> RejectedPayload:
    """Return our error for pydantic's: the first member that is wrong, without its value."""
    details = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return RejectedPayload(source, ".".join(map(str, details["loc"])), details["msg"])


def message_from(value: object, source: str, *, sequence: object = None) -> Message:
    """Return the message that `value` spells.

    Args:
        value: Decoded JSON.
        source: For the error, e.g. `new_message`.
        sequence: A number beside the message, as roadmap section 6 has it; the message's own wins.

    Raises:
        RejectedPayload: `value` is not a message of our contract.
    """
    if isinstance(value, dict) and value.get("sequenceNumber") is None and sequence is not None:
        value = {**value, "sequenceNumber": sequence}
    try:
        wire = _MESSAGE.validate_python(value)
    except ValidationError as error:
        raise first_problem(source, error) from None
    metadata = wire.metadata or {}
    client_message_id = metadata.get("clientMessageId")
    return Message(
        id=MessageId(wire.message_id),
        role=wire.role,
        content=wire.content,
        status=wire.status,
        timestamp=wire.timestamp,
        sequence=wire.sequence,
        rev=wire.rev,
        updated_at=wire.updated_at,
        deleted=wire.deleted,
        client_message_id=ClientMessageId(client_message_id)
        if isinstance(client_message_id, str) and client_message_id
        else None,
        step=_message_step(wire, metadata) if wire.role == "assistant" else None,
        error=None
        if wire.error is None
        else MessageError(
            message=wire.error.message,
            code=None if wire.error.code is None else str(wire.error.code),
        ),
    )


def _message_step(wire: WireMessage, metadata: dict[str, Any]) -> Step | None:
    payload = wire.action_payload if isinstance(wire.action_payload, dict) else {}
    known = {**payload, **metadata}
    step = step_from(
        {
            **known,
            "taskId": metadata.get("taskId"),
            "currentStepIndex": metadata.get("stepIndex"),
            "action": wire.action_string or known.get("action") or wire.action_payload,
        }
    )
    return None if step == Step() else step


def step_from(data: dict[str, Any]) -> Step:
    """Return the step that an `interact_response` (or a message's metadata) tells of.

    A wrong type in an optional member never loses the rest: it is left out.
    """
    index = data.get("currentStepIndex")
    task_id = data.get("taskId")
    valid_index = isinstance(index, int) and not isinstance(index, bool) and index >= 0
    return Step(
        task_id=task_id if isinstance(task_id, str) and task_id else None,
        index=index if valid_index else None,
        thought=words_of(data.get("thought")),
        action=words_of(data.get("action")),
        verification=words_of(data.get("verification")),
        correction=words_of(data.get("correction")),
    )


def words_of(value: object) -> str | None:
    """Return `value` as words: contract members that are "string, object or null".

    An object's own words are looked for first (`description`, `text`, `reason`, `name`,
    `message`); without any it is shown as the JSON it is.
    """
    if value is None or value in ("", {}, []):
        return None
    match value:
        case str():
            return value
        case dict():
            for member in ("description", "text", "reason", "message", "name"):
                words = value.get(member)
                if isinstance(words, str) and words:
                    return words
            return json.dumps(value, ensure_ascii=False)
        case _:
            return json.dumps(value, ensure_ascii=False)

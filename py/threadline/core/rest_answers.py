"""What the server answers over REST, as facts (design section 3, table "REST").

Capabilities are learnt here field by field: a member that is absent is None, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from .errors import RejectedPayload
from .model import Account, Message, SessionId, Step
from .session_summary import SessionSummary
from .wire import (
    MAX_SEQUENCE,
    NonEmpty,
    Timestamp,
    WireModel,
    first_problem,
    load_json,
    message_from,
    step_from,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DEFAULT_RETRY_AFTER",
    "InteractAnswer",
    "Page",
    "account",
    "auth_signature",
    "capabilities",
    "created_session",
    "date_of",
    "error_code",
    "error_words",
    "interact_answer",
    "page",
    "retry_after",
    "sessions",
    "sign_in_token",
]

MAX_RETRY_AFTER: Final = 300.0  # seconds; an absurd `Retry-After` is capped (sync.md fault 35)
DEFAULT_RETRY_AFTER: Final = 10.0  # seconds, where a 429 names none
MAX_ERROR_WORDS: Final = 300  # characters of a server's error that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer of `GET messages`, or of `GET changes`.

    Attributes:
        messages: The good ones, in the server's order.
        rejected: Problems of the bad ones; with any, the page claims no coverage.
        latest_sequence: The session's highest number, or None where the server does not say.
        latest_rev: The session's last change, likewise.
        has_more: Whether more follow in the direction asked; None where it does not say.
        epoch: The numbering's identity, or None.
    """

    messages: tuple[Message, ...]
    rejected: tuple[str, ...] = ()
    latest_sequence: int | None = None
    latest_rev: int | None = None
    has_more: bool | None = None
    epoch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractAnswer:
    """The answer of `POST interact`.

    Attributes:
        session_id: The session, also of a chat that began with this message.
        message: The stored user message, where the server returns it (R2), else None.
        step: The agent's first step, where the answer already holds it; else empty.
        status: The run's status in the server's word, with such a step; else None.
    """

    session_id: SessionId
    message: Message | None
    step: Step
    status: str | None


Model = TypeVar("Model", bound=WireModel)


class _SessionRow(WireModel):
    session_id: NonEmpty = Field(validation_alias="sessionId")
    title: str | None = None
    status: str | None = None
    updated_at: Timestamp | None = Field(default=None, validation_alias="updatedAt")


class _Named(WireModel):
    session_id: NonEmpty = Field(validation_alias="sessionId")


class _Me(WireModel):
    id: NonEmpty
    name: str | None = None


class _Auth(WireModel):
    auth: NonEmpty


class _SignIn(WireModel):
    access_token: str = Field(validation_alias="accessToken", min_length=1)


_SESSION_ROW: Final = TypeAdapter(_SessionRow)
_NAMED: Final = TypeAdapter(_Named)
_ME: Final = TypeAdapter(_Me)
_AUTH: Final = TypeAdapter(_Auth)
_SIGN_IN: Final = TypeAdapter(_SignIn)


def page(text: str) -> Page:
    """Return the page that `GET messages` answered.

    Raises:
        RejectedPayload: not JSON, or without a list of messages. One bad message among good ones
            does not raise: it is counted in `rejected`.
    """
    source = "GET messages"
    body = _object(text, source)
    rows = body.get("messages")
    if not isinstance(rows, list):
        raise RejectedPayload(source, "messages", "not a list")
    messages: list[Message] = []
    rejected: list[str] = []
    for row in rows:
        try:
            messages.append(message_from(row, source))
        except RejectedPayload as fault:
            rejected.append(str(fault))
    has_more, epoch = body.get("hasMore"), body.get("epoch")
    return Page(
        messages=tuple(messages),
        rejected=tuple(rejected),
        latest_sequence=_count(body.get("latestSequence")),
        latest_rev=_count(body.get("latestRev")),
        has_more=has_more if isinstance(has_more, bool) else None,
        epoch=str(epoch) if isinstance(epoch, (str, int)) else None,
    )


def interact_answer(text: str, expected: SessionId | None) -> InteractAnswer:
    """Return what `POST interact` answered.

    Args:
        text: The body.
        expected: The session that was asked for; a server that leaves it out meant it.

    Raises:
        RejectedPayload: not JSON, not an object, or no session for a new chat.
    """
    source = "POST interact"
    body = _object(text, source)
    inner = body.get("data")
    data: dict[str, Any] = {**body, **inner} if isinstance(inner, dict) else body
    session_id = _valid(_NAMED, {"sessionId": data.get("sessionId") or expected}, source)
    message, status = data.get("message"), data.get("status")
    step = step_from(data)
    tells = step.action is not None or step.thought is not None or step.verification is not None
    return InteractAnswer(
        session_id=SessionId(session_id.session_id),
        message=message_from(message, source) if isinstance(message, dict) else None,
        step=step if tells else Step(),
        status=status if tells and isinstance(status, str) else None,
    )


def auth_signature(text: str) -> str:
    """Return the `auth` that `POST pusher/auth` answered.

    Raises:
        RejectedPayload: not JSON, or without `auth`.
    """
    source = "POST pusher/auth"
    return _valid(_AUTH, _object(text, source), source).auth


def sign_in_token(text: str) -> str:
    """Return the token that `POST sign-in` answered.

    Raises:
        RejectedPayload: not JSON, or without `accessToken`.
    """
    source = "POST sign-in"
    return _valid(_SIGN_IN, _object(text, source), source).access_token


def account(text: str) -> Account:
    """Return whom `GET me` names.

    Raises:
        RejectedPayload: not JSON, or without `id`.
    """
    body = _object(text, "GET me")
    me = _valid(_ME, {**body, "id": body.get("id") or body.get("userId")}, "GET me")
    return Account(id=me.id, name=me.name)


def sessions(text: str) -> tuple[SessionSummary, ...]:
    """Return the session list; rows that our contract does not know are left out.

    Raises:
        RejectedPayload: not JSON, or without a list of sessions.
    """
    source = "GET session"
    rows = _object(text, source).get("sessions")
    if not isinstance(rows, list):
        raise RejectedPayload(source, "sessions", "not a list")
    known: list[SessionSummary] = []
    for row in rows:
        try:
            known.append(_summary(row))
        except ValidationError:
            continue  # one bad row does not hide the others
    return tuple(known)


def created_session(text: str) -> SessionSummary:
    """Return the session that `POST session` made.

    Raises:
        RejectedPayload: not JSON, or not a session.
    """
    source = "POST session"
    body = _object(text, source)
    inner = body.get("session")
    try:
        return _summary(inner if isinstance(inner, dict) else body)
    except ValidationError as error:
        raise first_problem(source, error) from None


def _summary(row: object) -> SessionSummary:
    wire = _SESSION_ROW.validate_python(row)
    return SessionSummary(
        id=SessionId(wire.session_id),
        title=wire.title or "",
        status=wire.status,
        updated_at=wire.updated_at,
    )


def capabilities(text: str) -> frozenset[str]:
    """Return the names of what the server says it can do: members that are true, or listed.

    Raises:
        RejectedPayload: not JSON, or not an object.
    """
    body = _object(text, "GET capabilities")
    inner = body.get("capabilities", body)
    if isinstance(inner, list):
        return frozenset(name for name in inner if isinstance(name, str))
    if isinstance(inner, dict):
        return frozenset(name for name, value in inner.items() if value is True)
    raise RejectedPayload("GET capabilities", "capabilities", "neither a list nor an object")


def error_words(body: str) -> str | None:
    """Return a server's own words for its error, `{error, code}`, or None without any."""
    try:
        words = load_json(body, "error")
    except RejectedPayload:
        return None
    words = words.get("error") if isinstance(words, dict) else None
    if isinstance(words, dict):
        words = words.get("message")
    return words[:MAX_ERROR_WORDS] if isinstance(words, str) and words else None


def error_code(body: str) -> str | None:
    """Return the word by which a program tells a server's error, or None without one."""
    try:
        error = load_json(body, "error")
    except RejectedPayload:
        return None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else None


def retry_after(headers: Mapping[str, str], wall: float) -> float | None:
    """Return the seconds that `Retry-After` asks for, at most `MAX_RETRY_AFTER`; None without it.

    Args:
        headers: Of the answer, names in lower case.
        wall: Now, by the person's clock; used for a date only where the server does not tell its
            own time, since that clock may be wrong by any amount (sync.md 2.12, fault 59).
    """
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        until, told = _http_date(value), date_of(headers)
        if until is None:
            return DEFAULT_RETRY_AFTER
        seconds = until - (wall if told is None else told)
    if seconds != seconds:  # NaN
        return DEFAULT_RETRY_AFTER
    return min(MAX_RETRY_AFTER, max(0.0, seconds))


def date_of(headers: Mapping[str, str]) -> float | None:
    """Return the server's time in epoch seconds; None where the answer does not bear it."""
    return _http_date(headers.get("date", ""))


def _http_date(text: str) -> float | None:
    """Return an HTTP date in seconds since the epoch, or None for what is none."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None


def _count(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= MAX_SEQUENCE else None


def _object(text: str, source: str) -> dict[str, Any]:
    body = load_json(text, source)
    if not isinstance(body, dict):
        raise RejectedPayload(source, "", "not an object")
    return body


def _valid(adapter: TypeAdapter[Model], body: object, source: str) -> Model:
    try:
        return adapter.validate_python(body)
    except ValidationError as error:
        raise first_problem(source, error) from None

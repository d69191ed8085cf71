"""What JavaScript delivers, as events of the engine: topics of ARCHITECTURE, border 2."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import SecretStr

from threadline.core.errors import RejectedPayload
from threadline.core.events import (
    Fenced,
    OutboxLost,
    RequestAnswered,
    RequestFailed,
    RowNotWritten,
    RowWritten,
    Saved,
    SessionLoaded,
    SocketClosed,
    SocketOpened,
    StoreFailed,
    StoreLost,
    StoreOpened,
    TextReceived,
    TimerRang,
    ViewLeft,
    ViewSaid,
    Woke,
)
from threadline.core.model import SessionId
from threadline.core.view_requests import view_request

if TYPE_CHECKING:
    from threadline.core.events import Event, StoreCause

__all__ = ["event_from", "token_from"]

ABNORMAL_CLOSURE = 1006  # what a browser reports when there was no close frame (RFC 6455 7.4.1)


def event_from(topic: str, number: int, text: str) -> Event | None:
    """Return the event that a delivery tells of; None for a topic that is for the host alone.

    Raises:
        RejectedPayload: a view said what no view may say.
    """
    match topic:
        case "socket_opened":
            return SocketOpened(number)
        case "socket_text":
            return TextReceived(number, text)
        case "socket_closed":
            code, _, reason = text.partition(" ")
            return SocketClosed(number, int(code) if code.isdigit() else ABNORMAL_CLOSURE, reason)
        case "response":
            return _response(number, text)
        case "view_said":
            return ViewSaid(number, view_request(text))
        case "view_left":
            return ViewLeft(number)
        case "store_opened" | "session_loaded" | "saved" | "store_failed":
            return _of_store(topic, number, text)
        case "store_lost":
            return StoreLost(text)
        case "row_written":
            return RowWritten(number)
        case "row_not_written":
            return RowNotWritten(number)
        case "outbox_lost":
            return OutboxLost()
        case "fenced":
            return Fenced()
        case "woke":
            return Woke(text)
        case "timer_rang":
            return TimerRang()
        case _:
            return None


def _of_store(topic: str, question: int, text: str) -> Event:
    match topic:
        case "store_opened":
            opened = json.loads(text)
            rows = tuple((SessionId(key), row) for key, row in opened["coverage"])
            return StoreOpened(question, rows, is_newer=opened["isNewer"])
        case "session_loaded":
            loaded = json.loads(text)
            return SessionLoaded(question, loaded["coverage"], tuple(loaded["records"]))
        case "store_failed":
            causes: dict[str, StoreCause] = {"quota": "quota", "lost": "lost"}
            return StoreFailed(question, causes.get(text, "failed"))
        case _:
            return Saved(question)


def _response(number: int, text: str) -> Event:
    response = json.loads(text)
    failure = response.get("failure")
    if failure is not None:
        return RequestFailed(number, "timeout" if failure == "timeout" else "network")
    return RequestAnswered(number, response["status"], response["headers"], response["body"])


def token_from(value: object) -> SecretStr | None:
    """Return the token that `accessToken` holds, or None where it holds no text.

    Raises:
        RejectedPayload: the text cannot be sent in a header.
    """
    if not isinstance(value, str) or not value.strip():
        return None
    token = value.strip()
    if any(character.isspace() or not character.isprintable() for character in token):
        raise RejectedPayload("storage", "accessToken", "holds white space or control characters")
    return SecretStr(token)

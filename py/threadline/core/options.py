"""What the options page asks: settings, sign-in, sign-out. Each request gets exactly one answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from . import checking, leaving, rest_answers
from .effects import AnswerView, WriteStorage
from .errors import RejectedPayload
from .settings import settings_from

if TYPE_CHECKING:
    from .moment import Moment
    from .state import State
    from .view_requests import OptionsRequest

__all__ = ["ask", "sign_in_failed", "signed_in"]


def ask(
    state: State,
    view: int,
    request: OptionsRequest,
    configuration: dict[str, Any],
    now: Moment,
) -> None:
    """The options page asked for something. `configuration` is the build's."""
    match request.type:
        case "get_settings":
            _answer(state, view, request.request, {})
        case "save_settings":
            stored = dict(request.settings)
            _, errors = settings_from(configuration, stored)
            if not errors:
                state.effects.append(WriteStorage("settings", json.dumps(stored)))
            _answer(state, view, request.request, errors, stored if not errors else None)
        case "test_connection":
            settings, errors = settings_from(configuration, dict(request.settings))
            if errors:
                _answer(state, view, request.request, errors)
            else:
                checking.begin(state, view, request.request, settings, now)
        case "sign_out":
            unsent = leaving.sign_out(state, request.unsent)
            _answer(state, view, request.request, {}, unsent=unsent)
        case "remove_damaged":
            leaving.remove_damaged(state, request.key)
            _answer(state, view, request.request, {})
        case "clear_stored":
            leaving.clear_stored(state, now)
            _answer(state, view, request.request, {})
        case "sign_in":  # pragma: no branch
            if not request.name or not request.password.get_secret_value():
                words = {"name": "Give a name and a password."}
                _answer(state, view, request.request, words)
            else:
                state.rest.sign_in(request.name, request.password, view, request.request)


def signed_in(state: State, view: int, number: int, status: int, body: str) -> None:
    """The server answered a sign-in."""
    if status != 200:
        sign_in_failed(state, view, number, _words(status, body))
        return
    try:
        token = rest_answers.sign_in_token(body)
    except RejectedPayload:
        sign_in_failed(state, view, number, "The server's answer could not be read.")
        return
    state.effects.append(WriteStorage("accessToken", SecretStr(json.dumps(token))))
    _answer(state, view, number, {})


def sign_in_failed(state: State, view: int, number: int, words: str) -> None:
    """A sign-in came to nothing; the page keeps what was typed."""
    _answer(state, view, number, {"password": words})


def _words(status: int, body: str) -> str:
    match status:
        case 401 | 403:
            return rest_answers.error_words(body) or "Name or password is wrong."
        case 404 | 405:
            return "This server has no sign-in of its own. Paste a token instead."
        case _:
            return rest_answers.error_words(body) or f"The server failed ({status})."


def _answer(
    state: State,
    view: int,
    number: int,
    errors: dict[str, str],
    settings: dict[str, Any] | None = None,
    *,
    unsent: int = 0,
) -> None:
    account = state.account
    answer = {
        "type": "answer",
        "request": number,
        "ok": not errors and not unsent,
        "unsent": unsent,
        "sealed": len(state.sealed),
        "damaged": [{"key": row.key, "text": row.text} for row in state.damaged],
        "errors": errors,
        "settings": settings or state.settings.model_dump(by_alias=True),
        # Only a name that the server told is one; the id is not for the person.
        "account": None if account is None else account.name,
    }
    state.effects.append(AnswerView(view, json.dumps(answer)))

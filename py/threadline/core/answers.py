"""What REST answered: to whom it belongs, and what a failure means for all that asks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import (
    failures,
    learning,
    offering,
    options,
    ownership,
    reachability,
    rest_answers,
    sending,
    session_list,
    stopping,
    viewing,
)
from .account import named_by_server
from .channels import Refusal
from .effects import ReadToken, Report
from .errors import RejectedPayload
from .failures import Failure
from .rest import (
    AskedAccount,
    AskedAuthorization,
    AskedCapabilities,
    AskedDeletion,
    AskedInteract,
    AskedMessages,
    AskedPushServer,
    AskedSessions,
    AskedSignIn,
    AskedStop,
    AskedTitle,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .model import SessionId
    from .moment import Moment
    from .rest import Purpose
    from .session_summary import SessionSummary
    from .state import State

__all__ = ["answered", "ask_what_is_owed", "begin_reads", "dropped", "failed"]

_WORDS = {
    "timeout": "The server did not answer in time.",
    "network": "The server cannot be reached.",
}
_SILENT = {
    "timeout": Failure("the auth endpoint did not answer in time"),
    "network": Failure("the auth endpoint cannot be reached"),
}

# Answers after which it is as open as before what the server can do.
_LATER = frozenset({408, 425, 429})


def begin_reads(state: State, now: Moment) -> None:
    """Begin the reads of history that are due."""
    if not state.can_ask:
        return
    for session in state.sessions.values():
        read = session.history.next_read(now.monotonic)
        if read is not None:
            state.rest.messages(session.id, read)


def answered(
    state: State, request: int, status: int, headers: Mapping[str, str], body: str, now: Moment
) -> None:
    """The server answered `request`, in whatever way."""
    purpose = state.rest.take(request)
    if purpose is None:
        return
    if isinstance(purpose, AskedPushServer):
        reachability.answered(state, purpose.url, status)
        return
    if not isinstance(purpose, AskedAuthorization):  # that may be another server's
        _learn_time(state, headers, now)
    if not isinstance(purpose, AskedCapabilities | AskedAuthorization):
        _heard_of_rest(state, now, works=status < 500)
    if status == 401 and not isinstance(purpose, AskedSignIn | AskedAuthorization):
        _token_refused(state)
    match purpose:
        case AskedMessages(session_id, number):
            history = state.session(session_id).history
            if history.is_reading(number):
                _messages(state, session_id, status, headers, body, now)
            elif status != 200:  # the read was given up, the server's word is not
                pause = rest_answers.retry_after(headers, now.wall)
                history.agenda.restraint.told_to_wait(pause, now.monotonic)
        case AskedAuthorization():
            _authorization(state, purpose, status, headers, body, now)
        case AskedInteract(client_message_id):
            sending.answered(state, client_message_id, status, headers, body, now)
        case AskedSignIn(view, number):
            options.signed_in(state, view, number, status, body)
        case AskedStop(session_id):
            stopping.answered(state, session_id, status, body)
        case AskedTitle() | AskedDeletion():
            session_list.answered(state, purpose, status, body, now)
        case AskedAccount() | AskedCapabilities() | AskedSessions():  # pragma: no branch
            pause = rest_answers.retry_after(headers, now.wall)
            _about_server(state, purpose, status, body, now, pause)


def _learn_time(state: State, headers: Mapping[str, str], now: Moment) -> None:
    date = rest_answers.date_of(headers)
    if date is not None:
        state.clock.heard(date, now.wall)


def ask_what_is_owed(state: State, now: Moment) -> None:
    """The server answers again: ask what was asked in vain, or long ago."""
    if not state.can_ask:
        return
    if state.owes_capabilities:
        state.owes_capabilities = False
        state.rest.capabilities()
    else:
        learning.ask_anew_when_old(state, now)


def failed(state: State, request: int, cause: str, now: Moment) -> None:
    """No answer to `request` came."""
    purpose = state.rest.take(request)
    if purpose is None:
        return
    if isinstance(purpose, AskedPushServer):
        reachability.unanswered(state, purpose.url)
        return
    if not isinstance(purpose, AskedAuthorization):
        state.rest_works = False
    words = _WORDS[cause]
    match purpose:
        case AskedMessages(session_id, number):
            history = state.session(session_id).history
            if history.is_reading(number):
                history.read_failed(words, now.monotonic, may_pass=True)
        case AskedAuthorization(channel, socket_id):
            state.client.authorization_failed(channel, socket_id, _SILENT[cause], now.monotonic)
        case AskedInteract(client_message_id):
            sending.unanswered(state, client_message_id, words, now)
        case AskedSignIn(view, number):
            options.sign_in_failed(state, view, number, words)
        case AskedStop(session_id):
            stopping.failed(state, session_id, words)
        case AskedTitle() | AskedDeletion():
            session_list.unanswered(state, purpose, words)
        case AskedAccount() | AskedCapabilities():
            state.owes_capabilities = True
        case AskedSessions():  # pragma: no branch
            pass  # the panel works without
    state.publish()


def dropped(state: State, purposes: list[Purpose], now: Moment) -> None:
    """The token or the server changed: what was asked of the old one will not be answered."""
    for purpose in purposes:
        match purpose:
            case AskedMessages(session_id, number):
                history = state.session(session_id).history
                if history.is_reading(number):
                    history.read_failed("", now.monotonic, may_pass=True)
            case AskedAuthorization(channel, socket_id):
                state.client.authorization_failed(channel, socket_id, None, now.monotonic)
            case AskedInteract(client_message_id):
                sending.unanswered(state, client_message_id, "", now)
            case AskedSignIn(view, number):
                words = "The settings changed meanwhile. Try again."
                options.sign_in_failed(state, view, number, words)
            case AskedStop(session_id):
                state.session(session_id).run.is_stopping = False
            case AskedPushServer():
                reachability.forget(state)
            case AskedTitle() | AskedDeletion():
                session_list.unanswered(state, purpose, "The settings changed meanwhile.")
            case AskedAccount() | AskedCapabilities() | AskedSessions():  # pragma: no branch
                pass  # exhaustive; asked anew of the other one


def _messages(
    state: State,
    session_id: SessionId,
    status: int,
    headers: Mapping[str, str],
    body: str,
    now: Moment,
) -> None:
    session = state.session(session_id)
    state.publish()
    if status != 200:
        code = rest_answers.error_code(body)
        if session.history.call_refused(status, code, now.monotonic):
            return
        session.history.read_failed(
            _read_words(status, body),
            now.monotonic,
            # No status but a refusal says that there is nothing to be had: a cache or a proxy on
            # the way answers 204, 304 or a redirect where there are messages (sync.md fault 43).
            may_pass=not 400 <= status < 500 or status in (408, 409, 425, 429),
            retry_after=rest_answers.retry_after(headers, now.wall),
        )
        return
    try:
        page = rest_answers.page(body)
    except RejectedPayload as fault:
        state.effects.append(Report("warning", str(fault)))
        words = "The server's answer could not be read."
        session.history.read_failed(words, now.monotonic, may_pass=True)
        return
    for problem in page.rejected:
        state.effects.append(Report("warning", problem))
    own = tuple(sending.notice_own(state, session, message, now) for message in page.messages)
    page = replace(page, messages=own)
    following = session.page_read(page, now)
    offering.offer_again(state, session)
    if following is not None:
        state.rest.messages(session_id, following)


def _read_words(status: int, body: str) -> str:
    match status:
        case 401:
            return "Your sign-in has ended."
        case 403:
            return "This account cannot open this conversation."
        case 404:
            return "This conversation does not exist."
        case _:
            words = rest_answers.error_words(body)
            return words or f"The history could not be loaded ({status})."


def _authorization(
    state: State,
    asked: AskedAuthorization,
    status: int,
    headers: Mapping[str, str],
    body: str,
    now: Moment,
) -> None:
    client, channel, socket_id = state.client, asked.channel, asked.socket_id
    failure = failures.unsigned(status, rest_answers.error_words(body))
    match status:
        case 200:
            try:
                auth = rest_answers.auth_signature(body)
            except RejectedPayload:
                client.authorization_failed(channel, socket_id, failure, now.monotonic)
            else:
                client.authorized(channel, socket_id, auth, now.monotonic)
        case 401:
            refusal = Refusal.UNAUTHORIZED
            client.authorization_refused(channel, socket_id, refusal, failure, now.monotonic)
            _read_token_again(state)
            # Whether the token has ended, or this endpoint alone does not take it, REST knows.
            for session_id in state.shown():
                state.session(session_id).history.catch_up(now.monotonic)
        case 403:
            refusal = Refusal.FORBIDDEN
            client.authorization_refused(channel, socket_id, refusal, failure, now.monotonic)
        case _:
            pause = rest_answers.retry_after(headers, now.wall) or 0.0
            client.authorization_failed(channel, socket_id, failure, now.monotonic, pause)


def _about_server(
    state: State,
    purpose: AskedAccount | AskedCapabilities | AskedSessions,
    status: int,
    body: str,
    now: Moment,
    pause: float | None,
) -> None:
    # Anything but a good answer teaches nothing: the panel works from what it knows itself.
    if status != 200:
        if isinstance(purpose, AskedSessions):
            return
        if status in (404, 405) and isinstance(purpose, AskedCapabilities):
            learning.learnt(state, frozenset(), now)  # there is no such call
        elif status >= 500:
            state.owes_capabilities = True
        elif status in _LATER:
            wanted = rest_answers.DEFAULT_RETRY_AFTER if pause is None else pause
            learning.ask_later(state, wanted, now)
        elif status != 401:
            ownership.learn_from_token(state, now)
        return
    try:
        match purpose:
            case AskedAccount():
                account = rest_answers.account(body)
                ownership.learn(state, named_by_server(account, state.settings.api_base), now)
            case AskedCapabilities():
                learning.learnt(state, rest_answers.capabilities(body), now)
            case AskedSessions():  # pragma: no branch
                _list(state, rest_answers.sessions(body), now)
    except RejectedPayload as fault:
        state.effects.append(Report("warning", str(fault)))
        if not isinstance(purpose, AskedSessions):
            _heard_nonsense(state, now)
    state.publish()


def _heard_nonsense(state: State, now: Moment) -> None:
    # Once it may be a proxy on the way; twice it is a server that has a page for every address.
    if state.has_heard_nonsense:
        ownership.learn_from_token(state, now)
    else:
        state.has_heard_nonsense = True
        state.rest.capabilities()


def _list(state: State, summaries: tuple[SessionSummary, ...], now: Moment) -> None:
    state.summaries, state.is_listed = {one.id: one for one in summaries}, True
    for session in state.sessions.values():
        if session.id in state.summaries:
            session.title = state.summaries[session.id].title or None
    viewing.lead_to_last(state, now)


def _token_refused(state: State) -> None:
    state.is_token_refused = True
    state.outbox.is_paused = True
    _read_token_again(state)
    state.publish()


def _read_token_again(state: State) -> None:
    """The token may have been changed without our hearing of it: once per token."""
    if state.token_read_again != state.rest.token:
        state.token_read_again = state.rest.token
        state.effects.append(ReadToken())


def _heard_of_rest(state: State, now: Moment, *, works: bool) -> None:
    state.is_online = True  # as far as this server, whatever the browser says
    if state.rest_works is not works:
        state.rest_works = works
        state.publish()
        if works:
            ask_what_is_owed(state, now)

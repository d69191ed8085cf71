"""What views ask: which session they show, what the person sends, how far back they look."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import authorship, finding, listing, reading, sending, stopping
from .model import ClientMessageId, OutboxEntry, SessionId
from .state import MAX_RECENT, WINDOW, ViewState
from .view_requests import (
    Access,
    Copy,
    Discard,
    Edit,
    Find,
    Hello,
    LoadHistory,
    LoadOlder,
    NewChat,
    OpenSession,
    Reach,
    Reading,
    Reconnect,
    Retry,
    Send,
    Stop,
    Wake,
)

if TYPE_CHECKING:
    from .events import ViewAttached
    from .moment import Moment
    from .state import State
    from .view_requests import PanelRequest

__all__ = ["ask", "attach", "forget_sessions", "leave"]


def attach(state: State, hello: ViewAttached, now: Moment) -> None:
    """A view is here. Without a wish of its own it shows what was shown last."""
    view, session_id = hello.view, hello.session
    if session_id is not None and state.deletions.takes(session_id):
        session_id = None
    state.views[view] = ViewState(
        is_options=hello.is_options, is_new_chat=hello.is_new_chat and session_id is None
    )
    if hello.is_options:
        return
    listing.owe(state, now)
    if session_id is not None:
        show(state, view, session_id, now, hello.place)
    else:
        lead_to_last(state, now)
    state.publish()


def leave(state: State, view: int) -> None:
    """A view is gone."""
    state.views.pop(view, None)
    state.outbox.left(view)


def lead_to_last(state: State, now: Moment) -> None:
    """Views without a wish of their own show what was shown last, or else the newest session."""
    last = next((one for one in state.recent if not state.deletions.takes(one)), None)
    last = last or next((one for one in state.summaries if not state.deletions.takes(one)), None)
    if last is None:
        return
    for number, view in list(state.views.items()):
        has_wish = view.session_id is not None or view.chat is not None
        if not (has_wish or view.is_options or view.is_new_chat):
            show(state, number, last, now)


def show(
    state: State, view: int, session_id: SessionId, now: Moment, place: str | None = None
) -> None:
    """Let `view` show a session, reading it if it was never read, with `place` in the window.

    One that it shows already is not left, and its mark stays.
    """
    before = state.views.get(view) or ViewState()
    if before.session_id != session_id:
        turned = before.turned_to(session_id)
        state.views[view] = replace(turned, since=now.monotonic, place=place)
        reading.mark(state)
    mark = state.own_marks.get(session_id)
    if mark is not None and mark.hidden:
        state.mark(session_id, hidden=False)  # it is listed again
    state.session(session_id).history.open(now.monotonic)
    state.touch(session_id)
    state.publish()


def forget_sessions(state: State, now: Moment) -> None:
    """The account or the server is another one: nothing that was read belongs to it.

    Views begin their session anew, once there is a token for it.
    """
    state.rest.drop_reads()
    state.sessions.clear()
    state.deletions.forget()
    state.list_problem = None
    state.recent = state.shown()[:MAX_RECENT]
    for number, view in list(state.views.items()):
        view.seen = view.mark = None
        if view.session_id is not None and state.can_ask:
            del state.views[number]
            show(state, number, view.session_id, now)
            state.views[number].is_reading = view.is_reading
    state.publish()


def ask(state: State, number: int, request: PanelRequest, now: Moment) -> None:
    """The view `number` asked for something."""
    view = state.views.get(number)
    if view is None:
        return
    match request:
        case Hello():
            pass  # the host turns it into `ViewAttached`
        case OpenSession(session=session, place=place):
            show(state, number, SessionId(session), now, place)
        case NewChat():
            state.views[number] = view.turned_to(None)
            state.publish()
        case Send():
            _send(state, view, request, now)
        case Retry() | Discard() | Edit():
            _decide(state, number, request, now)
        case LoadHistory() | LoadOlder() | Reach() | Find() | Copy() | Stop():
            if view.session_id is not None:
                _about_session(state, number, view.session_id, request, now)
        case Reading(asked=asked, is_reading=is_reading, is_watched=is_watched):
            view.is_watched = is_watched
            if asked == view.asked:
                view.is_reading = is_reading
        case Access(missing=missing):
            _access(state, view, missing, now)
        case Reconnect():
            _reconnect(state, now)
        case Wake():  # pragma: no branch
            state.client.probe(now.monotonic)
            for session_id in state.shown():
                state.session(session_id).history.catch_up(now.monotonic)


def _send(state: State, view: ViewState, request: Send, now: Moment) -> None:
    entry = OutboxEntry(
        client_message_id=ClientMessageId(request.client_message_id),
        session_id=SessionId(request.session) if request.session else None,
        content=request.content,
        created_at=request.created_at / 1000.0,
        ordinal=request.ordinal,
        account=request.account,
    )
    chat = None
    if entry.session_id is None and authorship.is_own(state, entry):
        entry = replace(entry, session_id=view.session_id)
        if view.session_id is None:
            view.chat = chat = view.chat or entry.client_message_id
    sending.submit(state, entry, now, chat)


def _decide(state: State, number: int, request: Retry | Discard | Edit, now: Moment) -> None:
    """The person says what becomes of a text that is not acknowledged."""
    client_message_id = ClientMessageId(request.client_message_id)
    match request:
        case Retry():
            sending.retry(state, client_message_id, now)
        case Discard():
            sending.discard(state, client_message_id)
        case Edit():  # pragma: no branch
            sending.edit(state, number, client_message_id)


def _about_session(
    state: State,
    number: int,
    session_id: SessionId,
    request: LoadHistory | LoadOlder | Reach | Find | Copy | Stop,
    now: Moment,
) -> None:
    match request:
        case LoadHistory():
            state.session(session_id).history.retry(now.monotonic)
            state.publish()
        case LoadOlder():
            _load_older(state, state.views[number], session_id, now)
        case Reach(message=place):
            finding.reach(state.views[number], place)
        case Find():
            finding.find(state, number, session_id, request)
        case Copy():
            finding.copy(state, number, session_id, request)
        case Stop():  # pragma: no branch
            stopping.stop(state, session_id)


def _load_older(state: State, view: ViewState, session_id: SessionId, now: Moment) -> None:
    history = state.session(session_id).history
    if len(history.transcript) <= view.window:
        history.want_older(now.monotonic)
    else:
        history.want_again(view.window)
    view.window += WINDOW
    state.publish()


def _access(state: State, view: ViewState, missing: str, now: Moment) -> None:
    """The browser's leave to talk to the server was given, or taken away."""
    was_missing, view.missing_access = bool(view.missing_access), missing
    state.publish()
    if was_missing and not missing:
        _reconnect(state, now)


def _reconnect(state: State, now: Moment) -> None:
    state.client.reconnect(now.monotonic)
    if state.can_ask:
        state.outbox.resume()
    for session_id in state.shown():
        state.session(session_id).history.retry(now.monotonic)
    state.publish()

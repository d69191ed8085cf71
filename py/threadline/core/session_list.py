"""The session list: what it shows, and what the person does with it.

The server's list where it has one, else the sessions that this device knows. Renaming and deleting
are the server's where it offers them (`renameSession`, `deleteSession`); else they hold on this
device alone, and the view says so. Pins are this device's. A deletion can be undone for a while and
is carried out afterwards (ux.md M4, S6, B5).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from . import exporting, listing, rest_answers, unread, viewing
from .model import SessionId
from .rest import AskedDeletion
from .session_deletions import UNDO_LIMIT, Deletion
from .session_summary import SessionSummary
from .view_requests import (
    DeleteSession,
    ExportSession,
    ListSessions,
    PinSession,
    RenameSession,
    SearchSessions,
    UndoDelete,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .moment import Moment
    from .rest import AskedTitle
    from .session import Session
    from .session_marks import Mark
    from .state import State
    from .view_requests import SessionRequest

__all__ = ["answered", "ask", "listed", "next_deadline", "settle", "unanswered"]

UNSENT: Final = "Something in it is not sent yet. Send or remove that first."
NOT_RENAMED: Final = "It could not be renamed: {reason}"
NOT_DELETED: Final = "It could not be deleted: {reason}"
SAID: Final = "The server failed ({status})."


# --- what is shown --------------------------------------------------------------------------------


def listed(state: State) -> tuple[SessionSummary, ...]:
    """Return the list: pinned ones first, then the one with the newest activity."""
    marks, going = state.own_marks, state.deletions.all()
    # It is looked at for every paint: a row with nothing special about it costs next to nothing.
    rows = [
        _overlaid(state, one, marks.get(one.id))
        if one.id in marks or one.id in state.sessions
        else one
        for one in _known(state)
        if one.id not in going
    ]
    if marks:
        rows = [row for row in rows if row.id not in marks or not marks[row.id].hidden]
    if any(row.pinned for row in rows):
        rows.sort(key=lambda row: not row.pinned)
    return tuple(rows)


def _known(state: State) -> Iterator[SessionSummary]:
    if state.is_listed:
        yield from state.summaries.values()
        return
    local = {
        session.id: _local(session)
        for session in state.sessions.values()
        if len(session.history.transcript)
    }
    stored = {summary.id: summary for summary in state.saving.index.summaries()}
    rows = {**stored, **local}.values()
    yield from sorted(rows, key=lambda one: one.updated_at or 0.0, reverse=True)


def _local(session: Session) -> SessionSummary:
    newest = next(session.history.transcript.newest_first())
    return SessionSummary(
        id=session.id,
        title=session.title or session.opening or "",
        updated_at=float(round(newest.timestamp)),
    )


def _overlaid(state: State, summary: SessionSummary, mark: Mark | None) -> SessionSummary:
    """Put what is known here over what the server said of a session."""
    session = state.sessions.get(summary.id)
    if session is not None:
        is_running = session.run.typing is not None
        status = "running" if is_running else session.run.ended or session.status or summary.status
        unseen = unread.count(session)
        if (status, unseen) != (summary.status, summary.unread):
            summary = replace(summary, status=status, unread=unseen)
    if mark is not None:
        summary = replace(summary, title=mark.title or summary.title, pinned=mark.pinned)
    return summary


# --- what the person does -------------------------------------------------------------------------


def ask(state: State, number: int, request: SessionRequest, now: Moment) -> None:
    """The view `number` does something with the list."""
    view = state.views.get(number)
    if view is None:
        return
    state.list_problem = None
    match request:
        case ListSessions():
            listing.read(state)
        case SearchSessions(query=query):
            view.search = query
        case PinSession(session=session_id, is_pinned=is_pinned):
            state.mark(SessionId(session_id), pinned=is_pinned)
        case RenameSession(session=session_id, title=title):
            _rename(state, SessionId(session_id), title)
        case DeleteSession(session=session_id):
            _delete(state, SessionId(session_id), now)
        case UndoDelete():
            _undo(state, now)
        case ExportSession():  # pragma: no branch
            exporting.ask(state, number, request, now)
    state.publish()


def _rename(state: State, session_id: SessionId, title: str) -> None:
    if "renameSession" not in state.capabilities:
        state.mark(session_id, title=title)
    else:
        before = next((one.title for one in listed(state) if one.id == session_id), "")
        state.rest.rename(session_id, title, before=before)
        _called(state, session_id, title)


def _called(state: State, session_id: SessionId, title: str) -> None:
    summary, session = state.summaries.get(session_id), state.sessions.get(session_id)
    if summary is not None:
        state.summaries[session_id] = replace(summary, title=title)
    if session is not None:
        session.title = title or None


def _delete(state: State, session_id: SessionId, now: Moment) -> None:
    _carry_out(state, now)
    found = next((one for one in listed(state) if one.id == session_id), None)
    if found is None:
        return
    if _holds_unsent(state, session_id):
        state.list_problem = UNSENT
        return
    views = tuple(one for one, view in state.views.items() if view.session_id == session_id)
    _turn_away(state, session_id)
    due = now.monotonic + UNDO_LIMIT
    state.deletions.pending = Deletion(session=found, due=due, views=views)


def _holds_unsent(state: State, session_id: SessionId) -> bool:
    return any(entry.session_id == session_id for entry in state.outbox)


def _turn_away(state: State, session_id: SessionId) -> None:
    """Views that show the session show a new chat instead."""
    for number, view in list(state.views.items()):
        if view.session_id == session_id:
            state.views[number] = view.turned_to(None)


def _undo(state: State, now: Moment) -> None:
    deletion, state.deletions.pending = state.deletions.pending, None
    if deletion is None:
        return
    for number in deletion.views:
        view = state.views.get(number)
        if view is not None and view.is_new_chat and view.chat is None:
            viewing.show(state, number, deletion.session.id, now)


# --- what becomes of it ---------------------------------------------------------------------------


def settle(state: State, now: Moment) -> None:
    """Carry a deletion out once it cannot be undone any more: in time, or with nobody to undo.

    The list is read when a view owes it, files that views wait for are made, once their sessions
    are here, and runs that have ended are told of.
    """
    listing.settle(state, now)
    state.notifying.settle(state)
    exporting.settle(state, now)
    pending = state.deletions.pending
    if pending is not None and (pending.due <= now.monotonic or not state.views):
        _carry_out(state, now)


def next_deadline(state: State) -> float | None:
    """Return the monotonic second at which `settle` has something to do, if any."""
    dues = (state.list_due, state.deletions.next_deadline(), exporting.next_deadline(state))
    return min((due for due in dues if due is not None), default=None)


def _carry_out(state: State, now: Moment) -> None:
    deletion, state.deletions.pending = state.deletions.pending, None
    if deletion is None:
        return
    state.publish()
    session_id = deletion.session.id
    if _holds_unsent(state, session_id):
        return  # something was written into it meanwhile: it stays
    if "deleteSession" not in state.capabilities:
        state.mark(session_id, hidden=True)
        _let_go(state, session_id, now)
    elif state.can_ask:
        state.deletions.asked.add(session_id)
        state.rest.delete(session_id)


def _let_go(state: State, session_id: SessionId, now: Moment) -> None:
    """Nothing of the session stays on this device."""
    state.rest.drop_reads(session_id)
    _turn_away(state, session_id)
    state.recent = [one for one in state.recent if one != session_id]
    state.sessions.pop(session_id, None)
    state.saving.forget(session_id)
    state.effects += state.saving.drop([session_id], now.monotonic)


def answered(
    state: State, asked: AskedTitle | AskedDeletion, status: int, body: str, now: Moment
) -> None:
    """The server answered a rename or a deletion."""
    is_done = 200 <= status < 300
    if isinstance(asked, AskedDeletion) and (is_done or status in (404, 410)):
        state.deletions.asked.discard(asked.session_id)
        state.deletions.done.add(asked.session_id)
        state.summaries.pop(asked.session_id, None)
        state.mark(asked.session_id, pinned=False, title=None, hidden=False)
        _let_go(state, asked.session_id, now)
    elif not is_done:
        unanswered(state, asked, rest_answers.error_words(body) or SAID.format(status=status))
    state.publish()


def unanswered(state: State, asked: AskedTitle | AskedDeletion, words: str) -> None:
    """A rename or a deletion came to nothing: the list is as it was, and says why."""
    if isinstance(asked, AskedDeletion):
        state.deletions.asked.discard(asked.session_id)
        state.list_problem = NOT_DELETED.format(reason=words)
    else:
        state.list_problem = NOT_RENAMED.format(reason=words)
        _called(state, asked.session_id, asked.before)
    state.publish()

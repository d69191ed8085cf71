"""Disk and memory of the sessions together: what is shown from disk at once, and what goes there.

`saving` knows when and what; this module leads it to the sessions (sync.md V4, D1 to D5, W2).
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from . import sending
from .effects import Report, WriteOutboxRow
from .events import OutboxLost, Saved, SessionLoaded, StoreFailed, StoreLost, StoreOpened

if TYPE_CHECKING:
    from .events import StoreEvent
    from .moment import Moment
    from .state import State

__all__ = ["begin_due", "close", "database_of", "open_for_account", "take"]


def database_of(api_base: str, account: str) -> str:
    """Return the name of the database of one account on one server.

    A digest, since names of databases are seen in the browser's tools and have a bounded length.
    """
    return "threadline." + sha256(f"{api_base}\n{account}".encode()).hexdigest()[:32]


def open_for_account(state: State, now: Moment) -> None:
    """It is certain whose sessions are in memory: use what is stored of them."""
    assert state.account is not None, "only a known account has a database"
    database = database_of(state.settings.api_base, state.account.id)
    if database != state.saving.database:
        close(state, now)
        state.effects += state.saving.open(database, now.monotonic)


def close(state: State, now: Moment) -> None:
    """The sessions in memory are nobody's, or about to be somebody else's: store no more of them.

    What is not written yet is written first.
    """
    state.effects += state.saving.close(state.sessions, now.monotonic)


def begin_due(state: State, now: Moment, *, may_write: bool = True) -> None:
    """Read and, unless it is to wait, write what is to be read and written now."""
    before = state.saving.health
    state.effects += state.saving.begin(state.sessions, now.monotonic, may_write=may_write)
    if state.saving.health is not before:
        state.publish()


def take(state: State, event: StoreEvent, now: Moment) -> None:
    """The disk answered, or something befell it."""
    saving, shown, before = state.saving, state.shown(), state.saving.health
    match event:
        case StoreOpened(question, coverage, is_newer):
            state.effects += saving.opened(question, coverage, now.monotonic, is_newer=is_newer)
        case SessionLoaded():
            _loaded(state, event, now)
        case Saved(question):
            state.effects += saving.saved(question, shown, now.monotonic)
        case StoreFailed(question, cause):
            state.effects += saving.failed(question, cause, shown, now.monotonic)
        case StoreLost(database):
            state.effects += saving.lost(database, now.monotonic)
        case OutboxLost():  # pragma: no branch
            state.effects += [WriteOutboxRow(entry) for entry in (*state.outbox, *state.sealed)]
    if saving.health is not before:
        state.publish()


def _loaded(state: State, event: SessionLoaded, now: Moment) -> None:
    image, fault, effects = state.saving.loaded(
        event.question, event.coverage, event.records, now.monotonic
    )
    state.effects += effects
    if fault is not None:
        state.effects.append(Report("warning", f"stored session: {fault}; it is read anew"))
    session = None if image is None else state.sessions.get(image.session_id)
    if image is None or session is None:
        return
    history = session.history
    session.title = session.title or image.coverage.title
    session.read_to = image.coverage.read_to if session.read_to is None else session.read_to
    if history.restore(image, now.monotonic):
        session.status = session.status or image.coverage.status
        sending.forget_arrived(state, session)
        state.publish()

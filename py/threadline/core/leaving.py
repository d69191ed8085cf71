"""Signing out: what goes with the account, and what the person is asked first (sync.md V6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from .effects import DeleteOutboxRow, WriteOutboxRow, WriteStorage
from .model import ClientMessageId

if TYPE_CHECKING:
    from .moment import Moment
    from .state import State

__all__ = ["clear_stored", "remove_damaged", "sign_out"]


def sign_out(state: State, unsent: Literal["ask", "keep", "remove"]) -> int:
    """Sign out, and return 0; or do nothing, and return how many texts the person must decide on.

    The account's database goes, whatever becomes of the unsent. What is kept is sealed: it is shown
    and sent only when the same account is back.
    """
    waiting = len(state.outbox)
    if waiting and unsent == "ask":
        return waiting
    if unsent == "remove":
        state.effects += [DeleteOutboxRow(entry.client_message_id) for entry in state.outbox]
        state.outbox = state.outbox.emptied()
    owner = None if state.owner is None else state.owner.id
    kept = tuple(replace(entry, account=entry.account or owner) for entry in state.outbox)
    state.effects += [WriteOutboxRow(entry) for entry in kept]
    state.sealed, state.outbox = (*state.sealed, *kept), state.outbox.emptied()
    if owner is not None:
        state.marks.forget(owner)
        state.effects.append(WriteStorage("sessionMarks", state.marks.text()))
    state.effects += state.saving.erase()
    state.effects.append(WriteStorage("account", None))
    state.effects.append(WriteStorage("accessToken", None))
    state.publish()
    return 0


def clear_stored(state: State, now: Moment) -> None:
    """The person wants the room back: of the sessions on disk only those on show stay.

    They can be read again; what is not sent is not among them.
    """
    used = {*state.shown(), *(entry.session_id for entry in state.outbox)}
    going = [one for one in state.saving.index.longest_ago(set(state.shown())) if one not in used]
    for session_id in going:
        state.sessions.pop(session_id, None)
        state.saving.forget(session_id)
    state.recent = [one for one in state.recent if one not in going]
    state.effects += state.saving.drop(going, now.monotonic)
    state.publish()


def remove_damaged(state: State, key: str) -> None:
    """The person gives up a text that cannot be read."""
    if any(row.key == key for row in state.damaged):
        state.damaged = tuple(row for row in state.damaged if row.key != key)
        state.effects.append(DeleteOutboxRow(ClientMessageId(key)))
        state.publish()

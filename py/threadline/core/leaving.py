"""Signing out: what goes with the account, and what the person is asked first (sync.md V6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from .effects import DeleteOutboxRow, WriteOutboxRow, WriteStorage
from .model import ClientMessageId
from .outbox import Outbox

if TYPE_CHECKING:
    from .state import State

__all__ = ["remove_damaged", "sign_out"]


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
        state.outbox = Outbox(state.jitter)
    owner = None if state.owner is None else state.owner.id
    kept = tuple(replace(entry, account=entry.account or owner) for entry in state.outbox)
    state.effects += [WriteOutboxRow(entry) for entry in kept]
    state.sealed, state.outbox = (*state.sealed, *kept), Outbox(state.jitter)
    state.effects += state.saving.erase()
    state.effects.append(WriteStorage("account", None))
    state.effects.append(WriteStorage("accessToken", None))
    state.publish()
    return 0


def remove_damaged(state: State, key: str) -> None:
    """The person gives up a text that cannot be read."""
    if any(row.key == key for row in state.damaged):
        state.damaged = tuple(row for row in state.damaged if row.key != key)
        state.effects.append(DeleteOutboxRow(ClientMessageId(key)))
        state.publish()

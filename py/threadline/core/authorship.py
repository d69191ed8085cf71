"""Whose an unsent text is: the names by which its author is known here (sync.md V6, S10).

A text bears the account that its page named when it was written. That may be somebody who has left
since, where the page had not been told yet: then it waits, sealed, for that account. A page that
was not told whose it is names nobody; such a text is of whoever has the token.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .effects import WriteOutboxRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .model import OutboxEntry
    from .state import State

__all__ = ["is_own", "own", "put_name", "sign"]


def is_own(state: State, entry: OutboxEntry) -> bool:
    """Whether a text is of who is here: of the owner, or of whoever has the token."""
    owner = None if state.owner is None else state.owner.id
    return entry.account in {None, owner, state.signature, *state.former_names}


def own(state: State, entries: Iterable[OutboxEntry]) -> list[OutboxEntry]:
    """Return the texts of who is here, signed; what is not theirs becomes `state.sealed`."""
    everything = [sign(state, entry) for entry in (*state.sealed, *entries)]
    state.sealed = tuple(entry for entry in everything if not is_own(state, entry))
    return [entry for entry in everything if is_own(state, entry)]


def sign(state: State, entry: OutboxEntry) -> OutboxEntry:
    """Return a text under the name that its author has now, if it bears none or an older one.

    That is written down: the next engine, too, is not to take it for somebody else's. While nobody
    is known for sure, what bears no name is of whoever that will be.
    """
    owner = None if state.owner is None else state.owner.id
    name = entry.account
    if name in state.former_names:
        name = owner
    elif name in {None, state.signature}:
        if state.is_account_certain:
            name = owner
        elif state.is_owner_undecided:
            name = state.signature  # perhaps not of the owner, whose texts are here too
    if name == entry.account:
        return entry
    signed = replace(entry, account=name)
    state.effects.append(WriteOutboxRow(signed))
    return signed


def put_name(state: State, names: set[str | None], name: str) -> None:
    """What is in the outbox under one of `names` is of the author `name`; that is written down."""
    signed = state.outbox.sign(names - {name}, name)
    state.effects += [WriteOutboxRow(entry) for entry in signed]

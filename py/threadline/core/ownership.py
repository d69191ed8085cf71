"""Whose token it is, and so whose sessions and unsent texts are in memory (sync.md V6, S10).

A token may speak for itself (`sub`), the server may say whose it is (`GET me`), and what it said is
remembered for the next start. Until one of them has said so for sure nothing is stored, and nothing
that somebody else wrote is sent.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from . import sending, storing, viewing
from .account import account_of, memory_of, remembered_account
from .effects import WriteOutboxRow, WriteStorage

if TYPE_CHECKING:
    from .model import Account
    from .moment import Moment
    from .state import State

__all__ = ["begin", "learn", "learn_from_token"]


def begin(state: State, now: Moment, *, is_same_token: bool = False) -> None:
    """There is a token, another one, or none: find out whose it is.

    With `is_same_token` it is the server's address that changed. Who has written at an address at
    which nobody was ever named, a mistyped one perhaps, is still the one who writes.
    """
    token = state.rest.token
    known = (
        None
        if token is None
        else remembered_account(token, state.settings.api_base, state.remembered)
    )
    was_certain, before = state.is_account_certain, state.owner
    was_undecided, state.is_owner_undecided = state.is_owner_undecided, False
    state.is_account_certain = known is not None
    state.account = known
    if token is None:
        return
    state.account = account = known or account_of(token, state.settings.api_base)
    is_same = before is None or before.id == account.id
    # Of a server that names accounts, a new token that does not speak for itself says nothing.
    state.is_owner_undecided = not is_same and known is None and was_certain
    if state.is_owner_undecided:
        storing.close(state, now)
        return
    state.owner = account
    if before is not None and not is_same:
        if is_same_token and not (was_certain or was_undecided):
            for entry in state.outbox.sign({None, before.id}, account.id):
                state.effects.append(WriteOutboxRow(entry))
        else:
            _change(state, before, now)
    elif was_undecided:
        # What was read in between may be somebody else's, whose token was there and is gone.
        _forget(state, now)
    if known is not None:
        sending.adopt(state, (), now)  # what waited for this one, before anything is read
        storing.open_for_account(state, now)


def learn_from_token(state: State, now: Moment) -> None:
    """The server names no accounts: what the token says of itself is all there is to know."""
    token = state.rest.token
    if token is not None and not state.is_account_certain:
        learn(state, account_of(token, state.settings.api_base), now)


def learn(state: State, account: Account, now: Moment) -> None:
    """Whose the token is, is certain now."""
    token, before = state.rest.token, state.owner
    assert token is not None, "nobody is named without a token"
    if state.is_account_certain and state.account == account:
        return
    is_somebody_else = state.is_owner_undecided and before is not None and before.id != account.id
    state.account = state.owner = account
    state.is_account_certain, state.is_owner_undecided = True, False
    memory = memory_of(token, state.settings.api_base, account)
    state.remembered = json.loads(memory)
    state.effects.append(WriteStorage("account", memory))
    if is_somebody_else and before is not None:
        _change(state, before, now)
    else:
        _sign(state, before, account)
        sending.adopt(state, (), now)
    storing.open_for_account(state, now)
    state.publish()


def _sign(state: State, before: Account | None, account: Account) -> None:
    """It is the same person under another name: what is here is theirs under that one."""
    if before is not None and before.id != account.id:
        state.effects += state.saving.erase()
    unnamed = {None, None if before is None else before.id} - {account.id}
    for entry in state.outbox.sign(unnamed, account.id):
        state.effects.append(WriteOutboxRow(entry))


def _change(state: State, before: Account, now: Moment) -> None:
    """It is somebody else: nothing that was read is theirs, and what waits is sealed."""
    storing.close(state, now)
    unsent = [replace(entry, account=entry.account or before.id) for entry in state.outbox]
    for sealed, entry in zip(unsent, state.outbox, strict=True):
        if entry.account is None:
            # On disk, too: the next engine would take what bears no name for whoever is here.
            state.effects.append(WriteOutboxRow(sealed))
    state.outbox = state.outbox.emptied()
    sending.adopt(state, unsent, now)
    _forget(state, now)


def _forget(state: State, now: Moment) -> None:
    """Let go of what was read, and of the channels: a right to listen is of who asked for it.

    A pause that the server asked for holds all the same.
    """
    state.client.want((), now.monotonic)
    restraints = {one.id: one.history.agenda.restraint for one in state.sessions.values()}
    viewing.forget_sessions(state, now)
    for session in state.sessions.values():
        agenda = session.history.agenda
        agenda.restraint = restraints.get(session.id, agenda.restraint)
        agenda.restraint.lift()

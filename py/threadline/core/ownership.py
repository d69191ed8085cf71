"""Whose token it is, and so whose sessions and unsent texts are in memory (sync.md V6, S10).

A token may speak for itself (`sub`), the server may say whose it is (`GET me`), and what it said is
remembered for the next start. Until one of them has said so for sure nothing is stored, and nothing
that somebody else wrote is sent.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from . import authorship, sending, storing, viewing
from .account import account_of, memory_of, remembered_account, signature_of
from .effects import WriteStorage

if TYPE_CHECKING:
    from .model import Account, OutboxEntry
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
    is_renamed = is_same_token and not (was_certain or was_undecided)
    if not (is_same or is_renamed):
        authorship.put_name(state, {None}, state.signature)  # theirs who had the token until now
    state.signature = signature_of(token, state.settings.api_base)
    if state.is_owner_undecided:
        storing.close(state, now)
        return
    state.owner = account
    if before is not None and not is_same:
        if is_renamed:
            authorship.put_name(state, {None, before.id}, account.id)
        else:
            _change(state, now)
    elif was_undecided or not (was_certain or is_same_token or before is None):
        # What was read may be somebody else's, whose token was there and is gone.
        _forget(state, now)
    _seat(state, now)  # before anything is read that may be the message of a text that waited
    if known is not None:
        state.signature = known.id
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
    was_certain = state.is_account_certain
    is_somebody_else = state.is_owner_undecided and before is not None and before.id != account.id
    state.account = state.owner = account
    state.is_account_certain, state.is_owner_undecided = True, False
    memory = memory_of(token, state.settings.api_base, account)
    state.remembered = json.loads(memory)
    state.effects.append(WriteStorage("account", memory))
    unnamed = {None, state.signature}
    if is_somebody_else:
        _change(state, now)
    elif before is not None and before.id != account.id:
        unnamed.add(before.id)
        _rename(state, before, was_certain=was_certain)
    authorship.put_name(state, unnamed, account.id)
    _seat(state, now)
    state.signature = account.id
    storing.open_for_account(state, now)
    state.publish()


def _rename(state: State, before: Account, *, was_certain: bool) -> None:
    """It is the same person under another name; pages were told the one `before` if it was certain.

    What was stored under it is not found by anybody any more.
    """
    state.effects += state.saving.erase()
    if was_certain:
        state.former_names.add(before.id)


def _change(state: State, now: Moment) -> None:
    """It is somebody else: nothing that was read is theirs, and they have one name here."""
    storing.close(state, now)
    state.former_names.clear()
    _forget(state, now)


def _seat(state: State, now: Moment) -> None:
    """Let all that is of who is here be in the outbox, and nothing else."""
    unsent: list[OutboxEntry] = []
    if not all(authorship.is_own(state, entry) for entry in state.outbox):
        unsent, state.outbox = list(state.outbox), state.outbox.emptied()
    sending.adopt(state, unsent, now)


def _forget(state: State, now: Moment) -> None:
    """Let go of what was read, and of the channels: a right to listen is of who asked for it.

    A pause that the server asked for holds all the same.
    """
    state.client.want((), now.monotonic)
    for session in state.sessions.values():
        restraint = state.restraints[session.id] = session.history.agenda.restraint
        restraint.lift()
    viewing.forget_sessions(state, now)

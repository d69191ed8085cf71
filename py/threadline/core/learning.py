"""What the server can do, remembered for a day and per server, and what follows from it.

An engine that starts knows at once what the last one learnt. A 401 or 5xx teaches nothing; that
there is no `GET /api/capabilities` does (design section 3).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from . import ownership
from .effects import WriteStorage

if TYPE_CHECKING:
    from .moment import Moment
    from .state import State

__all__ = [
    "MEMORY",
    "ask_anew_when_old",
    "ask_later",
    "begin",
    "end",
    "keep",
    "learnt",
    "next_deadline",
    "tick",
]

MEMORY: Final = 86_400.0  # seconds for which a server's capabilities are remembered
MAX_SERVERS: Final = 5  # servers that are remembered, the last ones


def begin(state: State, now: Moment) -> None:
    """There is a token for the server: recall what it can do, or ask."""
    capabilities = state.capabilities
    capabilities.forget()
    state.capabilities_at = None
    record = state.known_servers.get(state.settings.api_base)
    record = record if isinstance(record, dict) else {}
    learnt_at = record.get("learntAt")
    if isinstance(learnt_at, (int, float)) and 0.0 <= now.wall - learnt_at / 1000.0 < MEMORY:
        capabilities.recall(record, learnt_at / 1000.0)
    state.kept_version = capabilities.version
    if capabilities.names is None:
        state.rest.capabilities()
    else:
        _use(state, now)


def end(state: State) -> None:
    """There is no token: nothing is known of the server that the next one is for."""
    state.capabilities.forget()
    state.kept_version = state.capabilities.version


def learnt(state: State, names: frozenset[str], now: Moment) -> None:
    """The server says what it can do; without such a call it says nothing, which is known then."""
    state.capabilities.say(names, now.wall)
    _use(state, now)


def ask_anew_when_old(state: State, now: Moment) -> None:
    """An engine may live for days: ask again what is older than the memory of a new one."""
    learnt_at = state.capabilities.learnt_at
    if learnt_at is None or 0.0 <= now.wall - learnt_at < MEMORY:
        return
    state.capabilities.learnt_at = now.wall
    state.rest.capabilities()


def ask_later(state: State, pause: float, now: Moment) -> None:
    """The server asked for a pause of so many seconds: what is not known is asked after it."""
    state.capabilities_at = now.monotonic + pause


def next_deadline(state: State) -> float | None:
    """Return the monotonic second at which `tick` has something to ask, if ever."""
    return state.capabilities_at if state.can_ask else None


def tick(state: State, now: Moment) -> None:
    """Ask what the server wanted to be asked later, once."""
    due = next_deadline(state)
    if due is not None and due <= now.monotonic:
        state.capabilities_at = None
        state.rest.capabilities()


def keep(state: State, now: Moment) -> None:
    """Write down what is known, if that is more, or less, than is written."""
    capabilities = state.capabilities
    if capabilities.version == state.kept_version:
        return
    state.kept_version = capabilities.version
    if capabilities.learnt_at is None:
        capabilities.learnt_at = now.wall
    record: dict[str, Any] = {
        **capabilities.record(),
        "learntAt": round(capabilities.learnt_at * 1000),
    }
    server = state.settings.api_base
    others = [(name, one) for name, one in state.known_servers.items() if name != server]
    state.known_servers = dict([*others[-MAX_SERVERS + 1 :], (server, record)])
    state.effects.append(WriteStorage("capabilities", json.dumps(state.known_servers)))


def _use(state: State, now: Moment) -> None:
    capabilities = state.capabilities
    if "me" not in capabilities:
        ownership.learn_from_token(state, now)
    if "idempotentInteract" in capabilities:
        state.outbox.resend_unconfirmed()
    if "listSessions" in capabilities:
        state.rest.sessions()
    if "me" in capabilities:
        state.rest.account()

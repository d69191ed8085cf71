"""The connection machine: from no connection to a joined channel, and back again.

One table holds every transition. Read the table first; the code below it only looks things up.
SPEC.md shows the same table, made by `connection_doc`.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

__all__ = ["PUBLIC_STATE", "TRANSITIONS", "ConnectionState", "Phase", "Signal", "step"]


class ConnectionState(Enum):
    """What the badge shows. The six states of roadmap section 3.4, no more."""

    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    FAILED = "failed"
    FALLBACK = "fallback"


class Phase(Enum):
    """Where the connection stands. Finer than what the badge shows."""

    IDLE = auto()  # nobody asked for a connection
    OPENING = auto()  # first socket of this engine asked for, no socket_id yet
    JOINING = auto()  # socket_id held, channel not joined yet, first time
    LIVE = auto()  # channel joined
    WAITING = auto()  # lost, backing off
    REOPENING = auto()  # lost, a new socket asked for
    REJOINING = auto()  # lost, new socket_id held, channel not joined yet
    POLLING = auto()  # attempts used up or push not configured; next try not due yet
    PROBING = auto()  # attempts used up; push is being tried all the same
    REFUSED = auto()  # the server said: do not come back unchanged


class Signal(Enum):
    """What can happen to a connection."""

    START = auto()  # a session to be joined, and a token
    STOP = auto()  # signed out, no session, or the engine pauses
    ESTABLISHED = auto()  # handshake done
    JOINED = auto()  # channel joined
    DROPPED = auto()  # socket lost or attempt failed, attempts left
    EXHAUSTED = auto()  # the same, no attempts left
    DENIED = auto()  # refused for good
    DUE = auto()  # the pause before the next attempt is over, or cut short
    UNCONFIGURED = auto()  # there is no push server to connect to


PUBLIC_STATE: Final = {
    Phase.IDLE: ConnectionState.DISCONNECTED,
    Phase.OPENING: ConnectionState.CONNECTING,
    Phase.JOINING: ConnectionState.CONNECTING,
    Phase.LIVE: ConnectionState.CONNECTED,
    Phase.WAITING: ConnectionState.RECONNECTING,
    Phase.REOPENING: ConnectionState.RECONNECTING,
    Phase.REJOINING: ConnectionState.RECONNECTING,
    Phase.POLLING: ConnectionState.FALLBACK,
    Phase.PROBING: ConnectionState.FALLBACK,
    Phase.REFUSED: ConnectionState.FAILED,
}


def _row(*phases: Phase) -> dict[Signal, Phase]:
    """Pair one table row with the signals, in the order `Signal` declares them."""
    return dict(zip(Signal, phases, strict=True))


IDL, OPN, JNG, LIV, WAI, REO, REJ, POL, PRO, REF = Phase

# fmt: off
TRANSITIONS: Final[dict[Phase, dict[Signal, Phase]]] = {
    #                START STOP  ESTAB JOIN  DROP  EXHAU DENY  DUE   UNCONF
    Phase.IDLE:      _row(OPN,  IDL,  IDL,  IDL,  IDL,  IDL,  IDL,  IDL,  POL),
    Phase.OPENING:   _row(OPN,  IDL,  JNG,  OPN,  WAI,  POL,  REF,  OPN,  POL),
    Phase.JOINING:   _row(JNG,  IDL,  JNG,  LIV,  WAI,  POL,  REF,  JNG,  POL),
    Phase.LIVE:      _row(LIV,  IDL,  LIV,  LIV,  WAI,  POL,  REF,  LIV,  POL),
    Phase.WAITING:   _row(WAI,  IDL,  WAI,  WAI,  WAI,  POL,  REF,  REO,  POL),
    Phase.REOPENING: _row(REO,  IDL,  REJ,  REO,  WAI,  POL,  REF,  REO,  POL),
    Phase.REJOINING: _row(REJ,  IDL,  REJ,  LIV,  WAI,  POL,  REF,  REJ,  POL),
    Phase.POLLING:   _row(POL,  IDL,  POL,  POL,  POL,  POL,  REF,  PRO,  POL),
    Phase.PROBING:   _row(PRO,  IDL,  PRO,  LIV,  POL,  POL,  REF,  PRO,  POL),
    Phase.REFUSED:   _row(OPN,  IDL,  REF,  REF,  REF,  REF,  REF,  REF,  POL),
}
# fmt: on


def step(phase: Phase, signal: Signal) -> Phase:
    """Return the phase that follows. Total: every pair has an answer."""
    return TRANSITIONS[phase][signal]

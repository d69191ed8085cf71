"""`wsConnectionState`: where the last engine was, kept on this device (design section 3)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from . import health
from .connection import ConnectionState
from .effects import WriteStorage

if TYPE_CHECKING:
    from .model import SessionId
    from .moment import Moment
    from .state import State

__all__ = ["ConnectionRecord"]


class ConnectionRecord:
    """Which session was on show last, whether it was connected, and when (SPEC.md V7).

    Attributes:
        last_connected_at: Milliseconds since the epoch, or None: never, as far as is known.
    """

    def __init__(self) -> None:
        self.last_connected_at: int | None = None
        self._written: tuple[SessionId | None, bool] | None = None

    def settle(self, state: State, now: Moment) -> None:
        """Write it, if it is not what was written last."""
        session_id = state.recent[0] if state.recent else None
        session = None if session_id is None else state.sessions.get(session_id)
        is_connected = health.health_of(state, session, now)[0] is ConnectionState.CONNECTED
        if (session_id, is_connected) == self._written:
            return
        was_connected = self._written is not None and self._written[1]
        self._written = (session_id, is_connected)
        if is_connected or was_connected:
            self.last_connected_at = round(now.wall * 1000)
        value = {
            "sessionId": session_id,
            "lastConnectedAt": self.last_connected_at,
            "wasConnected": is_connected,
        }
        state.effects.append(WriteStorage("wsConnectionState", json.dumps(value)))

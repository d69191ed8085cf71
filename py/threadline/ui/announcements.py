"""What a screen reader is told that the log itself does not say.

The log is a live region: it speaks each message as it comes. What is announced here is what
changes elsewhere: the line got worse or came back, a text was not sent, history did not load.
Words follow from two states, the one painted before and the one painted now, so that each change
is told once. What came while the line was away is told by its number, not message by message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from threadline.core.connection import ConnectionState
from threadline.core.model import Delivery
from threadline.core.session_view import Health, Loading

from .words import plural, say, translated

if TYPE_CHECKING:
    from threadline.core.session_view import ConnectionReport, SessionView

__all__ = ["Announcer"]

# From best to worst; going up the list is only told when it reaches the top.
RANKS: Final = {
    ConnectionState.CONNECTED: 0,
    ConnectionState.CONNECTING: 0,
    ConnectionState.RECONNECTING: 1,
    ConnectionState.FALLBACK: 2,
    ConnectionState.DISCONNECTED: 3,
    ConnectionState.FAILED: 3,
}


# The line is back, and what came while it was away is still being read.
_CATCHING_UP: Final = frozenset({Health.JOINING, Health.CATCHING_UP, Health.CHECKING})

# The line will not be back soon: messages come by polling, or not at all.
_ONE_BY_ONE: Final = frozenset({ConnectionState.FALLBACK, ConnectionState.FAILED})


class Announcer:
    """What is said of one panel, state after state."""

    def __init__(self) -> None:
        self._last: SessionView | None = None
        self._newest: int | None = None  # the last message here when the line was lost

    @property
    def is_catching_up(self) -> bool:
        """Whether what comes in now will be told by its number (ux.md B10)."""
        return self._newest is not None

    def announce(self, new: SessionView) -> str:
        """Words for what changed up to `new`, or "".

        Nothing is said for the first paint, nor when another session comes on show: the person
        asked for that.
        """
        old, self._last = self._last, new
        if old is None or old.session_id != new.session_id:
            self._newest = None
            return ""
        said = [*self._line(old, new), *_sends(old, new), *_run(old, new)]
        if new.loading.state is Loading.FAILED and old.loading.state is not Loading.FAILED:
            said.append(say("said_loading_failed"))
        return " ".join(said)

    def _line(self, old: SessionView, new: SessionView) -> list[str]:
        """The connection: worse, or back and up to date; and how many messages came meanwhile."""
        before, after = old.connection.state, new.connection.state
        is_turn = RANKS[after] != RANKS[before] and ConnectionState.CONNECTED in (before, after)
        if is_turn and self._newest is None:
            self._newest = _numbers(old)[-1]
        said = []
        if RANKS[after] > RANKS[before]:
            why = say(f"health_{new.connection.health.value}")
            said.append(say("said_worse", state=say(f"badge_{after.value}"), why=why))
        if self._newest is not None and _is_settled(new.connection):
            if after is ConnectionState.CONNECTED:
                said.append(say("said_connected"))
            said += self._news(new)
        return said

    def _news(self, new: SessionView) -> list[str]:
        """How many messages of others came since the line was lost."""
        seen, self._newest = self._newest or 0, None
        count = sum(number > seen for number in _numbers(new, others_only=True))
        return [plural("said_news", count)] if count else []


def _is_settled(connection: ConnectionReport) -> bool:
    """Whether what came while the line was away is here, or comes one by one from now on."""
    if connection.state is ConnectionState.CONNECTED:
        return connection.health not in _CATCHING_UP or connection.rest_works is False
    return connection.state in _ONE_BY_ONE


def _numbers(state: SessionView, *, others_only: bool = False) -> list[int]:
    """The numbers of the messages on show, after a 0."""
    shown = (one for one in state.messages if not (others_only and one.role == "user"))
    return [0, *(one.sequence for one in shown if one.sequence is not None)]


def _sends(old: SessionView, new: SessionView) -> list[str]:
    """Texts that have just failed."""
    if new.pending is old.pending:
        return []
    known = {entry.client_message_id: entry.delivery for entry in old.pending}
    return [
        say("said_not_sent", reason=translated(entry.reason or "")).strip()
        for entry in new.pending
        if entry.delivery is Delivery.FAILED
        and known.get(entry.client_message_id) is not Delivery.FAILED
    ]


def _run(old: SessionView, new: SessionView) -> list[str]:
    """The end of a run."""
    if new.run_ended is None or new.run_ended == old.run_ended or old.typing is None:
        return []
    if new.run_ended == "completed":
        return [say("said_finished")]
    return [say(f"run_{new.run_ended}")] if new.run_ended in _ENDINGS else []


_ENDINGS: Final = frozenset({"failed", "interrupted", "cancelled"})

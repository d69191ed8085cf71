"""What a screen reader is told that the log itself does not say.

The log is a live region: it speaks each message as it comes. What is announced here is what
changes elsewhere: the line got worse or came back, a text was not sent, history did not load.
Words follow from two states, the one painted before and the one painted now, so that each change
is told once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from threadline.core.connection import ConnectionState
from threadline.core.model import Delivery, Loading

from .words import say

if TYPE_CHECKING:
    from threadline.core.model import SessionView

__all__ = ["announcement"]

# From best to worst; going up the list is only told when it reaches the top.
RANKS: Final = {
    ConnectionState.CONNECTED: 0,
    ConnectionState.CONNECTING: 0,
    ConnectionState.RECONNECTING: 1,
    ConnectionState.FALLBACK: 2,
    ConnectionState.DISCONNECTED: 3,
    ConnectionState.FAILED: 3,
}


def announcement(old: SessionView | None, new: SessionView) -> str:
    """Words for what changed from `old` to `new`, or "".

    Nothing is said for the first paint, nor when another session comes on show: the person asked
    for that.
    """
    if old is None or old.session_id != new.session_id:
        return ""
    said = [*_line(old, new), *_sends(old, new), *_run(old, new)]
    if new.loading.state is Loading.FAILED and old.loading.state is not Loading.FAILED:
        said.append(say("said.loading_failed"))
    return " ".join(said)


def _line(old: SessionView, new: SessionView) -> list[str]:
    """The connection: worse, or back."""
    before, after = old.connection.state, new.connection.state
    if after is ConnectionState.CONNECTED and RANKS[before] > 0:
        return [say("said.connected")]
    if RANKS[after] <= RANKS[before]:
        return []
    state = say(f"badge.{after.value}")
    return [say("said.worse", state=state, why=say(f"health.{new.connection.health.value}"))]


def _sends(old: SessionView, new: SessionView) -> list[str]:
    """Texts that have just failed."""
    if new.pending is old.pending:
        return []
    known = {entry.client_message_id: entry.delivery for entry in old.pending}
    return [
        say("said.not_sent", reason=entry.reason or "").strip()
        for entry in new.pending
        if entry.delivery is Delivery.FAILED
        and known.get(entry.client_message_id) is not Delivery.FAILED
    ]


def _run(old: SessionView, new: SessionView) -> list[str]:
    """The end of a run."""
    if new.run_ended is None or new.run_ended == old.run_ended or old.typing is None:
        return []
    if new.run_ended == "completed":
        return [say("said.finished")]
    return [say(f"run.{new.run_ended}")] if new.run_ended in _ENDINGS else []


_ENDINGS: Final = frozenset({"failed", "interrupted", "cancelled"})

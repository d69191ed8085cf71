"""Own texts that the server had, and has no more: offered again, never sent again unasked.

A server that was restored from a backup may have lost what it acknowledged. Sending it once more
could run the agent a second time, so the text stands among the failed ones, with its words and its
way out (sync.md 2.11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .effects import WriteOutboxRow
from .model import Delivery, OutboxEntry

if TYPE_CHECKING:
    from .session import Session
    from .state import State

__all__ = ["offer_again"]

WORDS: Final = "The server does not have it any more."


def offer_again(state: State, session: Session) -> None:
    """Put what the last page showed to be lost before the person, with the key it always had."""
    lost = session.history.lost
    for place, message in enumerate(lost):
        assert message.client_message_id is not None, "only own texts are acknowledged"
        entry = OutboxEntry(
            client_message_id=message.client_message_id,
            session_id=session.id,
            content=message.content,
            created_at=message.timestamp,
            ordinal=place - len(lost),  # before all that is written since
            delivery=Delivery.FAILED,
            reason=WORDS,
            account=None if state.account is None else state.account.id,
        )
        state.outbox.add(entry)
        state.effects.append(WriteOutboxRow(entry))

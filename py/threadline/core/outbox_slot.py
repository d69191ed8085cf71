"""One entry of the outbox, and what memory alone knows of it: rules about a single text.

`core.outbox` has the order and what happens to the entries; nothing here is written down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .model import ClientMessageId, Delivery, Message, OutboxEntry, SessionId

__all__ = ["CLOCK_TOLERANCE", "KEY_TRUST", "MAX_AGE", "Slot"]

KEY_TRUST: Final = 60.0  # seconds a server is trusted to know a repeat by its key (O5): half of 120
MAX_AGE: Final = 86_400.0  # seconds after which a text is not sent unless the person says so (O7)
CLOCK_TOLERANCE: Final = 120.0  # seconds between their clock and ours, matching by content (O5)


@dataclass(slots=True)
class Slot:
    """One entry.

    Attributes:
        entry: What it is, and how far it has come.
        chat: The entry that its chat begins with, until the chat has a session.
        due: Monotonic second before which it is not sent.
        look_until: Monotonic second until which it is looked for; None: it is not.
        is_accepted: The server said yes; its message is not here yet.
        is_lost: Looked for in vain; its message may still turn up.
        is_absent: Looked for in vain, and to be sent again with the same key.
        is_insisted_on: The person wants it sent, however old it is.
        is_given_up: By the person, while in the air: it goes unless the server has taken it.
        editor: The view that has it in its composer.
    """

    entry: OutboxEntry
    chat: ClientMessageId
    due: float = 0.0
    look_until: float | None = None
    is_accepted: bool = False
    is_lost: bool = False
    is_absent: bool = False
    is_insisted_on: bool = False
    is_given_up: bool = False
    editor: int | None = None

    def becomes(self, delivery: Delivery, reason: str | None = None) -> None:
        """It has come this far, for this reason."""
        self.entry = replace(self.entry, delivery=delivery, reason=reason)

    def forget_first_sent(self) -> None:
        """No request that the server may have acted on is left."""
        self.entry = replace(self.entry, first_sent_at=None)

    def is_too_old(self, wall: float) -> bool:
        """Whether it was written so long ago that only the person can say if it is still meant."""
        return wall - self.entry.created_at > MAX_AGE and not self.is_insisted_on

    def is_doubtful(self, wall: float) -> bool:
        """Whether a repeat may not be known by its key any more, so that it is looked for first.

        A clock that was set back proves nothing. A new chat has no history to look in.
        """
        begun = self.entry.first_sent_at
        if begun is None or self.is_absent or self.entry.session_id is None:
            return False
        return not 0.0 <= wall - begun <= KEY_TRUST

    def is_message(self, message: Message, session_id: SessionId, clock_ahead: float) -> bool:
        """Whether `message` may be this text, which was, or is, in the air: same words, about now.

        Their clock may be behind ours, by `clock_ahead` seconds as far as is known; that it is
        ahead would only make it later.
        """
        in_the_air = self.entry.attempts > 0 or self.is_accepted
        near = message.timestamp >= self.entry.created_at - clock_ahead - CLOCK_TOLERANCE
        same = self.entry.session_id == session_id and self.entry.content == message.content
        return in_the_air and near and same

"""One entry of the outbox, and what memory alone knows of it: rules about a single text.

`core.outbox` has the order and what happens to the entries; nothing here is written down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from .model import Delivery

if TYPE_CHECKING:
    from .model import ClientMessageId, Message, OutboxEntry, SessionId
    from .moment import Moment

__all__ = ["CLOCK_TOLERANCE", "KEY_TRUST", "MAX_AGE", "NOTE_TRUST", "Note", "Slot"]

KEY_TRUST: Final = 60.0  # seconds a server is trusted to know a repeat by its key (O5): half of 120
MAX_AGE: Final = 86_400.0  # seconds after which a text is not sent unless the person says so (O7)
CLOCK_TOLERANCE: Final = 120.0  # seconds between their clock and ours, matching by content (O5)
# Seconds from the order for which a written note is relied on: a disk that takes longer hangs
# (sync.md fault 68), and an engine that stood still for longer may have been followed by another.
NOTE_TRUST: Final = 5.0


@dataclass(frozen=True, slots=True)
class Note:
    """That an attempt begins is being written down; only then does it go out (sync.md O1, W2).

    Attributes:
        question: Of the order to write it.
        until: Monotonic second until which the answer is relied on.
        before: The entry as it was, should the attempt not begin after all.
    """

    question: int
    until: float
    before: OutboxEntry


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
        note: Of the attempt that is to begin; None: it is in the air, or waits, or has failed.
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
    note: Note | None = None

    @property
    def is_in_the_air(self) -> bool:
        """Whether a request carries it, or carried it and the server said yes."""
        return self.entry.delivery is Delivery.SENDING and self.note is None

    def becomes(self, delivery: Delivery, reason: str | None = None) -> None:
        """It has come this far, for this reason."""
        self.note = None
        self.entry = replace(self.entry, delivery=delivery, reason=reason)

    def begin(self, question: int, now: Moment) -> None:
        """An attempt is to begin, once that is written down under `question`."""
        before = self.entry
        begun_at = before.first_sent_at or now.wall
        self.entry = replace(before, attempts=before.attempts + 1, first_sent_at=begun_at)
        self.becomes(Delivery.SENDING)
        self.note = Note(question, now.monotonic + NOTE_TRUST, before)

    def withdraw(self) -> None:
        """The attempt does not begin: the entry is what it was before."""
        if self.note is not None:
            before, self.note = self.note.before, None
            self.entry = replace(
                self.entry,
                attempts=before.attempts,
                first_sent_at=before.first_sent_at,
                delivery=before.delivery,
                reason=before.reason,
            )

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

    def is_message(
        self, message: Message, session_id: SessionId, wall: float, clock_ahead: float
    ) -> bool:
        """Whether `message` may be this text, which was, or is, in the air: same words, about now.

        Their clock may be behind ours, by `clock_ahead` seconds as far as is known; that it is
        ahead would only make it later. A text of the future was written before our clock was set
        back: no later than now.
        """
        attempts = self.entry.attempts - (self.note is not None)
        in_the_air = attempts > 0 or self.is_accepted
        written = min(self.entry.created_at, wall) - max(0.0, clock_ahead)
        near = message.timestamp >= written - CLOCK_TOLERANCE
        same = self.entry.session_id == session_id and self.entry.content == message.content
        return in_the_air and near and same

"""What the person sent and the server has not acknowledged: in order, one at a time per session.

Every entry is at any time waiting, in the air, being looked for, or visibly failed; nothing else
(sync.md 2.13). An entry keeps one id for ever; `SENDING` is never written down. Rows are written by
the view before anything is shown, and deleted once the server has the text.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Final

from . import outbox_notes
from .backoff import request_delay
from .model import ClientMessageId, Delivery, OutboxEntry, SessionId
from .outbox_notes import NOTE_PAUSE, Begun
from .outbox_slot import Slot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .model import Message
    from .moment import Moment
    from .server_clock import ServerClock

__all__ = ["LOOK_LIMIT", "Outbox"]

LOOK_LIMIT: Final = 30.0  # seconds an unconfirmed text is looked for before the person decides


class Outbox:
    """The entries, by id, in the person's order.

    Args:
        jitter: Draws from [0, 1).
        clock: What is known of the server's clock.

    Attributes:
        is_paused: Nothing is sent: no token, or it was turned down.
    """

    def __init__(self, jitter: Callable[[], float], clock: ServerClock) -> None:
        self.is_paused = False
        self._jitter = jitter
        self._clock = clock
        self._questions = count(1)  # of the orders to write down that an attempt begins
        self._slots: dict[ClientMessageId, Slot] = {}
        self._gone: list[ClientMessageId] = []  # went after all, see `take_gone`
        self._not_before = 0.0  # the server asked the whole queue to wait (O6); never undercut

    def __len__(self) -> int:
        return len(self._slots)

    def __iter__(self) -> Iterator[OutboxEntry]:
        """Iterate in the order in which they will be sent."""
        return iter(slot.entry for slot in self._in_order())

    def get(self, client_message_id: ClientMessageId) -> OutboxEntry | None:
        """Return an entry, if it is here."""
        slot = self._slots.get(client_message_id)
        return None if slot is None else slot.entry

    def pending(self, session_id: SessionId) -> tuple[OutboxEntry, ...]:
        """Return the entries of a session, in order."""
        return tuple(entry for entry in self if entry.session_id == session_id)

    def pending_chat(self, chat: ClientMessageId) -> tuple[OutboxEntry, ...]:
        """Return the entries of the chat that begins with `chat` and has no session yet."""
        return tuple(
            slot.entry
            for slot in self._in_order()
            if slot.entry.session_id is None and slot.chat == chat
        )

    @property
    def has_unsent(self) -> bool:
        """Whether anything waits to be sent or looked for; what failed waits for the person."""
        return any(entry.delivery is not Delivery.FAILED for entry in self)

    def add(self, entry: OutboxEntry, chat: ClientMessageId | None = None) -> bool:
        """Take an entry in; return whether it is new. The same one twice changes nothing.

        `chat` is the entry that the same new chat began with; it is sent first, and names the
        session that this one goes to.
        """
        if entry.client_message_id in self._slots:
            return False
        self._slots[entry.client_message_id] = Slot(entry, chat or entry.client_message_id)
        return True

    def restore(self, entries: Iterable[OutboxEntry], now: float) -> None:
        """Take what an earlier engine left. What it had begun to send is looked for first."""
        for entry in entries:
            self.add(entry)
            if entry.first_sent_at is not None and entry.delivery is not Delivery.FAILED:
                self.unconfirmed(entry.client_message_id, "", now)

    def resend_unconfirmed(self) -> None:
        """The server knows repeats: what is not confirmed is simply sent again."""
        for slot in self._slots.values():
            if slot.entry.delivery is Delivery.UNCONFIRMED and not (
                slot.is_accepted or slot.is_given_up
            ):
                slot.due, slot.look_until = 0.0, None
                slot.becomes(Delivery.QUEUED)

    def emptied(self) -> Outbox:
        """Return another one with nothing in it; no question of this one's is asked in it again."""
        other = Outbox(self._jitter, self._clock)
        other._questions = self._questions
        return other

    def take_due(self, now: Moment) -> list[Begun]:
        """Return the entries to send as soon as they are written down: one of each session."""
        begun: list[Begun] = []
        for slot in self._due(now.monotonic):
            question = next(self._questions)
            slot.begin(question, now)
            begun.append(Begun(slot.entry, question))
        return begun

    def written(self, question: int, now: float, *, may_send: bool) -> OutboxEntry | None:
        """That an attempt begins is on disk; return its entry: in the air now, or waiting again,
        where nothing may be sent any more or the answer took too long. None: nobody waits for it.
        """
        slot = outbox_notes.noting(self._slots.values(), question)
        if slot is None or slot.note is None:
            return None
        is_late = slot.note.until <= now
        if is_late or self.is_paused or now < self._not_before or not may_send:
            slot.withdraw()
        else:
            slot.note, slot.is_absent = None, False
        return slot.entry

    def not_written(self, question: int, words: str, now: float) -> None:
        """That an attempt begins could not be written down: it waits, and is tried again."""
        slot = outbox_notes.noting(self._slots.values(), question)
        if slot is not None:
            slot.withdraw()
            slot.due = now + NOTE_PAUSE
            slot.becomes(Delivery.QUEUED, words)

    def take_unwritten(self, now: float) -> list[int]:
        """Return the questions that the disk has not answered in time."""
        return outbox_notes.overdue(self._slots.values(), now)

    def take_too_old(self, now: Moment, words: str) -> list[OutboxEntry]:
        """Refuse, with `words`, what is due and too old to be sent unasked; return it."""
        old: list[OutboxEntry] = []
        while aged := [one for one in self._due(now.monotonic) if one.is_too_old(now.wall)]:
            for slot in aged:
                slot.becomes(Delivery.FAILED, words)
                old.append(slot.entry)
        return old

    def take_doubtful(self, now: Moment) -> list[OutboxEntry]:
        """Look for what is due and was first sent too long ago for its key; return it (O5)."""
        doubtful = [slot for slot in self._due(now.monotonic) if slot.is_doubtful(now.wall)]
        for slot in doubtful:
            self.unconfirmed(slot.entry.client_message_id, slot.entry.reason, now.monotonic)
        return [slot.entry for slot in doubtful]

    def accepted(self, client_message_id: ClientMessageId, now: float) -> None:
        """The server said yes but did not return the message: look for it, never resend it."""
        slot = self._slots.get(client_message_id)
        if slot is not None:
            slot.is_accepted, slot.look_until = True, now + LOOK_LIMIT

    def confirmed(self, client_message_id: ClientMessageId) -> bool:
        """The server's message is here; return whether there was an entry for it."""
        return self._slots.pop(client_message_id, None) is not None

    def refused(
        self, client_message_id: ClientMessageId, words: str, *, is_lost: bool = False
    ) -> None:
        """The server will never take it as it is; the person decides. The next one may go.

        `is_lost`: it may have taken it all the same, but nothing of it was found.
        """
        slot = self._slots.get(client_message_id)
        if slot is not None and not self._went(slot):
            slot.look_until, slot.is_lost = None, is_lost
            slot.forget_first_sent()
            slot.becomes(Delivery.FAILED, words)

    def told_to_wait(self, seconds: float, now: float) -> None:
        """The server asked for a pause: nothing is sent before it is over (O6)."""
        self._not_before = max(self._not_before, now + seconds)

    def failed(
        self,
        client_message_id: ClientMessageId,
        words: str | None,
        now: float,
        *,
        may_be_taken: bool = False,
    ) -> None:
        """The server did not take it this time, or may have and knows repeats: try again later.

        `may_be_taken`: it may have, so that in a while its key alone is not relied on.
        """
        slot = self._slots.get(client_message_id)
        if slot is None or (not may_be_taken and self._went(slot)):
            return
        slot.due = now + request_delay(max(1, slot.entry.attempts), self._jitter())
        if not may_be_taken:
            slot.forget_first_sent()
        slot.becomes(Delivery.QUEUED, words)

    def absent(self, client_message_id: ClientMessageId) -> None:
        """It was looked for in vain on a server that knows repeats: send it again, same key."""
        slot = self._slots.get(client_message_id)
        if slot is not None and not self._went(slot):
            slot.due, slot.look_until, slot.is_absent = 0.0, None, True
            slot.becomes(Delivery.QUEUED, slot.entry.reason)

    def looked_for(self) -> list[OutboxEntry]:
        """Return the entries that the server may have and that are not confirmed."""
        return [slot.entry for slot in self._in_order() if slot.look_until is not None]

    def look_on(self, client_message_id: ClientMessageId, now: float) -> None:
        """Nothing could be read so far: look for the entry as long again."""
        slot = self._slots.get(client_message_id)
        if slot is not None:
            slot.look_until = now + LOOK_LIMIT

    def unconfirmed(
        self, client_message_id: ClientMessageId, words: str | None, now: float
    ) -> None:
        """The server may have it, and may not know a repeat: look for it before anything else."""
        slot = self._slots.get(client_message_id)
        if slot is not None:
            slot.look_until = now + LOOK_LIMIT
            slot.becomes(Delivery.UNCONFIRMED, words or None)

    def match(self, message: Message, session_id: SessionId, wall: float) -> ClientMessageId | None:
        """Return the entry that `message` is, on a server that does not echo our id.

        Only an entry that is, or was, in the air can be meant, by the same words at about the same
        time; there is one of those per session at most (O2), after those looked for in vain.
        """
        if message.role != "user" or message.client_message_id is not None:
            return None
        lost = [slot for slot in self._in_order() if slot.is_lost]
        for slot in self._heads() + lost:
            if slot.is_message(message, session_id, wall, self._clock.ahead):
                return slot.entry.client_message_id
        return None

    def chat_of(self, client_message_id: ClientMessageId) -> ClientMessageId:
        """Return the entry that the chat of this one began with."""
        slot = self._slots.get(client_message_id)
        return client_message_id if slot is None else slot.chat

    def began(self, chat: ClientMessageId, session_id: SessionId) -> list[OutboxEntry]:
        """The chat that began with `chat` has its session; return the entries that go there."""
        taken = [
            slot for slot in self._in_order() if slot.entry.session_id is None and slot.chat == chat
        ]
        for slot in taken:
            slot.entry = replace(slot.entry, session_id=session_id)
        return [slot.entry for slot in taken]

    def sign(self, unnamed: set[str | None], account: str) -> list[OutboxEntry]:
        """It is known who wrote what was written under one of these names; return what changed."""
        slots = [slot for slot in self._in_order() if slot.entry.account in unnamed]
        for slot in slots:
            slot.entry = replace(slot.entry, account=account)
        return [slot.entry for slot in slots]

    def retry(self, client_message_id: ClientMessageId, *, knows_repeats: bool) -> bool:
        """The person wants it sent again; return whether there was something to try.

        What is looked for is sent again only to a server that knows repeats, and what another
        window has in its composer not at all.
        """
        slot = self._slots.get(client_message_id)
        if slot is None or slot.editor is not None:
            return False
        may_repeat = slot.entry.delivery is Delivery.UNCONFIRMED and knows_repeats
        if slot.entry.delivery is not Delivery.FAILED and not may_repeat:
            return False
        slot.due, slot.look_until = 0.0, None
        slot.is_accepted = slot.is_lost = False
        slot.is_insisted_on = True
        slot.entry = replace(slot.entry, attempts=0)
        slot.becomes(Delivery.QUEUED)
        return True

    def discard(self, client_message_id: ClientMessageId) -> bool:
        """The person gives it up; return whether it went.

        One in the air cannot be taken back: it goes as soon as it turns out not to be taken (O9).
        """
        slot = self._slots.get(client_message_id)
        if slot is None:
            return False
        if slot.is_in_the_air:
            slot.is_given_up = True
            return False
        del self._slots[client_message_id]
        return True

    def edit(self, client_message_id: ClientMessageId, view: int, words: str) -> str | None:
        """A view takes a text back into its composer; return it, or None if it cannot be taken.

        The entry stays, not to be sent, until the view has the text safe and discards it.
        """
        slot = self._slots.get(client_message_id)
        if slot is None or slot.is_in_the_air or slot.entry.delivery is Delivery.UNCONFIRMED:
            return None
        slot.withdraw()
        slot.editor = view
        slot.becomes(Delivery.FAILED, words)
        return slot.entry.content

    def left(self, view: int) -> None:
        """A view is gone: what it had in its composer may be tried again."""
        for slot in self._slots.values():
            if slot.editor == view:
                slot.editor = None

    def take_gone(self) -> list[ClientMessageId]:
        """Return what went since the last call because it was given up while in the air."""
        gone, self._gone = self._gone, []
        return gone

    def resume(self) -> None:
        """There is a token again, or the network is back: what waits may go at once."""
        self.is_paused = False
        for slot in self._slots.values():
            slot.due = 0.0

    def lost(self, now: float) -> list[OutboxEntry]:
        """Return the entries that were looked for long enough; each is returned once."""
        lost = [
            slot
            for slot in self._slots.values()
            if slot.look_until is not None and slot.look_until <= now
        ]
        for slot in lost:
            slot.look_until = None
        return [slot.entry for slot in lost]

    def next_deadline(self) -> float | None:
        """Return the monotonic second at which something is to be sent or given up, if any."""
        slots = self._slots.values()
        looks = [slot.look_until for slot in slots if slot.look_until is not None]
        sends = [
            max(slot.due, self._not_before)
            for slot in self._heads()
            if slot.entry.delivery is Delivery.QUEUED and not self.is_paused
        ]
        return min([*looks, *sends, *outbox_notes.deadlines(slots)], default=None)

    def is_given_up(self, client_message_id: ClientMessageId) -> bool:
        """Whether the person gave an entry up while it was in the air."""
        slot = self._slots.get(client_message_id)
        return slot is not None and slot.is_given_up

    def due_at(self, client_message_id: ClientMessageId) -> float | None:
        """Return the monotonic second at which a waiting entry is sent; None: not by itself."""
        slot = self._slots.get(client_message_id)
        if slot is None or slot.entry.delivery is not Delivery.QUEUED or self.is_paused:
            return None
        return max(slot.due, self._not_before)

    def _due(self, now: float) -> list[Slot]:
        if not self._slots or self.is_paused or now < self._not_before:
            return []
        heads = self._heads()
        return [one for one in heads if one.entry.delivery is Delivery.QUEUED and one.due <= now]

    def _went(self, slot: Slot) -> bool:
        """Let go of an entry that was given up while it was in the air; return whether it was."""
        if slot.is_given_up:
            del self._slots[slot.entry.client_message_id]
            self._gone.append(slot.entry.client_message_id)
        return slot.is_given_up

    def _heads(self) -> list[Slot]:
        """Return the first entry of each session that is not failed: it blocks the others.

        One that is in the air or looked for is first, also where the person retried an older one.
        """
        heads: dict[object, Slot] = {}
        waiting = {Delivery.QUEUED, Delivery.FAILED}
        for slot in sorted(self._in_order(), key=lambda one: one.entry.delivery in waiting):
            if slot.entry.delivery is not Delivery.FAILED:
                line = slot.entry.session_id or slot.chat
                heads.setdefault(line, slot)
        return list(heads.values())

    def _in_order(self) -> list[Slot]:
        return sorted(
            self._slots.values(),
            key=lambda slot: (slot.entry.ordinal, slot.entry.client_message_id),
        )

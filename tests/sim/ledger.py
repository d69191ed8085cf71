"""What persons sent, and what became of it: one place for each text (sync.md S7 to S9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from threadline.core.holes import SETTLE
from threadline.core.model import ClientMessageId, Delivery
from threadline.core.sending import NOT_FOUND

from .script import SESSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .browser import Browser
    from .model_server import ModelServer
    from .stored import Conversation, Row

__all__ = ["Ledger", "Said"]


@dataclass(slots=True)
class Said:
    """One text that the panel accepted.

    Attributes:
        account: Who wrote it, as far as the panel was told.
        has_failed: It was shown as failed at some time: its order is not promised any more.
        was_retried: The person had it sent again, though it may have arrived.
        was_discarded: The person gave it up.
    """

    browser: Browser
    session_id: str
    client: ClientMessageId
    text: str
    account: str | None = None
    has_failed: bool = False
    was_retried: bool = False
    was_discarded: bool = False


class Ledger:
    """All that was accepted, in the order of its persons."""

    def __init__(self, server: ModelServer) -> None:
        self.said: list[Said] = []
        self._server = server
        self._open: list[Said] = []

    def accept(self, said: Said) -> None:
        """The panel accepted a text."""
        self.said.append(said)
        self._open.append(said)

    def of(self, client: ClientMessageId) -> Said | None:
        """Return the text of this id."""
        return next((one for one in self.said if one.client == client), None)

    def problems(self) -> Iterable[str]:
        """Yield what is not as it must be, at any moment."""
        still_open: list[Said] = []
        for said in self._open:
            row = said.browser.disk.rows.get(said.client)
            if row is not None and row.delivery is Delivery.FAILED:
                is_lie = row.reason == NOT_FOUND and self._was_written(said.text)
                # Without our ids there is no place to look for a chat whose session is not known.
                can_look = bool(said.session_id) and not said.browser.was_set
                if is_lie and can_look and not said.has_failed:
                    yield f"S8: {said.text!r} is said to be lost, and the server has it"
                said.has_failed = True
            if said.text in self._server.begun and row is None:
                continue  # it has arrived, and is kept nowhere else any more
            still_open.append(said)
            if row is None and not said.was_discarded:
                yield f"S7: {said.text!r} is neither in the outbox nor on the server"
        self._open = still_open

    def _was_written(self, text: str) -> bool:
        """Whether a text was stored as it is, within the time in which a write is to show.

        One that was edited before it was seen here cannot be known again without our id.
        """
        rows = self._server.begun.get(text, [])
        is_quick = any(
            row.ever[0].at - row.begun_at < SETTLE and all(one.content == text for one in row.ever)
            for row in rows
        )
        return is_quick and not any(one.went_back_at for one in self._server.sessions.values())

    def problems_at_the_end(self) -> Iterable[str]:
        """Yield what is not as it must be once everything has arrived that will."""
        for said in self.said:
            rows = self._server.begun.get(said.text, [])
            conversation = self._conversation_of(said, rows)
            went_back = bool(conversation.went_back_at)
            if len(rows) > 1 and not (said.was_retried or went_back):
                yield f"S8: {said.text!r} is on the server {len(rows)} times"
            if said.session_id and any(row.id not in conversation.ever for row in rows):
                yield f"S10: {said.text!r} is in another session than it was sent to"
        for browser, session_id in {
            (one.browser, one.session_id) for one in self.said if one.session_id
        }:
            yield from self._out_of_order(browser, session_id)

    def _conversation_of(self, said: Said, rows: list[Row]) -> Conversation:
        """Return the conversation that a text belongs to: that which its chat has become."""
        if said.session_id or not rows:
            return self._server.session(said.session_id or SESSIONS[0])
        return next(one for one in self._server.sessions.values() if rows[0].id in one.ever)

    def _out_of_order(self, browser: Browser, session_id: str) -> Iterable[str]:
        if self._server.session(session_id).went_back_at:
            return
        own = [
            one
            for one in self.said
            if one.browser is browser
            and one.session_id == session_id
            and not (one.has_failed or one.was_retried or one.client in browser.disk.unreadable)
        ]
        numbers = [
            self._server.begun[one.text][0].number for one in own if one.text in self._server.begun
        ]
        if numbers != sorted(numbers):
            yield f"S9: texts of {browser.name} in {session_id} have numbers {numbers}"

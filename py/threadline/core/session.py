"""One session as the engine knows it: its history, its run, and what the server said of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .history import History
from .push_events import (
    InteractResponded,
    MessagePublished,
    MessageUpdated,
    ServerErred,
    SessionUpdated,
    TypingChanged,
)
from .run import Run
from .transcript import Ingested

if TYPE_CHECKING:
    from collections.abc import Callable

    from .model import ClientMessageId, Message, SessionId
    from .moment import Moment
    from .push_events import PushEvent

__all__ = ["Session"]


class Session:
    """One conversation. All that is known of it comes in through `publish` and `ingest`.

    Args:
        session_id: Its id.
        jitter: Draws from [0, 1).

    Attributes:
        history: The messages, and what of them is owed a read.
        run: What the agent is doing.
        status: The session's status in the server's word, or None.
        problem: A server's `error` event in its own words, until the next good news.
        news_at: Monotonic second of the last news, for the pace of polling.
        lost_at: Monotonic second since which push does not reach it; None while it does.
    """

    def __init__(self, session_id: SessionId, jitter: Callable[[], float]) -> None:
        self.id = session_id
        self.history = History(jitter)
        self.run = Run()
        self.status: str | None = None
        self.problem: str | None = None
        self.news_at: float | None = None
        self.lost_at: float | None = None

    def ingest(self, message: Message, now: Moment) -> Ingested:
        """Take one stored message in, whatever way it came."""
        outcome = self.history.transcript.ingest(message)
        self.history.ingested(outcome, now.monotonic)
        if outcome in (Ingested.NEW, Ingested.CHANGED):
            self.news_at, self.problem = now.monotonic, None
            self.run.stored(self._last_turn(), message, now)
        return outcome

    def claim(self, message: Message, client_message_id: ClientMessageId) -> Message:
        """Return `message` as the person's own text, where the server did not echo our id."""
        return replace(message, client_message_id=client_message_id)

    def loaded(self, now: Moment) -> None:
        """A read is done: what it brought may show that a run is on, or that it is over."""
        last = next(self.history.transcript.newest_first(), None)
        self.run.loaded(last, now)
        if last is not None and self.run.provisional:
            self.run.stored(self._last_turn(), last, now)

    def publish(self, event: PushEvent, now: Moment) -> None:
        """Take what the server published on the session's channel in."""
        match event:
            case MessagePublished(message):
                self.ingest(message, now)
            case MessageUpdated():
                self._update(event, now)
            case InteractResponded():
                self._respond(event, now)
            case SessionUpdated(status):
                self.status = status
                if status in ("completed", "failed", "interrupted"):
                    self.run.end(status)
            case TypingChanged(context):
                self.run.typing_changed(context, now)
            case ServerErred(message):
                self.problem = message
                self.run.typing_changed(None, now)

    def _update(self, event: MessageUpdated, now: Moment) -> None:
        transcript = self.history.transcript
        outcome = transcript.update(event)
        self.history.ingested(outcome, now.monotonic)
        message = transcript.get(event.message_id)
        if message is not None and outcome is Ingested.CHANGED:
            self.news_at = now.monotonic
            self.run.stored(self._last_turn(), message, now)

    def _respond(self, event: InteractResponded, now: Moment) -> None:
        self.news_at, self.problem = now.monotonic, None
        self.run.responded(event, now)
        transcript = self.history.transcript
        transcript.saw(event.sequence or 0)
        if event.message_id is None or transcript.get(event.message_id) is None:
            # It names no stored message, or one that is not here: the list is read soon, and the
            # provisional row shows meanwhile (roadmap TODO 3b; sync.md P3).
            self.history.look_soon(now.monotonic)
        self.run.settle(self._last_turn())

    def _last_turn(self) -> list[Message]:
        turn: list[Message] = []
        for message in self.history.transcript.newest_first():
            turn.append(message)
            if message.role == "user":
                break
        return turn[::-1]

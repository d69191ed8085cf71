"""One session as the engine knows it: its history, its run, and what the server said of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from .history import History
from .model import TERMINAL_STATUSES
from .push_events import (
    InteractResponded,
    MessagePublished,
    MessageUpdated,
    ServerErred,
    SessionUpdated,
    TypingChanged,
)
from .run import Run
from .server_clock import ServerClock
from .transcript import Ingested

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .capabilities import Capabilities
    from .model import ClientMessageId, Message, SessionId
    from .moment import Moment
    from .push_events import PushEvent
    from .reads import Read
    from .rest_answers import Page

__all__ = ["Session"]

MAX_OPENING: Final = 60  # characters of a first text that stand in for a title
MAX_TURN: Final = 500  # messages of the last turn that are looked at: a turn may be endless


class Session:
    """One conversation. All that is known of it comes in through `publish` and `ingest`.

    Args:
        session_id: Its id.
        jitter: Draws from [0, 1).
        capabilities: What the server can do; shared by all sessions.
        clock: What is known of the server's clock; shared likewise.

    Attributes:
        history: The messages, and what of them is owed a read.
        run: What the agent is doing.
        title: The session's title in the server's words, or None.
        opening: How the first text of the person's begins that was seen, in place of a title.
        status: The session's status in the server's word, or None.
        problem: A server's `error` event in its own words, until the next good news.
        news_at: Monotonic second of the last news, for the pace of polling.
        read_to: The number of the last message that the person has seen; None: nothing is known.
        lost_at: Monotonic second since which push does not reach it; None while it does.
    """

    def __init__(
        self,
        session_id: SessionId,
        jitter: Callable[[], float],
        capabilities: Capabilities | None = None,
        clock: ServerClock | None = None,
    ) -> None:
        self.id = session_id
        self._clock = clock or ServerClock()
        self.history = History(jitter, capabilities)
        self.run = Run()
        self.title: str | None = None
        self.opening: str | None = None
        self.status: str | None = None
        self.problem: str | None = None
        self.news_at: float | None = None
        self.lost_at: float | None = None
        self.read_to: int | None = None

    def ingest(self, message: Message, now: Moment) -> Ingested:
        """Take one stored message in, whatever way it came."""
        outcome = self.history.ingest(message, now.monotonic)
        self._open_with((message,))
        if outcome in (Ingested.NEW, Ingested.CHANGED):
            self.news_at, self.problem = now.monotonic, None
            self._tell_run((message,), now)
        return outcome

    def claim(self, message: Message, client_message_id: ClientMessageId) -> Message:
        """Return `message` as the person's own text, where the server did not echo our id."""
        return replace(message, client_message_id=client_message_id)

    def page_read(self, page: Page, now: Moment) -> Read | None:
        """Take a page of history in; return the read with its next query, or None when done.

        What it brought may show that a run is on, or that it is over.
        """
        following = self.history.page_read(page, now.monotonic)
        self._open_with(page.messages)
        if self.history.news:
            self.news_at, self.problem = now.monotonic, None
            self._tell_run(self.history.news, now)
        if following is None:
            self.run.loaded(self._last(), now, self._clock.ahead)
            self._begin_reading()
        return following

    def publish(self, event: PushEvent, now: Moment) -> None:
        """Take what the server published on the session's channel in."""
        match event:
            case MessagePublished(message, is_new):
                self.ingest(message, now)
                if is_new and self.history.transcript.is_older(message):
                    # A new message comes after all others, unless the numbering began anew.
                    self.history.doubt(now.monotonic)
            case MessageUpdated():
                self._update(event, now)
            case InteractResponded():
                self._respond(event, now)
            case SessionUpdated(status):
                self.status = status
                if status in TERMINAL_STATUSES:
                    self.run.end(status)
            case TypingChanged(context):
                self.run.typing_changed(context, now)
            case ServerErred(message, code):  # pragma: no branch
                self.problem = f"{message} ({code})" if code else message
                self.run.typing_changed(None, now)

    def _update(self, event: MessageUpdated, now: Moment) -> None:
        outcome = self.history.update(event, now.monotonic)
        message = self.history.transcript.get(event.message_id)
        if message is None:
            self.history.look_soon(now.monotonic)
        elif outcome is Ingested.CHANGED:
            self.news_at = now.monotonic
            self._tell_run((message,), now)

    def _respond(self, event: InteractResponded, now: Moment) -> None:
        self.news_at, self.problem = now.monotonic, None
        self.run.responded(event, now)
        transcript = self.history.transcript
        self.history.saw(event.sequence, now.monotonic)
        if event.message_id is None or transcript.get(event.message_id) is None:
            # It names no stored message, or one that is not here: the list is read soon, and the
            # provisional row shows meanwhile (roadmap TODO 3b; sync.md P3).
            self.history.look_soon(now.monotonic)
        self.run.settle(self._last_turn())

    def _tell_run(self, news: tuple[Message, ...], now: Moment) -> None:
        # Only the last message says how the run stands: one that closes a hole is of an older run.
        last = self._last()
        if last is not None and any(message.id == last.id for message in news):
            self.run.stored(self._last_turn(), last, now)
        else:
            self.run.settle(self._last_turn())

    def _open_with(self, messages: tuple[Message, ...]) -> None:
        if self.opening is None:
            texts = (one.content.split() for one in messages if one.role == "user")
            words = next((text for text in texts if text), None)
            self.opening = None if words is None else " ".join(words)[:MAX_OPENING]

    def _begin_reading(self) -> None:
        # What is there at first sight is no news.
        if self.read_to is None:
            numbers = (message.sequence for message in self.history.transcript.newest_first())
            self.read_to = next((number for number in numbers if number is not None), 0)

    def _last(self) -> Message | None:
        return next(self.history.transcript.newest_first(), None)

    def _last_turn(self) -> Iterator[Message]:
        for message in islice(self.history.transcript.newest_first(), MAX_TURN):
            yield message
            if message.role == "user":
                break

"""Is the agent at work, at what, and which of its steps are not stored yet?

Derived between a send and its terminal answer; sharpened by `typing` where a server sends it.
`interact_response` makes a provisional step that the stored message replaces (design section 3,
"Turns").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .model import (
    NO_NEWS,
    QUIET,
    TERMINAL_STATUSES,
    Message,
    ProvisionalStep,
    Step,
    TypingContext,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .moment import Moment
    from .push_events import InteractResponded

__all__ = ["SILENCE_LIMIT", "Run"]

SILENCE_LIMIT: Final = 300.0  # seconds without news that end a run on screen (design section 3)
MAX_PROVISIONAL: Final = 100  # steps told of and not stored that are kept, the latest ones
FRESH: Final = 60.0  # seconds for which an unanswered message on load counts as being worked on

# Statuses of a stored message that say in so many words that the run goes on.
_RUNNING: Final = frozenset({"running", "executing", "thinking", "verifying", "streaming"})


class Run:
    """The run of one session.

    Attributes:
        typing: What the agent is doing, or None.
        since: When the run began, seconds since the epoch, or None.
        ended: The terminal status of the last run that is over, or None.
        provisional: Steps that are told of and not stored, in order.
        heard_at: When the last news of it came, seconds since the epoch, or None.
        silence: For how many seconds there has been no news: 0, `QUIET` or `NO_NEWS`.
        is_stopping: The server was asked to end it.
    """

    def __init__(self) -> None:
        self.heard_at: float | None = None
        self.silence = 0.0
        self.is_stopping = False
        self._is_dismissed = False  # the person does not wait for it any more
        self.typing: TypingContext | None = None
        self.since: float | None = None
        self.ended: str | None = None
        self.provisional: tuple[ProvisionalStep, ...] = ()
        self._news_at: float | None = None

    def sent(self, now: Moment) -> None:
        """The person's text is on its way: the agent will think about it.

        Steps of the turn before have no place behind it.
        """
        self._is_dismissed = False
        if self.typing is None:
            self.since, self.provisional = None, ()
        self._work("thinking", now)

    def withdrawn(self) -> None:
        """The text that the run began with was not taken: there is no run."""
        self.typing = self._news_at = self.since = None
        self.is_stopping = False

    def dismiss(self) -> None:
        """The person does not wait for it any more; it may go on all the same."""
        self.withdrawn()
        self._is_dismissed = True

    def typing_changed(self, context: TypingContext | None, now: Moment) -> None:
        """The server says what it is doing, or that it stopped."""
        if context is not None:
            self._work(context, now)
        elif self.typing is not None:
            self.typing, self._news_at, self.is_stopping = None, None, False

    def responded(self, news: InteractResponded, now: Moment) -> None:
        """The agent told of a step; show it until the stored message is here."""
        if news.step != Step():
            step = ProvisionalStep(step=news.step, status=news.status, received_at=now.wall)
            others = {known.key: known for known in self.provisional}
            kept = sorted({**others, step.key: step}.values(), key=lambda one: one.step.index or 0)
            self.provisional = tuple(kept[-MAX_PROVISIONAL:])
        if news.status in TERMINAL_STATUSES:
            self.end(news.status)
        else:
            self._work(_context_of(news.step), now)

    def stored(self, turn: Iterable[Message], message: Message, now: Moment) -> None:
        """A message of the session was stored or changed.

        Args:
            turn: The last turn's messages: the agent's and the user's, in any order.
            message: The one that changed.
        """
        self.settle(turn)
        if message.role != "assistant":
            return
        if message.status in TERMINAL_STATUSES:
            if self.typing is not None or self.since is not None:
                self.end(message.status)
        elif self.typing is not None:
            self._work(_context_of(message.step or Step()), now)

    def settle(self, turn: Iterable[Message]) -> None:
        """Drop the provisional steps that a stored message of the turn holds."""
        if not self.provisional:
            return
        answers = [message for message in turn if message.role == "assistant"]
        numbered = {
            (one.step.task_id, one.step.index)
            for one in answers
            if one.step is not None and one.step.index is not None
        }
        # Without metadata step k is a detail of the turn's k-th assistant message.
        unnumbered = len(answers) if not numbered else 0
        self.provisional = tuple(
            known
            for known in self.provisional
            if (known.step.task_id, known.step.index) not in numbered
            and (known.step.index or 0) >= unnumbered
        )

    def loaded(self, last: Message | None, now: Moment, clock_ahead: float) -> None:
        """The history is here: a run may be going on that began before we looked.

        `clock_ahead`: seconds by which our clock is ahead of theirs, as far as is known.
        """
        if last is None or self.since is not None or self.ended is not None:
            return
        began = last.timestamp + clock_ahead  # by our clock
        age = now.wall - began
        unanswered = last.role == "user" and age < FRESH
        running = last.role == "assistant" and last.status in _RUNNING and age < SILENCE_LIMIT
        if unanswered or running:
            self._work(_context_of(last.step or Step()), now)
            self.since = began

    def end(self, status: str) -> None:
        """The run is over."""
        self.withdrawn()
        self.ended = status

    def tick(self, now: float) -> bool:
        """Notice that a run is silent, and end one that is so too long; return whether it is so."""
        due = self.next_deadline()
        if due is None or now < due:
            return False
        if self._next_mark() == SILENCE_LIMIT:
            self.withdrawn()
        else:
            self.silence = self._next_mark()
        return True

    def next_deadline(self) -> float | None:
        """Return the monotonic second at which its silence means something else, if one is on."""
        return None if self._news_at is None else self._news_at + self._next_mark()

    def _next_mark(self) -> float:
        return next(mark for mark in (QUIET, NO_NEWS, SILENCE_LIMIT) if mark > self.silence)

    def _work(self, context: TypingContext, now: Moment) -> None:
        if self._is_dismissed:
            return
        if self.since is None:
            self.since = now.wall
        self.typing, self.ended, self._news_at = context, None, now.monotonic
        self.heard_at, self.silence = now.wall, 0.0


def _context_of(step: Step) -> TypingContext:
    if step.correction is not None:
        return "executing"
    if step.verification is not None:
        return "verifying"
    return "executing" if step.action is not None else "thinking"

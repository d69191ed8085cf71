"""`SessionView` to `PanelView`: all that a panel shows, as strings and booleans.

A row is made from its parts once and is the same object until a part changes; `render` relies on
that. Rows come in this order: older to newer turns with gaps in their places, the steps not
stored yet, how the run ended, and last the person's own unsent texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from threadline.core.model import Health

from .announcements import announcement
from .badge import badge, panel
from .banner import banner
from .facts import facts_of
from .memo import Memo
from .messages import gap_row, message_row, own_row, provisional_row, run_row
from .placeholders import empty, waiting
from .sessions import session_list
from .summary import turn_row
from .turns import Placed, turns_of
from .words import say
from .working import working

if TYPE_CHECKING:
    from collections.abc import Iterator

    from threadline.core.model import Gap, OutboxEntry, SessionView

    from .badge import Badge, Panel
    from .banner import Banner
    from .facts import Facts
    from .placeholders import Empty, Waiting
    from .rows import MessageRow, OwnRow, Row
    from .sessions import SessionList
    from .turns import Turn
    from .working import Working

__all__ = ["PanelView", "ViewMaker"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelView:
    """Everything one panel shows. Each field but `rows` and `facts` fills one slot."""

    rows: tuple[Row, ...]
    title: str
    badge: Badge
    connection: Panel
    banner: Banner | None
    loading: Waiting
    working: Working | None
    sessions: SessionList
    empty: Empty | None
    facts: Facts


class ViewMaker:
    """Makes the `PanelView`s of one panel, one after the other.

    It remembers the last state, for what is to be announced, and the last rows, so that unchanged
    ones are handed out again.
    """

    def __init__(self) -> None:
        self._last: SessionView | None = None
        self._messages: Memo[Placed, MessageRow] = Memo()
        self._own: Memo[OutboxEntry, OwnRow] = Memo()

    def make(self, state: SessionView, *, boot: str = "") -> PanelView:
        """The view of `state`. `boot` says how the engine booted, in words."""
        rows = tuple(self._rows(state))
        self._messages.end_generation()
        self._own.end_generation()
        title = _title(state)
        said = announcement(self._last, state)
        self._last = state
        return PanelView(
            rows=rows,
            title=title,
            badge=badge(state.connection),
            connection=panel(state.connection),
            banner=banner(state),
            loading=waiting(state, has_rows=bool(rows)),
            working=working(state),
            sessions=session_list(state),
            empty=empty(state, has_rows=bool(rows)),
            facts=facts_of(state, title=title, announcement=said, boot=boot),
        )

    def _rows(self, state: SessionView) -> Iterator[Row]:
        """The rows in display order; no key comes twice."""
        gaps = list(reversed(state.gaps))
        turns = turns_of(state.messages, state.provisional)
        for turn in turns:
            yield from self._turn(turn, gaps, running=turn is turns[-1] and bool(state.typing))
        for gap in reversed(gaps):
            yield gap_row(gap)
        ended = run_row(state.run_ended)
        if ended is not None and state.typing is None and turns:
            yield ended
        shown = {message.key for message in state.messages} if state.pending else set()
        for entry in state.pending:
            if entry.client_message_id not in shown:
                yield self._own.recall(entry.client_message_id, entry, own_row)

    def _turn(self, turn: Turn, gaps: list[Gap], *, running: bool) -> Iterator[Row]:
        """One turn's rows. `gaps` holds those to come, the next one last, and is used up."""
        if turn.user is not None:
            yield from _gaps_before(turn.user.sequence, gaps)
            placed = Placed(turn.user)
            yield self._messages.recall(turn.user.key, placed, message_row)
        summary = turn_row(turn, running=running)
        if summary is not None:
            yield summary
        for answer in turn.answers:
            yield from _gaps_before(answer.message.sequence, gaps)
            yield self._messages.recall(answer.message.key, answer, message_row)
        for position, told in enumerate(turn.provisional, start=len(turn.answers)):
            yield provisional_row(told, position)


def _gaps_before(sequence: int | None, gaps: list[Gap]) -> Iterator[Row]:
    """The gaps that end before `sequence`, taken off `gaps`."""
    while sequence is not None and gaps and gaps[-1].last < sequence:
        yield gap_row(gaps.pop())


def _title(state: SessionView) -> str:
    """The session's title, or what to call it without one."""
    if state.title and state.title.strip():
        return state.title.strip()
    if state.connection.health is Health.NO_TOKEN:
        return say("title.product")
    return say("title.untitled" if state.messages else "title.new")

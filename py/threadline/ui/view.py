"""`SessionView` to `PanelView`: all that a panel shows, as strings and booleans.

A row is made from its part once and is the same object until the part changes; `render` relies on
that. Rows come in this order: older to newer turns with gaps in their places, the steps not
stored yet, how the run ended, and last the person's own unsent texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from threadline.core.model import OutboxEntry
from threadline.core.session_view import Health

from .announcements import Announcer
from .badge import badge, panel
from .banner import banner
from .facts import facts_of
from .memo import Memo, SequenceMemo
from .messages import gap_row, message_row, own_row, provisional_row, run_row
from .placeholders import empty, waiting
from .sessions import ListParts, session_list
from .summary import turn_row
from .turns import Placed, TurnMaker, folded, has_ended
from .unseen import first_new, new_row
from .words import say
from .working import working

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from threadline.core.session_view import ConnectionReport, Gap, SessionView

    from .badge import Badge, Panel
    from .banner import Banner
    from .facts import Facts
    from .placeholders import Empty, Waiting
    from .rows import Row
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


# What one row is made from; some are cheap and made at once.
_Part: TypeAlias = "Placed | OutboxEntry | Row"


class ViewMaker:
    """Makes the `PanelView`s of one panel, one after the other.

    It remembers what it made of each part of a state, so that what did not change is handed out
    again.
    """

    def __init__(self) -> None:
        self._announcer = Announcer()
        self._turns = TurnMaker()
        self._earlier: SequenceMemo[Turn, tuple[_Part, ...]] = SequenceMemo(_parts_earlier, id)
        self._latest = Memo(_parts_latest)
        self._rows: SequenceMemo[_Part, Row] = SequenceMemo(_row, _key)
        self._connection = Memo(_connection)
        self._sessions = Memo(session_list)
        self._new = Memo(new_row)

    def make(self, state: SessionView, *, boot: str = "") -> PanelView:
        """The view of `state`. `boot` says how the engine booted, in words."""
        rows = self._rows.recall(self._with_mark(self._parts(state), state))
        title = _title(state)
        said = self._announcer.announce(state)
        sign, report = self._connection.recall(state.connection)
        return PanelView(
            rows=rows,
            title=title,
            badge=sign,
            connection=report,
            banner=banner(state),
            loading=waiting(state, has_rows=bool(rows)),
            working=working(state),
            sessions=self._sessions.recall(_list_parts(state)),
            empty=empty(state, has_rows=bool(rows)),
            facts=facts_of(
                state,
                sign,
                title=title,
                announcement=said,
                is_catching_up=self._announcer.is_catching_up,
                boot=boot,
            ),
        )

    def _with_mark(self, parts: tuple[_Part, ...], state: SessionView) -> tuple[_Part, ...]:
        """`parts` with the line before the first one that nobody has seen."""
        mark = state.mark
        if mark is None:
            return parts
        place = first_new(parts, mark)
        if place is None:
            return parts
        unseen = [one for one in state.messages if mark.after < (one.sequence or 0) <= mark.until]
        # What happened is told only where all of it is here to be told of.
        is_whole = not state.loading.has_older or unseen[:1] != list(state.messages[:1])
        told = tuple(unseen) if is_whole else ()
        return (*parts[:place], self._new.recall(told), *parts[place:])

    def _parts(self, state: SessionView) -> tuple[_Part, ...]:
        """What the rows are made from, in display order; no row's key comes twice."""
        turns = self._turns.make(state.messages, state.provisional)
        told: Iterable[_Part] = ()
        if turns:
            latest = self._latest.recall((turns[-1], state.typing is not None))
            told = chain.from_iterable((*self._earlier.recall(tuple(turns[:-1])), latest))
        ended = run_row(state.run_ended) if state.typing is None and turns else None
        return (
            *(_with_gaps(told, state.gaps) if state.gaps else told),
            *(() if ended is None else (ended,)),
            *(_unsent(state) if state.pending else ()),
        )


def _parts_earlier(turn: Turn) -> tuple[_Part, ...]:
    """The parts of a turn that is over."""
    return _parts(turn, running=False, is_over=True)


def _parts_latest(turn_and_running: tuple[Turn, bool]) -> tuple[_Part, ...]:
    """The parts of a turn, whose run may still go on."""
    turn, running = turn_and_running
    return _parts(turn, running=running, is_over=not running and has_ended(turn))


def _parts(turn: Turn, *, running: bool, is_over: bool) -> tuple[_Part, ...]:
    """The parts of a turn; the steps of one that is over are folded."""
    turn = folded(turn) if is_over else turn
    summary = turn_row(turn, running=running, is_open=not is_over)
    told = enumerate(turn.provisional, start=len(turn.answers))
    return (
        *(() if turn.user is None else (turn.user,)),
        *(() if summary is None else (summary,)),
        *turn.answers,
        *(provisional_row(step, position) for position, step in told),
    )


def _with_gaps(parts: Iterable[_Part], gaps: tuple[Gap, ...]) -> Iterator[_Part]:
    """`parts` with each gap before the first message that follows it, or at the end."""
    waiting_gaps = list(reversed(gaps))
    for part in parts:
        sequence = part.message.sequence if isinstance(part, Placed) else None
        while sequence is not None and waiting_gaps and waiting_gaps[-1].last < sequence:
            yield gap_row(waiting_gaps.pop())
        yield part
    yield from map(gap_row, reversed(waiting_gaps))


def _unsent(state: SessionView) -> Iterator[OutboxEntry]:
    """The person's texts that are no stored messages yet."""
    stored = {message.key for message in state.messages}
    return (entry for entry in state.pending if entry.client_message_id not in stored)


def _row(part: _Part) -> Row:
    """The row of `part`."""
    if isinstance(part, Placed):
        return message_row(part)
    return own_row(part) if isinstance(part, OutboxEntry) else part


def _key(part: _Part) -> str:
    """The key of the row of `part`."""
    if isinstance(part, Placed):
        return part.message.key
    return part.client_message_id if isinstance(part, OutboxEntry) else part.key


def _connection(report: ConnectionReport) -> tuple[Badge, Panel]:
    """The badge, and what it opens."""
    return badge(report), panel(report)


def _list_parts(state: SessionView) -> ListParts:
    """What of `state` the session list is made from."""
    return ListParts(
        state.sessions,
        state.session_id,
        state.session_search,
        state.deleted,
        state.list_problem,
        state.can_rename_sessions,
        state.can_delete_sessions,
    )


def _title(state: SessionView) -> str:
    """The session's title, or what to call it without one."""
    if state.title and state.title.strip():
        return state.title.strip()
    if state.connection.health is Health.NO_TOKEN:
        return say("title_product")
    return say("title_untitled" if state.messages else "title_new")

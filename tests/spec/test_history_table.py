"""SPEC.md's table of reading a session: what every event does in every state, by the code itself.

The server has numbers and no feed; messages 101 to 150 are here, and older ones exist. As in the
engine, a read that is due begins at once, and an answer that nobody waits for is not taken in.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.support.builders import message
from threadline.core.history import History
from threadline.core.model import MessageId
from threadline.core.reads import Query, ReadKind
from threadline.core.rest_answers import Page
from threadline.core.session_view import Loading

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadline.core.model import Message
    from threadline.core.reads import Read

SPEC = (Path(__file__).parents[2] / "SPEC.md").read_text("utf-8")
LATER: Final = 1_000.0  # seconds: every second look, check and pause of the beginning is over
FIRST, LAST, NEXT, FAR = 101, 150, 151, 153
EPOCH: Final = "e1"


class Case:
    """A history, its clock, and the read under way."""

    def __init__(self) -> None:
        self.now = 0.0
        self.history = History(lambda: 0.0)
        self.read: Read | None = None

    def settle(self) -> None:
        """Begin the read that is due, as the engine does after every fact."""
        if self.history.is_at_rest:
            self.read = self.history.next_read(self.now)

    def answer(self, page: Page) -> None:
        """A page comes, for the read under way or for nobody."""
        if self.read is not None and self.history.is_reading(self.read.number):
            self.read = self.history.page_read(page, self.now)

    def fail(self, *, may_pass: bool) -> None:
        """The read under way comes to nothing."""
        if self.read is not None and self.history.is_reading(self.read.number):
            self.history.read_failed("No.", self.now, may_pass=may_pass)

    def finish(self) -> None:
        """Answer with what the server has until nothing is under way or due for now."""
        self.settle()
        while not self.history.is_at_rest:
            self.answer(self.page())
            self.settle()

    def wait(self, seconds: float) -> None:
        """Let time pass; what becomes due is read, and brings what the server has."""
        until = self.now + seconds
        while (due := self.history.next_deadline()) is not None and due <= until:
            self.now = max(self.now, due)
            self.finish()
        self.now = until

    def page(self, *, more: bool = False) -> Page:
        """Return what the server, which lost nothing and got nothing new, answers."""
        assert self.read is not None
        query = self.read.query
        first = FIRST if query.after is None else query.after + 1
        last = LAST
        if query.before is not None:
            first, last = query.before - query.limit, query.before - 1
        rows = stretch(first, last)
        has_more = more or query.before is not None or query.after is None
        return Page(messages=rows, latest_sequence=LAST, has_more=has_more, epoch=EPOCH)


def stretch(first: int, last: int) -> tuple[Message, ...]:
    """Return the messages with these numbers."""
    return tuple(message(number) for number in range(first, last + 1))


def other(number: int) -> Message:
    """Return another message with the number of one that is here."""
    return replace(message(number), id=MessageId("another"))


# --- how a session comes into each state ----------------------------------------------------------


def _never_read(_: Case) -> None:
    """Nobody has looked at it."""


def _first_page(case: Case) -> None:
    case.history.open(case.now)
    case.settle()


def _first_failed(case: Case) -> None:
    _first_page(case)
    case.fail(may_pass=True)


def _refused(case: Case) -> None:
    _first_page(case)
    case.fail(may_pass=False)


def _all_here(case: Case) -> None:
    _first_page(case)
    case.finish()
    case.wait(LATER)


def _catching_up(case: Case) -> None:
    _all_here(case)
    case.history.catch_up(case.now)
    case.settle()


def _behind(case: Case) -> None:
    _catching_up(case)
    case.fail(may_pass=True)


def _hole(case: Case) -> None:
    _all_here(case)
    case.history.ingest(message(FAR), case.now)


def _repairing(case: Case) -> None:
    _hole(case)
    due = case.history.next_deadline()
    assert due is not None
    case.now = due
    case.settle()


def _stuck(case: Case) -> None:
    _hole(case)
    while (due := case.history.next_deadline()) is not None:
        case.now = due
        case.settle()
        rows = (*stretch(LAST + 1, LAST), message(FAR))
        # One row of each page cannot be read, so that nothing is proved by what is not there.
        case.answer(replace(case.page(), messages=rows, has_more=False, rejected=("a row",)))


def _older(case: Case) -> None:
    _all_here(case)
    case.history.want_older(case.now)
    case.settle()


def _anew(case: Case) -> None:
    _catching_up(case)
    case.answer(replace(case.page(), epoch="e2"))
    case.settle()


STATES: Final[dict[str, Callable[[Case], None]]] = {
    "never read": _never_read,
    "first page": _first_page,
    "failed": _first_failed,
    "refused": _refused,
    "all here": _all_here,
    "catching up": _catching_up,
    "behind": _behind,
    "hole": _hole,
    "repairing": _repairing,
    "stuck": _stuck,
    "older page": _older,
    "anew": _anew,
}


# --- what may happen ------------------------------------------------------------------------------


def _time(case: Case) -> None:
    due = case.history.next_deadline()
    if due is not None:
        case.now = max(case.now, due)


def _last_page(case: Case) -> None:
    if case.read is not None:
        case.answer(replace(case.page(), has_more=False))


def _page_of_more(case: Case) -> None:
    if case.read is not None:
        case.answer(case.page(more=True))


def _unread_row(case: Case) -> None:
    if case.read is not None:
        case.answer(replace(case.page(), has_more=False, rejected=("a row",)))


def _other_epoch(case: Case) -> None:
    if case.read is not None:
        case.answer(replace(case.page(), epoch="e3"))


def _number_twice(case: Case) -> None:
    if case.read is not None:
        page = case.page()
        case.answer(replace(page, messages=(*page.messages, other(LAST)), has_more=False))


EVENTS: Final[dict[str, Callable[[Case], object]]] = {
    "a view opens it": lambda case: case.history.open(case.now),
    "its channel is joined, or the machine woke": lambda case: case.history.catch_up(case.now),
    "a hint of news": lambda case: case.history.look_soon(case.now),
    "the person reads upwards": lambda case: case.history.want_older(case.now),
    "the person: try again": lambda case: case.history.retry(case.now),
    "the next look is due": _time,
    "a page, the last": _last_page,
    "a page, more follow": _page_of_more,
    "the last page, with a row that is none": _unread_row,
    "a page of another epoch": _other_epoch,
    "a page that gives a number twice": _number_twice,
    "no answer, or one that may pass": lambda case: case.fail(may_pass=True),
    "refused for good": lambda case: case.fail(may_pass=False),
    "push: the next message": lambda case: case.history.ingest(message(NEXT), case.now),
    "push: one beyond it": lambda case: case.history.ingest(message(FAR), case.now),
    "push: what was missing": lambda case: [
        case.history.ingest(one, case.now) for one in stretch(NEXT, FAR - 1)
    ],
    "push: another one under a known number": lambda case: case.history.ingest(
        other(LAST), case.now
    ),
    "push: its number alone": lambda case: case.history.saw(NEXT, case.now),
}


def state_of(case: Case) -> str:
    """Return the state of reading, in the table's words."""
    history = case.history
    is_missing = bool(history.gaps())
    if history.is_anew:
        return "anew"
    if not history.is_at_rest:
        assert case.read is not None
        match case.read.kind:
            case ReadKind.NEWEST:
                return "first page"
            case ReadKind.OLDER:
                return "older page"
            case _:
                return "repairing" if is_missing else "catching up"
    if history.loading.state is Loading.IDLE:
        return "never read"
    if history.next_deadline() is None and history.loading.state is Loading.FAILED:
        return "refused"
    if history.transcript.base is None:
        return "failed"
    if is_missing:
        return "stuck" if history.is_stuck else "hole"
    return "all here" if history.next_deadline() is None else "behind"


def order_of(case: Case) -> str:
    """Return what is asked now, or when the next look is, in the table's words."""
    if case.read is not None and not case.history.is_at_rest:
        return _asked(case.read.query)
    due = case.history.next_deadline()
    return "no look" if due is None else f"{due - case.now:.2g} s"


def _asked(query: Query) -> str:
    if query.before is not None:
        return f"before {query.before}"
    return f"newest {query.limit}" if query.after is None else f"after {query.after}"


def cell(come: Callable[[Case], None], happens: Callable[[Case], object]) -> str:
    """Return what an event does in a state: where it leads, and what is asked, and when."""
    case = Case()
    come(case)
    case.settle()
    before = (state_of(case), order_of(case), case.read and case.read.number)
    happens(case)
    case.settle()
    after = (state_of(case), order_of(case), case.read and case.read.number)
    _check(case)
    return "·" if after == before else f"{after[0]}: {after[1]}"


def _check(case: Case) -> None:
    """Whatever happened, nothing is lost, and whatever is missing is looked for or said."""
    history = case.history
    numbers = [one.sequence or 0 for one in history.transcript.window(500)]
    assert numbers == sorted(numbers), "in order (I3)"
    if history.transcript.base is not None:
        assert set(numbers) >= set(range(FIRST, LAST + 1)), "what was here is here"
    is_looked_for = history.next_deadline() is not None or not history.is_at_rest
    is_said = history.is_stuck or history.loading.state is Loading.FAILED
    assert is_looked_for or is_said or not history.gaps(), "H11: a look, or a word"


def table() -> str:
    """Return the whole table: rows are events, columns states; `·` changes nothing."""
    lines = ["|  | " + " | ".join(STATES) + " |", "| --- |" + " --- |" * len(STATES)]
    for event, happens in EVENTS.items():
        cells = [cell(come, happens) for come in STATES.values()]
        lines.append(f"| {event} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def test_each_state_is_the_one_it_is_called() -> None:
    """Else the table would tell of something else."""
    for name, come in STATES.items():
        case = Case()
        come(case)
        assert state_of(case) == name


def test_the_table_of_reading_is_the_codes() -> None:
    """SPEC.md H1, H3, H10, H11: word for word, every event in every state."""
    assert table() in SPEC, table()


def test_every_kind_of_read_is_begun_somewhere() -> None:
    """A read that the table leaves out would be explained to nobody."""
    begun = set()
    for come in STATES.values():
        case = Case()
        come(case)
        if case.read is not None:
            begun.add(case.read.kind)
    assert begun == {ReadKind.NEWEST, ReadKind.AFTER, ReadKind.OLDER}

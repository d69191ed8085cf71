"""`core.history` against a small server: what is read is what the server has, on any kind of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.builders import EPOCH, message
from threadline.core.history import MAX_READS, READ_WINDOW, History
from threadline.core.model import Loading, Message, MessageId
from threadline.core.rest_answers import Page

if TYPE_CHECKING:
    from threadline.core.reads import Query, Read

LATENCY = 0.05  # seconds from a read to its answer
QUIET = 700.0  # seconds after the last fact; both checks of a void are over by then


@dataclass
class ModelServer:
    """The messages of one session, and one way to answer for them.

    Attributes:
        is_numbered: Has `after`, `before` and `latestSequence`; else times only.
        is_inclusive: Whether `since` includes its bound.
        cuts_newest: Whether `limit` keeps the newest where there is a bound in time.
    """

    is_numbered: bool
    is_inclusive: bool = False
    cuts_newest: bool = False
    rows: list[Message] = field(default_factory=list)
    head: int = 0
    failures: list[str] = field(default_factory=list)

    def store(self, at: float, *, burns: int = 0) -> Message:
        """Store the next message, after `burns` numbers that were used up in vain."""
        self.head += 1 + burns
        stored = replace(message(self.head), timestamp=at)
        self.rows.append(stored)
        return stored

    def answer(self, query: Query) -> Page | None:
        """Return the page; None is a failure."""
        fault = self.failures.pop() if self.failures else "none"
        if fault == "down":
            return None
        rows = [one for one in self.rows if self._is_asked(one, query)]
        bounded = query.after is not None or (query.since is not None and not self.cuts_newest)
        page = rows[: query.limit] if bounded else rows[-query.limit :]
        rejected = ("bad row",) if fault == "bad row" and page else ()
        shown = tuple(page[:-1] if rejected else page)
        if not self.is_numbered:
            return Page(messages=shown, rejected=rejected)
        more = len(page) < len(rows)
        return Page(
            messages=shown, rejected=rejected, latest_sequence=self.head, has_more=more, epoch="e"
        )

    def _is_asked(self, row: Message, query: Query) -> bool:
        number = row.sequence or 0
        if self.is_numbered and query.after is not None and number <= query.after:
            return False
        if self.is_numbered and query.before is not None and number >= query.before:
            return False
        if query.since is None:
            return True
        return row.timestamp > query.since or (self.is_inclusive and row.timestamp == query.since)


class Reader:
    """A history and its server, on one clock."""

    def __init__(self, server: ModelServer) -> None:
        self.server, self.history, self.now = server, History(lambda: 0.5), 0.0
        self.history.cadence = 25.0
        self.begun: list[float] = []
        self.pages = 0

    def run(self, seconds: float) -> None:
        """Let time run: begin what is due, and answer it."""
        until = self.now + seconds
        while (due := self.history.next_deadline()) is not None and max(due, self.now) < until:
            self.now = max(due, self.now)
            read = self.history.next_read(self.now)
            assert read is not None, "a deadline that leads to nothing rings for ever"
            self.begun.append(self.now)
            self._answer(read)
        self.now = until

    def _answer(self, read: Read | None) -> None:
        while read is not None:
            self.now += LATENCY
            self.pages += 1
            page = self.server.answer(read.query)
            if page is None:
                self.history.read_failed("down", self.now, may_pass=True)
                return
            read = self.history.page_read(page, self.now)

    def check(self) -> None:
        """Check what must hold at any time."""
        exists = {one.sequence for one in self.server.rows}
        for first, last in self.history.transcript.voids:
            assert not exists & set(range(first, last + 1)), "declared empty what the server has"
        for start, end in zip(self.begun, self.begun[MAX_READS:], strict=False):
            assert end - start >= READ_WINDOW - 1e-6, "more reads than allowed"


@st.composite
def servers(draw: st.DrawFn) -> ModelServer:
    """Draw a kind of server."""
    flags = st.booleans()
    return ModelServer(draw(flags), is_inclusive=draw(flags), cuts_newest=draw(flags))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["push", "lose", "join", "tie", "burn", "hint", "fail", "bad", "older"]),
        st.floats(0.0, 8.0),
        st.integers(1, 30),
    ),
    max_size=25,
)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(servers(), st.integers(0, 130), STEPS)
def test_ends_equal_to_the_server(
    server: ModelServer, stored: int, steps: list[tuple[str, float, int]]
) -> None:
    """sync.md L1, S12: the same list, no number void that exists, reads within their budget."""
    for number in range(stored):
        server.store(EPOCH - stored + number)
    reader = Reader(server)
    history = reader.history
    history.open(0.0)
    for kind, pause, count in steps:
        reader.run(pause)
        at = EPOCH + reader.now
        match kind:
            case "push":
                history.ingest(server.store(at), reader.now)
            case "lose":
                for _ in range(count):
                    server.store(at - pause / 10)
            case "tie":
                last = server.rows[-1].timestamp if server.rows else at
                for _ in range(count):
                    server.store(last)
            case "burn":
                history.ingest(server.store(at, burns=count % 4), reader.now)
            case "join":
                history.catch_up(reader.now)
            case "hint":
                history.look_soon(reader.now)
            case "fail":
                server.failures += ["down"] * (count % 5)
            case "bad":
                server.failures += ["bad row"]
            case _:
                history.want_older(reader.now)
        reader.check()
    server.failures.clear()
    history.catch_up(reader.now)
    reader.run(QUIET)
    reader.check()

    held = [one.sequence for one in history.transcript.window(10_000)]
    expected = [
        one.sequence for one in server.rows if not held or (one.sequence or 0) >= (held[0] or 0)
    ]
    assert held == expected
    assert history.transcript.holes() == []
    assert history.loading.state is Loading.LOADED
    assert len(reader.begun) < 40 + 10 * len(steps) + QUIET / 20.0


@pytest.mark.parametrize("is_inclusive", [True, False])
@pytest.mark.parametrize("cuts_newest", [True, False])
def test_passes_a_tie_that_fills_a_page(is_inclusive: bool, cuts_newest: bool) -> None:
    """sync.md 2.6: many messages of one timestamp are asked for wider."""
    server = ModelServer(False, is_inclusive=is_inclusive, cuts_newest=cuts_newest)
    server.store(EPOCH)
    reader = Reader(server)
    reader.history.open(0.0)
    reader.run(1.0)
    for _ in range(120):
        server.store(EPOCH + 50.0)

    reader.run(60.0)

    assert reader.history.transcript.holes() == []
    assert len(reader.history.transcript) == 121


def test_a_server_that_gave_a_number_twice_is_not_read_for_ever() -> None:
    """sync.md 2.11 and S12: a contradiction within one reading of all begins nothing anew."""
    server = ModelServer(True)
    server.store(EPOCH)
    server.rows.append(replace(message(1), id=MessageId("twin")))
    reader = Reader(server)
    reader.history.open(0.0)

    reader.run(600.0)

    assert len(reader.history.transcript) == 2
    assert reader.history.loading.state is Loading.LOADED
    assert reader.pages < 600 / 25 + 6


def test_a_page_with_a_huge_hole_is_not_read_for_ever() -> None:
    """sync.md H6: what is before the hole is just older."""
    server = ModelServer(True)
    for burns in (0, 5000, 0):
        server.store(EPOCH, burns=burns)
    reader = Reader(server)
    reader.history.open(0.0)

    reader.run(600.0)

    assert len(reader.history.transcript) == 3
    assert reader.history.gaps() == ()
    assert reader.pages < 600 / 25 + 6
    server.store(EPOCH + 600)
    reader.run(30.0)
    assert len(reader.history.transcript) == 4


def test_a_late_commit_into_a_void_is_found() -> None:
    """sync.md H5: a number believed empty is tried again after half a minute and after five."""
    server = ModelServer(True)
    for number in range(30):
        server.store(EPOCH, burns=1 if number == 5 else 0)
    late = replace(message(6), id=MessageId("late"))
    reader = Reader(server)
    reader.history.open(0.0)
    reader.run(45.0)
    assert 6 in reader.history.transcript.voids

    server.rows.insert(5, late)
    reader.run(300.0)

    assert reader.history.transcript.get(MessageId("late")) == late
    assert 6 not in reader.history.transcript.voids


def test_a_change_without_a_push_is_seen_on_every_kind_of_server() -> None:
    """sync.md E2: changes carry no number, so the tail is read again with every look."""
    for is_numbered in (True, False):
        server = ModelServer(is_numbered)
        for number in range(80):
            server.store(EPOCH + number)
        reader = Reader(server)
        reader.history.open(0.0)
        reader.run(5.0)

        server.rows[-3] = replace(server.rows[-3], status="completed")
        server.rows[-45] = replace(server.rows[-45], status="failed")
        reader.run(26.0)
        soon = [one.status for one in reader.history.transcript.window(50)]
        reader.run(300.0)
        late = [one.status for one in reader.history.transcript.window(50)]

        assert soon[-3] == "completed"
        assert late[-45] == "failed"

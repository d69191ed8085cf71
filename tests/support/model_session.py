"""A small server of one session, and a history that reads from it, on one clock.

For tests of the reading side alone: no engine, no JSON, no push. `ModelServer` answers queries;
`Reader` begins what is due and hands the answers over.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from threadline.core.generation import REREAD
from threadline.core.history import History
from threadline.core.rest_answers import Page
from threadline.core.restraint import MAX_READS, READ_WINDOW
from threadline.core.session_view import Loading

from .builders import message

if TYPE_CHECKING:
    from threadline.core.model import Message
    from threadline.core.reads import Query, Read, ReadKind

LATENCY: Final = 0.05  # seconds from a read to its answer
QUIET = 700.0  # seconds after the last fact; both checks of a void are over by then


@dataclass
class ModelServer:
    """The messages of one session, and one way to answer for them.

    Attributes:
        is_numbered: Has `after`, `before` and `hasMore`; else times only.
        has_feed: Counts changes, and answers `changes` and tombstones.
        is_inclusive: Whether `since` includes its bound.
        cuts_newest: Whether `limit` keeps the newest where there is a bound in time.
        cap: Rows that no page has more of, whatever is asked.
        epoch: The name of its numbering.
        behind: Answers as it was before so many of its last acts.
    """

    is_numbered: bool
    has_feed: bool = False
    is_inclusive: bool = False
    cuts_newest: bool = False
    cap: int = 1000
    epoch: str = "e"
    behind: int = 0
    rows: list[Message] = field(default_factory=list)
    head: int = 0
    rev: int = 0
    failures: list[str] = field(default_factory=list)
    backups: list[tuple[list[Message], int, int]] = field(default_factory=list)

    def store(self, at: float, *, burns: int = 0) -> Message:
        """Store the next message, after `burns` numbers that were used up in vain."""
        self._keep()
        self.head += 1 + burns
        stored = replace(message(self.head), timestamp=at, rev=self._next_rev())
        self.rows.append(stored)
        return stored

    def change(self, place: int, **changes: Any) -> Message:
        """Change the message at `place`, counted from the end."""
        self._keep()
        self.rows[place] = replace(self.rows[place], rev=self._next_rev(), **changes)
        return self.rows[place]

    def delete(self, place: int) -> None:
        """Delete the message at `place`: a tombstone where there is a feed."""
        if self.has_feed:
            self.change(place, deleted=True, content="")
        else:
            self._keep()
            del self.rows[place]

    def restore(self, acts: int, *, skips: int = 0) -> None:
        """Go back to a backup: `acts` are lost, and so many numbers and revs are left out."""
        for _ in range(min(acts, len(self.backups))):
            self.rows, self.head, self.rev = self.backups.pop()
        self.head, self.rev = self.head + skips, self.rev + (skips if self.has_feed else 0)

    def answer(self, query: Query) -> Page | None:
        """Return the page; None is a failure."""
        fault = self.failures.pop() if self.failures else "none"
        if fault == "down":
            return None
        rows, head, rev = self.rows, self.head, self.rev
        if self.behind and self.backups:
            rows, head, rev = self.backups[-min(self.behind, len(self.backups))]
        if query.after_rev is not None:
            rows = sorted(rows, key=lambda one: one.rev or 0)
            rows = [one for one in rows if (one.rev or 0) > (query.after_rev or 0)]
        else:
            rows = [one for one in rows if self._is_asked(one, query)]
        bounded = query.count is not None or (query.since is not None and not self.cuts_newest)
        limit = min(query.limit, self.cap)
        page = rows[:limit] if bounded else rows[-limit:]
        rejected = ("bad row",) if fault == "bad row" and page else ()
        shown = tuple(page[:-1] if rejected else page)
        if not self.is_numbered:
            return Page(messages=shown, rejected=rejected)
        return Page(
            messages=shown,
            rejected=rejected,
            latest_sequence=head,
            latest_rev=rev if self.has_feed else None,
            has_more=len(page) < len(rows),
            epoch=self.epoch,
        )

    def _keep(self) -> None:
        self.backups.append((list(self.rows), self.head, self.rev))

    def _next_rev(self) -> int | None:
        self.rev += 1
        return self.rev if self.has_feed else None

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
        self.begun: list[tuple[float, ReadKind]] = []
        self.pages = 0

    def run(self, seconds: float) -> None:
        """Let time run: begin what is due, and answer it."""
        until = self.now + seconds
        while (due := self.history.next_deadline()) is not None and max(due, self.now) < until:
            self.now = max(due, self.now)
            read = self.history.next_read(self.now)
            assert read is not None, "a deadline that leads to nothing rings for ever"
            self.begun.append((self.now, read.kind))
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
        starts = [at for at, _ in self.begun]
        for start, end in zip(starts, starts[MAX_READS:], strict=False):
            assert end - start >= READ_WINDOW - 1e-6, "more reads than allowed"

    def check_equal(self) -> None:
        """Check that what is shown is what the server has, from the oldest shown on."""
        shown = self.history.transcript.window(10_000)
        exists = [one for one in self.server.rows if not one.deleted]
        first = (shown[0].sequence or 0) if shown else 0
        if not self.server.has_feed and exists:
            # A change outside every re-read is seen when the person comes there (E2).
            known = {one.id for one in shown}
            assert all(one.id in known for one in exists if (one.sequence or 0) >= first)
            first = max(first, exists[-min(len(exists), REREAD)].sequence or 0)
        here = [one for one in shown if (one.sequence or 0) >= first]
        assert here == [one for one in exists if (one.sequence or 0) >= first]
        assert self.history.transcript.holes() == []
        assert self.history.loading.state is Loading.LOADED
        assert not self.history.loading.is_checking
        numbers = {one.sequence for one in self.server.rows}
        for low, high in self.history.transcript.voids:
            assert not numbers & set(range(low, high + 1)), "declared empty what the server has"

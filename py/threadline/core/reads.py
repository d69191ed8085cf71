"""Reading a stretch of history page by page, on a server with numbers and on one with times only.

A `Read` knows what to ask next and when it has everything; `history` decides when one is due. The
cursor only ever comes from the server's data, never from the client's clock (sync.md 2.6).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum, auto
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from .model import Message, SessionId
    from .rest_answers import Page

__all__ = [
    "DISORDER",
    "MAX_LIMIT",
    "OVERLAP",
    "PAGE_LIMIT",
    "Query",
    "Read",
    "ReadKind",
    "advance",
    "begin_changes",
    "begin_newest",
    "begin_numbered",
    "begin_older",
    "begin_refresh",
    "begin_timed",
    "ignores_its_bound",
]

PAGE_LIMIT: Final = 50  # messages asked for at once (the contract's default)
LONG_PAGE: Final = 200  # messages asked for at once where pages follow each other by number
MAX_LIMIT: Final = 400  # to which a page is widened before we give up (sync.md 2.6)
DISORDER: Final = 1.0  # seconds by which times of messages in a row may be out of order
OVERLAP: Final = 5.0  # seconds before the cursor: server clocks disagree, commits are late


class ReadKind(Enum):
    """What a read is for."""

    NEWEST = auto()  # the first page of a session, or all anew
    AFTER = auto()  # everything after a point: catch-up, repair, probe
    CHANGES = auto()  # everything that changed after a point
    OLDER = auto()  # the page before what is here
    REFRESH = auto()  # a page that is here once more: changes carry no number


@dataclass(frozen=True, slots=True)
class Query:
    """The query of one `GET messages`, or of one `GET changes` if `after_rev` is given.

    `since` is in epoch seconds.
    """

    limit: int
    since: float | None = None
    after: int | None = None
    before: int | None = None
    after_rev: int | None = None

    @property
    def count(self) -> int | None:
        """The bound by number or by change, if there is one of these."""
        return self.after if self.after_rev is None else self.after_rev

    def beyond(self, count: int) -> Query:
        """Return the query for what follows `count`."""
        if self.after_rev is None:
            return replace(self, after=count)
        return replace(self, after_rev=count)

    def url(self, api_base: str, session_id: SessionId) -> str:
        """Return the address to ask."""
        fields: dict[str, str | int] = {"limit": self.limit}
        if self.since is not None:
            moment = datetime.fromtimestamp(self.since, UTC)
            fields["since"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if self.after is not None:
            fields["after"] = self.after
        if self.before is not None:
            fields["before"] = self.before
        if self.after_rev is not None:
            fields["after"] = self.after_rev
        what = "messages" if self.after_rev is None else "changes"
        return f"{api_base}/api/session/{quote(session_id, safe='')}/{what}?{urlencode(fields)}"


@dataclass(frozen=True, slots=True)
class Read:
    """A read under way.

    Attributes:
        kind: What it is for.
        query: What to ask next.
        begun_at: Monotonic second at which the whole read began.
        floor: Numbers above it are claimed when the read is done; None claims nothing.
        clean: Whether every page so far was wholly understood; else it claims nothing.
        reached: Whether the pages so far go down to `floor`.
        more_before: Whether the first page said, or hints, that older messages exist.
        is_done: Whether everything was read.
        most: Rows of the longest page so far.
        number: Tells an answer to this read from a late one to another.
        known_head, known_rev: What was known of the server's counters when the read began; an
            answer that says less is older than that, or the server went back.
    """

    kind: ReadKind
    query: Query
    begun_at: float
    floor: int | None = None
    clean: bool = True
    reached: bool = False
    more_before: bool | None = None
    is_done: bool = False
    most: int = 0
    number: int = 0
    known_head: int = 0
    known_rev: int = 0

    @property
    def may_extend(self) -> bool:
        """Whether it may bring messages older than all that is claimed."""
        return self.kind in (ReadKind.NEWEST, ReadKind.OLDER)

    @property
    def is_of_all(self) -> bool:
        """Whether it brings everything that was new when it began."""
        return self.kind in (ReadKind.NEWEST, ReadKind.AFTER, ReadKind.CHANGES)

    def finds_less(self, page: Page) -> bool:
        """Whether `page` says that the server has less than was known when the read began."""
        head, rev = page.latest_sequence, page.latest_rev
        is_head_low = head is not None and head < self.known_head
        return is_head_low or (rev is not None and rev < self.known_rev)


def begin_newest(now: float, limit: int = PAGE_LIMIT) -> Read:
    """Read the newest page; without a bound a server answers that, or so most do."""
    return Read(ReadKind.NEWEST, Query(limit=limit), now)


def begin_numbered(now: float, after: int) -> Read:
    """Read everything numbered above `after`, on a server that has `after`."""
    return Read(ReadKind.AFTER, Query(limit=LONG_PAGE, after=after), now, floor=after)


def begin_changes(now: float, after_rev: int) -> Read:
    """Read everything that changed after the change `after_rev`, on a server with the feed."""
    return Read(ReadKind.CHANGES, Query(limit=LONG_PAGE, after_rev=after_rev), now)


def begin_timed(now: float, since: float, floor: int) -> Read:
    """Read everything from `since` (epoch seconds) on, on a server that has only times.

    Numbers above `floor` are claimed; the message numbered `floor` is of `since` or later.
    """
    query = Query(limit=PAGE_LIMIT, since=max(0.0, since - OVERLAP))
    return Read(ReadKind.AFTER, query, now, floor=floor)


def begin_older(now: float, base: int, held: int, *, numbered: bool) -> Read:
    """Read the page before number `base`, or, without `before`, a wider newest page.

    Args:
        held: How many messages are here; a wider page must reach past them.
    """
    if numbered:
        return Read(ReadKind.OLDER, Query(limit=PAGE_LIMIT, before=base), now)
    return Read(ReadKind.OLDER, Query(limit=min(MAX_LIMIT, held + PAGE_LIMIT)), now)


def begin_refresh(now: float, before: int, since: float, *, numbered: bool) -> Read:
    """Read a page that is here once more: the one before number `before`.

    Args:
        since: Time of the message before that page, in epoch seconds, for a server without numbers.
    """
    if numbered:
        return Read(ReadKind.REFRESH, Query(limit=PAGE_LIMIT, before=before), now)
    query = Query(limit=2 * PAGE_LIMIT, since=max(0.0, since - OVERLAP))
    return Read(ReadKind.REFRESH, query, now)


def ignores_its_bound(query: Query, page: Page) -> bool:
    """Whether a page holds what its bound by number excludes: the server does not know it."""
    numbers = [one.sequence for one in page.messages if one.sequence is not None]
    if query.after is not None and any(number <= query.after for number in numbers):
        return True
    return query.before is not None and any(number >= query.before for number in numbers)


def advance(read: Read, page: Page) -> Read:
    """Return the read after one more page, with its next query or done.

    A page that is not full is the last. With times, the next bound is the largest time strictly
    below the page's maximum, which is right whether a server includes its bound or not. A full page
    that does not reach the floor was cut at the wrong end, and one with a single time cannot be
    passed: both are asked again, wider.
    """
    rows = len(page.messages) + len(page.rejected)
    full = rows >= read.query.limit or _may_be_capped(rows, read.most)
    numbers = [message.sequence for message in page.messages if message.sequence is not None]
    read = replace(
        read,
        most=max(read.most, rows),
        clean=read.clean and not page.rejected,
        reached=read.reached or not full or _reaches(read.floor, numbers),
        more_before=_says_more(page, full) if read.more_before is None else read.more_before,
    )
    if read.kind in (ReadKind.OLDER, ReadKind.REFRESH):
        return replace(read, is_done=True)
    if read.query.count is not None:
        return _advance_counted(read, page, is_last=not _says_more(page, full))
    is_numbered = page.has_more is not None  # such a server answers the newest page
    if read.kind is ReadKind.NEWEST and (is_numbered or page.latest_sequence in numbers):
        return replace(read, is_done=True)
    if not full or page.has_more is False:
        return replace(read, is_done=True)
    return _advance_timed(read, page.messages)


def _reaches(floor: int | None, numbers: list[int]) -> bool:
    return floor is None or any(number <= floor for number in numbers)


def _says_more(page: Page, full: bool) -> bool:
    return full if page.has_more is None else page.has_more


def _may_be_capped(rows: int, most: int) -> bool:
    # A server may have a limit of its own, below what was asked for: a page of the contract's
    # length is not proved to be the last, unless a longer one came before.
    return rows >= PAGE_LIMIT and most in (0, rows)


def _advance_counted(read: Read, page: Page, *, is_last: bool) -> Read:
    if is_last:
        return replace(read, reached=True, is_done=True)
    is_feed = read.kind is ReadKind.CHANGES
    counts = [one.rev if is_feed else one.sequence for one in page.messages]
    last = max((count for count in counts if count is not None), default=0)
    if last <= (read.query.count or 0):
        # More is said to follow, but the page leads nowhere: nothing is claimed.
        return replace(read, clean=False, reached=False, is_done=True)
    return replace(read, query=read.query.beyond(last))


def _advance_timed(read: Read, messages: tuple[Message, ...]) -> Read:
    times = sorted({message.timestamp for message in messages})
    bound = times[-2] if len(times) > 1 else 0.0
    since = read.query.since or 0.0
    if read.reached and bound > since:
        # A page may be cut by number, and times stand out of order; where so much was written that
        # going back would lead nowhere, the bound itself has to do.
        earlier = bound - DISORDER
        following = earlier if earlier > since else bound
        return replace(read, query=Query(limit=read.query.limit, since=following))
    if read.query.limit >= MAX_LIMIT:
        # Cannot progress: nothing is claimed, so what is missing stays a hole and is said.
        return replace(read, clean=False, is_done=True)
    return replace(read, query=replace(read.query, limit=min(MAX_LIMIT, read.query.limit * 2)))

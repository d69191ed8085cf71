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
    "MAX_LIMIT",
    "OVERLAP",
    "PAGE_LIMIT",
    "Query",
    "Read",
    "ReadKind",
    "advance",
    "begin_newest",
    "begin_numbered",
    "begin_older",
    "begin_timed",
]

PAGE_LIMIT: Final = 50  # messages asked for at once (the contract's default)
MAX_LIMIT: Final = 400  # to which a page is widened before we give up (sync.md 2.6)
OVERLAP: Final = 5.0  # seconds before the cursor: server clocks disagree, commits are late


class ReadKind(Enum):
    """What a read is for."""

    NEWEST = auto()  # the first page of a session, or all anew
    AFTER = auto()  # everything after a point: catch-up, repair, probe
    OLDER = auto()  # the page before what is here


@dataclass(frozen=True, slots=True)
class Query:
    """The query of one `GET messages`. `since` is in epoch seconds."""

    limit: int
    since: float | None = None
    after: int | None = None
    before: int | None = None

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
        return f"{api_base}/api/session/{quote(session_id, safe='')}/messages?{urlencode(fields)}"


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
        number: Tells an answer to this read from a late one to another.
    """

    kind: ReadKind
    query: Query
    begun_at: float
    floor: int | None = None
    clean: bool = True
    reached: bool = False
    more_before: bool | None = None
    is_done: bool = False
    number: int = 0


def begin_newest(now: float, limit: int = PAGE_LIMIT) -> Read:
    """Read the newest page; without a bound a server answers that, or so most do."""
    return Read(ReadKind.NEWEST, Query(limit=limit), now)


def begin_numbered(now: float, after: int) -> Read:
    """Read everything numbered above `after`, on a server that has `after`."""
    return Read(ReadKind.AFTER, Query(limit=PAGE_LIMIT * 4, after=after), now, floor=after)


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


def advance(read: Read, page: Page) -> Read:
    """Return the read after one more page, with its next query or done.

    A page that is not full is the last. With times, the next bound is the largest time strictly
    below the page's maximum, which is right whether a server includes its bound or not. A full page
    that does not reach the floor was cut at the wrong end, and one with a single time cannot be
    passed: both are asked again, wider.
    """
    full = len(page.messages) + len(page.rejected) >= read.query.limit
    numbers = [message.sequence for message in page.messages if message.sequence is not None]
    read = replace(
        read,
        clean=read.clean and not page.rejected,
        reached=read.reached or not full or _reaches(read.floor, numbers),
        more_before=_says_more(page, full) if read.more_before is None else read.more_before,
    )
    if read.kind is ReadKind.OLDER:
        return replace(read, is_done=True)
    if read.query.after is not None:
        return _advance_numbered(read, page, numbers)
    if read.kind is ReadKind.NEWEST and page.latest_sequence is not None:
        return replace(read, is_done=True)  # a server with numbers answers the newest page
    if not full or page.has_more is False:
        return replace(read, is_done=True)
    return _advance_timed(read, page.messages)


def _reaches(floor: int | None, numbers: list[int]) -> bool:
    return floor is None or any(number <= floor for number in numbers)


def _says_more(page: Page, full: bool) -> bool:
    return full if page.has_more is None else page.has_more


def _advance_numbered(read: Read, page: Page, numbers: list[int]) -> Read:
    last = max(numbers, default=0)
    if not page.has_more or last <= (read.query.after or 0):
        return replace(read, reached=True, is_done=True)
    return replace(read, query=replace(read.query, after=last))


def _advance_timed(read: Read, messages: tuple[Message, ...]) -> Read:
    times = sorted({message.timestamp for message in messages})
    bound = times[-2] if len(times) > 1 else None
    if read.reached and bound is not None and bound > (read.query.since or 0.0):
        return replace(read, query=Query(limit=read.query.limit, since=bound))
    if read.query.limit >= MAX_LIMIT:
        # Cannot progress: nothing is claimed, so what is missing stays a hole and is said.
        return replace(read, clean=False, is_done=True)
    return replace(read, query=replace(read.query, limit=min(MAX_LIMIT, read.query.limit * 2)))

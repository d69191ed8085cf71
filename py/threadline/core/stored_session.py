"""A session as it is stored: its newest messages, and what they cover, each row sealed.

A row is text: version, checksum and JSON, e.g. `1:9a0f3c11:{...}`. What a session's coverage row
claims must be there as records, else nothing of the session is believed: it is read again from the
server (sync.md D1, D5, S5).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Final
from zlib import crc32

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from .coverage import Intervals
from .errors import RejectedPayload
from .model import Message
from .transcript import Ingested
from .wire import LATEST, MAX_SEQUENCE, first_problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from .generation import Generation
    from .model import SessionId
    from .session import Session
    from .transcript import Transcript

__all__ = [
    "MAX_STORED",
    "ROW_VERSION",
    "Coverage",
    "SessionImage",
    "coverage_from",
    "coverage_row",
    "fill",
    "image_of",
    "record_row",
    "session_from",
]

ROW_VERSION: Final = (
    1  # of the JSON in a row; a row with a higher one was written by a newer engine
)
MAX_STORED: Final = 1_000  # newest messages of a session that are stored (sync.md V2)
MAX_VOIDS: Final = 10_000  # numbers believed empty that a row may name: far beyond what is ever so

_MESSAGE: Final = TypeAdapter(Message)

_Number = Annotated[int, Field(ge=1, le=MAX_SEQUENCE)]
_Interval = tuple[_Number, _Number]


class Coverage(BaseModel):
    """What is claimed of a session's numbering, and what else is worth knowing of it.

    Attributes:
        base: The oldest number anything is claimed about.
        known: Intervals of numbers that are covered by a record, ends inclusive, ascending.
        voids: Intervals of numbers that are believed empty, looked at to the end (sync.md H5).
        count: How many records the session has.
        has_older: The server holds messages before the oldest record.
        title: The session's title, in the server's words or else in the person's first ones.
        status: The session's status, in the server's word.
        epoch: The numbering's identity, in the server's word.
        rev: All changes up to this one are in the records; None: no feed was ever entered.
        reread_from: The number above which a read is to look for changes; None: nothing is known.
        read_to: The number of the last message that the person has seen; None: nothing is known.
        updated_at: Server time of the newest record, seconds since the epoch, or None.
        viewed: Grows with every viewing of any session: the lowest was looked at longest ago.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    base: _Number
    known: tuple[_Interval, ...]
    voids: tuple[_Interval, ...] = ()
    count: Annotated[int, Field(ge=0, le=MAX_STORED)]
    has_older: bool = False
    title: str | None = None
    status: str | None = None
    epoch: str | None = None
    rev: Annotated[int, Field(ge=0, le=MAX_SEQUENCE)] | None = None
    reread_from: Annotated[int, Field(ge=0, le=MAX_SEQUENCE)] | None = None
    read_to: Annotated[int, Field(ge=0, le=MAX_SEQUENCE)] | None = None
    updated_at: Annotated[float, Field(ge=0, le=LATEST)] | None = None
    viewed: Annotated[int, Field(ge=0, le=MAX_SEQUENCE)] = 0


@dataclass(frozen=True, slots=True)
class SessionImage:
    """What is stored of one session: records, and the coverage they justify.

    Attributes:
        messages: In display order, at most `MAX_STORED`.
    """

    session_id: SessionId
    messages: tuple[Message, ...]
    coverage: Coverage


def image_of(session: Session, viewed: int) -> SessionImage | None:
    """Return what is to be stored of `session`; None while nothing can be claimed.

    Of a longer session only the end is stored: what is before it is older, as on a server's page.
    """
    generation = session.history.generation
    transcript, changes = generation.transcript, generation.changes
    if transcript.base is None:
        return None
    newest = islice(transcript.newest_first(), MAX_STORED)
    messages = tuple(transcript.whole(message) for message in newest)[::-1]
    is_cut = len(messages) < len(transcript)
    numbers = [message.sequence for message in messages if message.sequence is not None]
    base = numbers[0] if is_cut and numbers else transcript.base
    return SessionImage(
        session_id=session.id,
        messages=messages,
        coverage=Coverage(
            base=base,
            known=_intervals(numbers, base),
            voids=_settled(transcript, session.history.unsettled, base),
            count=len(messages),
            has_older=is_cut or session.history.loading.has_older,
            title=session.title or session.opening,
            status=session.status,
            epoch=generation.epoch,
            rev=None if changes.base is None else changes.cursor,
            reread_from=_reread_from(session),
            read_to=session.read_to,
            updated_at=messages[-1].timestamp if messages else None,
            viewed=viewed,
        ),
    )


def record_row(message: Message) -> str:
    """Return the row that stores one message."""
    return _sealed(_MESSAGE.dump_json(message, exclude_defaults=True).decode())


def coverage_row(coverage: Coverage) -> str:
    """Return the row that stores what a session's records cover."""
    return _sealed(coverage.model_dump_json(exclude_defaults=True))


def coverage_from(row: str) -> Coverage:
    """Return what a coverage row says.

    Raises:
        RejectedPayload: it is damaged, or of a version that is not known here.
    """
    try:
        return Coverage.model_validate_json(_unsealed(row, "coverage"))
    except ValidationError as error:
        raise first_problem("coverage", error) from None


def session_from(session_id: SessionId, coverage: str, records: Iterable[str]) -> SessionImage:
    """Return the session that rows store.

    Raises:
        RejectedPayload: a row is damaged or of an unknown version, or the rows do not fit together.
    """
    claimed = coverage_from(coverage)
    messages = [_message_from(row) for row in records]
    numbers = sorted(message.sequence for message in messages if message.sequence is not None)
    covered = _intervals(numbers, claimed.base)
    if len(messages) != claimed.count:
        raise RejectedPayload("coverage", "count", "is not the number of records")
    if covered != claimed.known:
        raise RejectedPayload("coverage", "known", "names numbers that no record has")
    if sum(last - first + 1 for first, last in claimed.voids) > MAX_VOIDS:
        raise RejectedPayload("coverage", "voids", "names more numbers than are ever empty")
    if len({message.id for message in messages}) != len(messages):
        raise RejectedPayload("records", "id", "is there twice")
    return SessionImage(session_id=session_id, messages=tuple(messages), coverage=claimed)


def fill(generation: Generation, image: SessionImage) -> bool:
    """Put what was stored into a generation that nothing was read into yet.

    What came in meanwhile is newer and stays. Returns False, and changes nothing, where the image
    cannot be used: a read was faster, or what came since contradicts it.
    """
    transcript, coverage = generation.transcript, image.coverage
    if transcript.base is not None or _contradicts(transcript, image):
        return False
    for message in image.messages:
        if transcript.get(message.id) is not None:
            continue
        if transcript.ingest(message) is Ingested.CONTRADICTION:
            transcript.dispute(message.sequence or 0)  # the server itself gave it out twice
            transcript.ingest(message)
    transcript.claim_from(coverage.base)
    for first, last in coverage.voids:
        for number in range(first, last + 1):
            if number not in transcript.known:
                transcript.declare_void(number)
    generation.epoch = coverage.epoch
    generation.reread_from = coverage.reread_from
    if coverage.rev is not None:
        generation.changes.begin(coverage.rev)
    return True


def _reread_from(session: Session) -> int | None:
    """Return the number above which the next engine is to look for changes: what is owed counts."""
    bounds = (session.history.generation.reread_from, session.history.agenda.messages.lowest)
    return min((one for one in bounds if one is not None), default=None)


def _settled(
    transcript: Transcript, unsettled: Collection[int], base: int
) -> tuple[_Interval, ...]:
    """Return the numbers believed empty that were looked at to the end (sync.md H5)."""
    settled = Intervals()
    for first, last in transcript.voids:
        settled.add(max(first, base), last)
    for number in unsettled:
        settled.discard(number)
    return tuple(settled)


def _contradicts(transcript: Transcript, image: SessionImage) -> bool:
    held = {message.sequence: message.id for message in transcript.newest_first()}
    held.pop(None, None)
    return any(held.get(one.sequence, one.id) != one.id for one in image.messages)


def _message_from(row: str) -> Message:
    try:
        message = _MESSAGE.validate_json(_unsealed(row, "records"), strict=True)
    except ValidationError as error:
        raise first_problem("records", error) from None
    if not message.id:
        raise RejectedPayload("records", "id", "is empty")
    if message.sequence is not None and not 1 <= message.sequence <= MAX_SEQUENCE:
        raise RejectedPayload("records", "sequence", "is not a number of a message")
    return message


def _intervals(numbers: Iterable[int], base: int) -> tuple[_Interval, ...]:
    """Return the intervals of ascending `numbers` from `base` on. Done at every save."""
    covered: list[_Interval] = []
    first = last = base - 1  # none yet
    for number in numbers:
        if number <= last:
            continue  # below the base, or there twice
        if first < base:
            first = number
        elif number > last + 1:
            covered.append((first, last))
            first = number
        last = number
    return (*covered, (first, last)) if first >= base else ()


def _sealed(text: str) -> str:
    return f"{ROW_VERSION}:{crc32(text.encode()):08x}:{text}"


def _unsealed(row: str, source: str) -> str:
    version, _, rest = row.partition(":")
    checksum, _, text = rest.partition(":")
    if not version.isdecimal() or int(version) > ROW_VERSION:
        raise RejectedPayload(source, "", "is of a version that is not known here")
    if f"{crc32(text.encode()):08x}" != checksum:
        raise RejectedPayload(source, "", "is damaged: its checksum differs")
    return text

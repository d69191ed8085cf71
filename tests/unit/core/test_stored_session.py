"""`core.stored_session`: a session as rows, and rows as a session."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING
from zlib import crc32

import pytest
from hypothesis import given

from tests.support.builders import message, moment
from tests.support.strategies import messages
from threadline.core.errors import RejectedPayload
from threadline.core.generation import Generation
from threadline.core.model import ClientMessageId, Message, MessageError, MessageId, SessionId, Step
from threadline.core.push_events import MessageUpdated
from threadline.core.session import Session
from threadline.core.stored_session import (
    MAX_STORED,
    MAX_VOIDS,
    ROW_VERSION,
    Coverage,
    coverage_from,
    coverage_row,
    fill,
    image_of,
    record_row,
    session_from,
)

if TYPE_CHECKING:
    from threadline.core.stored_session import SessionImage

ID = SessionId("s1")
WHOLE = message(
    3,
    status="failed",
    rev=7,
    deleted=True,
    client_message_id=ClientMessageId("c1"),
    step=Step(task_id="t", index=0, action="click"),
    error=MessageError(message="No.", code="no"),
)


def sealed(value: object, version: int = ROW_VERSION) -> str:
    """Return a row that holds `value`, with a checksum that fits."""
    text = json.dumps(value)
    return f"{version}:{crc32(text.encode()):08x}:{text}"


def session(*sequences: int, base: int | None = 1) -> Session:
    """Return a session that holds these messages and claims from `base` on."""
    made = Session(ID, lambda: 0.0)
    for sequence in sequences:
        made.ingest(message(sequence), moment())
    if base is not None:
        made.history.transcript.claim_from(base)
    return made


def stored(made: Session) -> SessionImage:
    """Return what is stored of a session."""
    image = image_of(made, 4)
    assert image is not None
    return image


def rows(image: SessionImage) -> tuple[str, list[str]]:
    """Return the rows of an image."""
    return coverage_row(image.coverage), [record_row(one) for one in image.messages]


def test_what_claims_nothing_is_not_stored() -> None:
    """SPEC.md S1: without a base there is no coverage that records could justify."""
    assert image_of(session(3, base=None), 1) is None


def test_a_change_whose_rest_is_not_here_is_not_stored() -> None:
    """SPEC.md S1: the next engine would take the old words for those of the newer `rev`."""
    made = session()
    whole = message(1, rev=5)
    made.history.transcript.ingest(whole, may_extend=True)

    made.history.transcript.update(
        MessageUpdated(whole.id, "failed", None, None, whole.sequence, rev=7)
    )

    assert made.history.transcript.get(whole.id) != whole
    assert stored(made).messages == (whole,)


def test_a_session_comes_back_as_it_was() -> None:
    """SPEC.md S1: records, and the coverage they justify."""
    made = session(1, 2, 4)
    made.ingest(replace(WHOLE, id=MessageId("m9"), sequence=9), moment())
    made.title, made.status, made.read_to = "A title", "active", 2
    made.history.loading = replace(made.history.loading, has_older=True)
    made.history.generation.reread_from = 5
    made.history.agenda.messages.owe(3, 60.0)
    image = stored(made)

    assert session_from(ID, *rows(image)) == image
    assert image.coverage == Coverage(
        base=1,
        known=((1, 2), (4, 4), (9, 9)),
        count=4,
        has_older=True,
        title="A title",
        status="active",
        reread_from=3,
        read_to=2,
        updated_at=WHOLE.timestamp,
        viewed=4,
    )


@given(messages())
def test_every_message_comes_back_as_it_was(one: Message) -> None:
    """SPEC.md S1: whatever a server may say."""
    coverage = Coverage(base=1, known=_known(one), count=1)

    assert session_from(ID, coverage_row(coverage), [record_row(one)]).messages == (one,)


def _known(one: Message) -> tuple[tuple[int, int], ...]:
    return () if one.sequence is None else ((one.sequence, one.sequence),)


def test_of_a_long_session_the_end_is_stored() -> None:
    """SPEC.md S6: what is before it is older, and its numbers are not claimed."""
    image = stored(session(*range(1, MAX_STORED + 11)))

    assert len(image.messages) == MAX_STORED
    assert (image.coverage.base, image.coverage.known) == (11, ((11, MAX_STORED + 10),))
    assert image.coverage.has_older


def test_a_long_session_without_numbers_claims_what_it_did() -> None:
    """SPEC.md S6: there is no number to begin with."""
    made = session(base=5)
    for count in range(MAX_STORED + 1):
        made.ingest(message(None, id=MessageId(f"u{count}")), moment())

    assert stored(made).coverage.base == 5


def test_a_message_before_the_base_is_stored_and_not_claimed() -> None:
    """SPEC.md S1: the coverage is about what is claimed alone."""
    made = session(1, 5, base=5)
    image = stored(made)

    assert image.coverage.known == ((5, 5),)
    assert session_from(ID, *rows(image)) == image


@pytest.mark.parametrize(
    ("coverage", "field"),
    [
        ("", ""),
        ("nonsense", ""),
        ("x:00000000:{}", ""),
        (coverage_row(Coverage(base=1, known=(), count=0))[:-1], ""),
        (sealed({"base": 1, "known": [], "count": 0}, ROW_VERSION + 1), ""),
        (sealed([]), ""),
        (sealed({"known": [], "count": 0}), "base"),
        (sealed({"base": 0, "known": [], "count": 0}), "base"),
        (sealed({"base": 1, "known": [[0, 1]], "count": 0}), "known.0.0"),
        (sealed({"base": 1, "known": [], "count": MAX_STORED + 1}), "count"),
        (sealed({"base": 1, "known": [], "count": 1}), "count"),
        (sealed({"base": 1, "known": [[1, 1]], "count": 0}), "known"),
        (sealed({"base": 1, "known": [], "count": 0, "voids": [[1, MAX_VOIDS + 1]]}), "voids"),
    ],
)
def test_a_damaged_coverage_row_is_named(coverage: str, field: str) -> None:
    """SPEC.md S2: version, checksum and every field are looked at."""
    with pytest.raises(RejectedPayload) as caught:
        session_from(ID, coverage, [])

    assert (caught.value.source, caught.value.field) == ("coverage", field)


def test_an_older_row_may_lack_what_came_later() -> None:
    """SPEC.md S9: what is absent has its default; what is unknown is ignored."""
    row = sealed({"base": 1, "known": [], "count": 0, "of_tomorrow": 1})

    assert coverage_from(row) == Coverage(base=1, known=(), count=0)


RECORD = {
    "id": "m1",
    "role": "user",
    "content": "",
    "status": "sent",
    "timestamp": 1.0,
    "sequence": 1,
}


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ("1:00000000:{}", ""),
        (sealed(RECORD, 9), ""),
        (sealed({**RECORD, "id": ""}), "id"),
        (sealed({**RECORD, "id": 7}), "id"),
        (sealed({**RECORD, "role": "king"}), "role"),
        (sealed({**RECORD, "sequence": 0}), "sequence"),
        (sealed({**RECORD, "sequence": 2**53}), "sequence"),
        (sealed({**RECORD, "sequence": "1"}), "sequence"),
        (sealed({**RECORD, "step": {"index": "x"}}), "step.index"),
    ],
)
def test_a_damaged_record_is_named_without_its_text(record: str, field: str) -> None:
    """SPEC.md S2, E2."""
    coverage = coverage_row(Coverage(base=1, known=((1, 1),), count=1))

    with pytest.raises(RejectedPayload) as caught:
        session_from(ID, coverage, [record])

    assert (caught.value.source, caught.value.field) == ("records", field)


def test_a_record_that_is_there_twice_is_damage() -> None:
    """SPEC.md S2."""
    coverage = coverage_row(Coverage(base=1, known=((1, 1),), count=2))

    with pytest.raises(RejectedPayload, match="twice"):
        session_from(ID, coverage, [sealed(RECORD), sealed(RECORD)])


def image(*sequences: int, voids: tuple[tuple[int, int], ...] = ()) -> SessionImage:
    """Return an image of messages, some numbers before which are believed empty."""
    made = stored(session(*sequences))
    return replace(made, coverage=made.coverage.model_copy(update={"voids": voids}))


def test_an_empty_transcript_is_filled() -> None:
    """SPEC.md S3: messages, base and numbers believed empty."""
    generation = Generation()
    transcript = generation.transcript

    assert fill(generation, image(1, 2, 5, voids=((2, 3),)))
    assert [one.id for one in transcript.newest_first()] == ["m5", "m2", "m1"]
    assert (transcript.base, transcript.holes(), list(transcript.voids)) == (1, [(4, 4)], [(3, 3)])


def test_numbering_and_change_go_on_where_they_were() -> None:
    """SPEC.md S3: epoch and position together, or not at all."""
    generation = Generation()
    made = stored(session(1))
    update = {"epoch": "e1", "rev": 7}

    assert fill(generation, replace(made, coverage=made.coverage.model_copy(update=update)))
    assert (generation.epoch, generation.changes.cursor) == ("e1", 7)


def test_only_what_was_looked_at_to_the_end_is_stored_as_empty() -> None:
    """SPEC.md S1, H4: the rest are holes again for the next engine."""
    made = session(1, 5)
    for number in (2, 3, 4):
        made.history.transcript.declare_void(number)
    made.history._proofs.unsettled[3] = 0.0
    made.history.generation.changes.begin(9)
    made.history.generation.epoch = "e1"

    coverage = stored(made).coverage

    assert coverage.voids == ((2, 2), (4, 4))
    assert (coverage.epoch, coverage.rev) == ("e1", 9)


def test_what_came_meanwhile_is_newer() -> None:
    """SPEC.md S3: a push that was faster than the disk stays."""
    generation = Generation()
    transcript = generation.transcript
    newer = message(2, content="newer")
    transcript.ingest(newer)

    assert fill(generation, image(1, 2))
    assert transcript.get(newer.id) == newer
    assert transcript.get(MessageId("m1")) is not None


def test_a_read_that_was_faster_is_truer() -> None:
    """SPEC.md S3: then nothing of the disk is used."""
    generation = Generation()
    transcript = generation.transcript
    transcript.claim_from(7)

    assert not fill(generation, image(1, 2))
    assert len(transcript) == 0


def test_what_is_of_another_numbering_is_not_used() -> None:
    """SPEC.md S3, I8: another message holds a number of what was stored."""
    generation = Generation()
    transcript = generation.transcript
    transcript.ingest(message(2, id=MessageId("other")))
    transcript.ingest(message(None, id=MessageId("unnumbered")))

    assert not fill(generation, image(1, 2))
    assert len(transcript) == 2


def test_a_number_the_server_gave_out_twice_is_shown_twice() -> None:
    """SPEC.md S3: as it was shown before."""
    made = stored(session(1))
    twin = message(1, id=MessageId("twin"))
    generation = Generation()
    transcript = generation.transcript

    assert fill(generation, replace(made, messages=(*made.messages, twin)))
    assert len(transcript) == 2

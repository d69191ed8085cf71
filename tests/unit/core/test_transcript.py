"""`core.transcript`: no duplicates, one order, holes known, whatever order facts come in."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import EPOCH, message
from threadline.core.model import ClientMessageId, Message, MessageError, MessageId
from threadline.core.push_events import MessageUpdated
from threadline.core.transcript import MAX_PARKED, STEP, Ingested, Transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

Fact = Message | MessageUpdated


def update(number: int, status: str, rev: int | None = None, **changes: object) -> MessageUpdated:
    """Return a change of the status of message `number`."""
    known = MessageUpdated(MessageId(f"m{number}"), status, None, None, None, rev)
    return replace(known, **changes)  # type: ignore[arg-type]


def bare(number: int, **changes: object) -> Message:
    """Return message `number` as told without its number."""
    return replace(message(number, **changes), sequence=None)


def tell(facts: Sequence[Fact]) -> Transcript:
    """Return a transcript that was told these facts, in this order."""
    transcript = Transcript()
    transcript.claim_from(1)
    for fact in facts:
        if isinstance(fact, Message):
            transcript.ingest(fact)
        else:
            transcript.update(fact)
    return transcript


def facts_of(number: int, versions: int, *, counted: bool) -> list[Fact]:
    """Return what a server may tell of one message over its life, whole and as updates."""
    statuses = ["sent", "running", "completed"][:versions]
    facts: list[Fact] = []
    for rev, status in enumerate(statuses, start=1):
        content = f"text {number}, version {rev}"
        known = rev if counted else None
        facts.append(message(number, content=content, status=status, rev=known))
        if counted:
            facts.append(update(number, status, rev, sequence=number))
    return facts


@st.composite
def lives(draw: st.DrawFn) -> list[Fact]:
    """Draw facts about a few messages, on a server that counts changes or does not."""
    counted = draw(st.booleans())
    numbers = draw(st.sets(st.integers(1, 12), max_size=8))
    return [
        fact
        for number in sorted(numbers)
        for fact in facts_of(number, draw(st.integers(1, 3)), counted=counted)
    ]


@given(lives(), st.data())
def test_order_and_repetition_of_facts_do_not_matter(
    facts: list[Fact], data: st.DataObject
) -> None:
    """sync.md 2.3: `ingest` is idempotent and commutative."""
    again = data.draw(st.lists(st.sampled_from(facts))) if facts else []
    shuffled = data.draw(st.permutations([*facts, *again]))

    straight, told = tell(facts), tell(shuffled)

    assert list(told.newest_first()) == list(straight.newest_first())
    assert told.holes() == straight.holes()
    assert told.contiguous == straight.contiguous


@given(lives(), st.data())
def test_what_is_shown_is_strictly_ordered_and_covered(
    facts: list[Fact], data: st.DataObject
) -> None:
    """sync.md S1, S2, S5: no id or number twice; known, holes and voids are base to highest."""
    transcript = tell(data.draw(st.permutations(facts)))
    for first, _ in transcript.holes()[::2]:
        transcript.declare_void(first)

    shown = transcript.window(100)
    numbers = [one.sequence or 0 for one in shown]

    assert all(one < other for one, other in pairwise(numbers))
    assert len({one.id for one in shown}) == len(shown) == len(transcript)
    parts = [*transcript.known, *transcript.voids, *transcript.holes()]
    covered = [number for first, last in parts for number in range(first, last + 1)]
    assert sorted(covered) == list(range(1, transcript.highest + 1))


def test_says_what_a_fact_did() -> None:
    """sync.md 2.3, rules 3, 5 and 6."""
    transcript = Transcript()

    outcomes = [
        transcript.ingest(message(1)),
        transcript.ingest(message(1)),
        transcript.ingest(message(1, status="completed")),
        transcript.ingest(message(1, status="pending")),
        transcript.ingest(message(1, id=MessageId("other"))),
    ]

    assert outcomes == [
        Ingested.NEW,
        Ingested.SAME,
        Ingested.CHANGED,
        Ingested.SAME,
        Ingested.CONTRADICTION,
    ]
    known = transcript.get(MessageId("m1"))
    assert known is not None
    assert known.status == "completed"


def test_versions_complete_each_other() -> None:
    """A fact that leaves something out does not take it away."""
    transcript = Transcript()
    mine = ClientMessageId("c1")
    transcript.ingest(bare(1, client_message_id=mine))
    transcript.ingest(message(1, rev=2))
    transcript.ingest(message(1, rev=2, content="the same change, told twice"))

    known = transcript.get(MessageId("m1"))

    assert known == message(1, rev=2, client_message_id=mine)
    assert transcript.holds_client_message(mine)
    assert not transcript.holds_client_message(ClientMessageId("c2"))


def test_an_older_version_can_be_put_back() -> None:
    """sync.md fault 52: the backup has the message, but not what was done to it since."""
    transcript = Transcript()
    transcript.ingest(message(1, rev=9, content="new"))
    transcript.update(MessageUpdated(MessageId("m1"), "failed", None, None, None, 10))

    transcript.put_back(message(1, rev=4, content="old"))

    assert transcript.window(9) == (message(1, rev=4, content="old"),)
    assert transcript.ingest(message(1, rev=5, content="next")) is Ingested.CHANGED


def test_a_number_given_twice_stays_covered_while_one_has_it() -> None:
    """sync.md fault 54: letting one of two go leaves no hole; letting both go a void."""
    transcript = Transcript()
    transcript.claim_from(1)
    first, second = message(1), message(1, id=MessageId("twin"))
    transcript.dispute(1)
    transcript.ingest(first)
    transcript.ingest(second)

    transcript.forget(second)
    assert (1 in transcript.known, 1 in transcript.voids) == (True, False)
    transcript.forget(first)
    assert (1 in transcript.known, 1 in transcript.voids) == (False, True)


def test_an_update_waits_for_its_message() -> None:
    """sync.md 2.3, rule 4: parked, and its number is a hole until the message comes."""
    transcript = Transcript()
    transcript.claim_from(1)

    transcript.update(update(2, "running", updated_at=EPOCH + 1))
    transcript.update(update(2, "failed", updated_at=EPOCH + 2, sequence=2))
    transcript.update(update(2, "running", updated_at=EPOCH))

    assert transcript.holes() == [(1, 2)]
    transcript.ingest(bare(2))
    known = transcript.get(MessageId("m2"))
    assert known == message(2, status="failed", updated_at=EPOCH + 2)


def test_an_update_that_is_behind_changes_nothing() -> None:
    """sync.md 2.3, rule 3: by change counter, else a status never goes back."""
    transcript = tell([message(1, status="completed"), message(2, status="sent", rev=7)])

    assert transcript.update(update(1, "running")) is Ingested.SAME
    assert transcript.update(update(2, "failed", 6)) is Ingested.SAME
    error = MessageError(message="no")
    assert transcript.update(update(1, "failed", error=error)) is Ingested.CHANGED


def test_an_update_does_not_hide_what_else_changed_with_it() -> None:
    """An update tells of the status alone; the whole with the same `rev` brings the text."""
    transcript = tell([message(1, rev=1, content="draft")])
    transcript.update(update(1, "completed", 3))
    transcript.ingest(message(1, rev=2, content="better"))
    before = transcript.get(MessageId("m1"))
    transcript.ingest(message(1, rev=3, content="done", status="completed"))

    assert before == message(1, rev=3, content="better", status="completed")
    assert transcript.get(MessageId("m1")) == message(1, rev=3, content="done", status="completed")


def test_only_so_many_updates_wait() -> None:
    """sync.md S13: the oldest goes."""
    transcript = Transcript()
    for number in range(1, MAX_PARKED + 2):
        transcript.update(update(number, "failed"))

    transcript.ingest(message(1))
    transcript.ingest(message(2))

    statuses = [one.status for one in transcript.window(2)]
    assert statuses == ["sent", "failed"]


def test_any_fact_revokes_a_void() -> None:
    """sync.md H5: a number believed empty is soft."""
    transcript = tell([message(1), message(4)])
    transcript.declare_void(2)
    transcript.declare_void(3)
    assert transcript.contiguous == 4

    transcript.reaches(2)
    assert transcript.holes() == []
    transcript.saw(2)
    transcript.ingest(message(3))

    assert transcript.holes() == [(2, 2)]
    assert list(transcript.voids) == []


def test_a_message_that_is_numbered_anew_leaves_a_hole() -> None:
    """sync.md S5: a number is covered only while a message bears it."""
    transcript = tell([message(1), message(2, rev=1)])

    transcript.ingest(replace(message(2, rev=2), sequence=3))

    assert transcript.holes() == [(2, 2)]


def test_a_disputed_number_shows_both_messages() -> None:
    """A server that gave a number out twice is shown as it is, instead of being read for ever."""
    transcript = tell([message(1), message(2)])
    other = message(2, id=MessageId("twin"))

    transcript.dispute(2)
    transcript.ingest(other)
    transcript.ingest(replace(other, status="completed"))
    transcript.ingest(message(2, status="completed"))

    assert [one.id for one in transcript.window(9)] == ["m1", "m2", "twin"]
    assert transcript.holes() == []


def test_a_parked_number_that_another_message_bears_is_a_contradiction() -> None:
    """sync.md 2.3, rule 5, also where the number came with an update."""
    transcript = tell([message(1)])
    transcript.update(update(9, "failed", sequence=1))

    assert transcript.ingest(bare(9)) is Ingested.CONTRADICTION


def test_tombstones_and_the_older_of_two_twins_are_not_shown() -> None:
    """sync.md E3 and O8: a tombstone keeps its place; one client id is drawn once."""
    mine = ClientMessageId("c1")
    twins = [message(3, client_message_id=mine), message(4, client_message_id=mine)]
    transcript = tell([message(1), message(2, deleted=True), *twins])

    assert [one.sequence for one in transcript.window(9)] == [1, 4]
    assert transcript.holes() == []


def test_a_window_moves_on_in_steps() -> None:
    """What is shown keeps its place in the window while some more come in."""
    transcript = tell([message(number) for number in range(1, 10 + STEP)])
    assert [one.sequence for one in transcript.window(10)] == list(range(1, 10 + STEP))

    transcript.ingest(message(10 + STEP))
    assert [one.sequence for one in transcript.window(10)] == list(range(STEP + 1, STEP + 11))

    transcript.ingest(message(10 + STEP, deleted=True, rev=2))
    assert [one.sequence for one in transcript.window(10)] == list(range(STEP, STEP + 10))


def test_without_a_base_nothing_is_missing() -> None:
    """sync.md 2.2: holes are claimed from the oldest number that was read."""
    transcript = Transcript()
    assert transcript.oldest() is None
    transcript.ingest(message(9))
    oldest = transcript.oldest()

    assert transcript.holes() == []
    assert transcript.contiguous == 0
    transcript.claim_from(8)
    transcript.claim_from(9)
    assert transcript.holes() == [(8, 8)]
    assert oldest is not None
    assert oldest.sequence == 9
    transcript.claim_only_from(9)
    assert transcript.holes() == []


def test_finds_the_time_below_a_number() -> None:
    """sync.md 2.6: the cursor of a server with times is a message's own time."""
    transcript = tell([message(2), message(5), message(None, id=MessageId("x"))])

    assert transcript.timestamp_below(1) is None
    assert transcript.timestamp_below(4) == EPOCH + 2
    assert transcript.timestamp_below(5) == EPOCH + 5


def test_the_whole_version_is_the_one_before_a_change_of_status() -> None:
    """What else changed with that `rev` is not here, so it must not be stored as if it were."""
    transcript = Transcript()
    first = message(1, rev=5)
    transcript.ingest(first)
    assert transcript.whole(first) is first

    transcript.update(update(1, "failed", rev=7))
    shown = transcript.get(first.id)
    assert shown is not None
    assert transcript.whole(shown) == first

    transcript.ingest(message(1, rev=7, status="failed", content="new words"))
    shown = transcript.get(first.id)
    assert shown is not None
    assert transcript.whole(shown) is shown


def test_what_is_older_than_all_that_is_claimed_is_left_out() -> None:
    """Unless a read of older pages brings it: it would stand alone, with unknown ones behind."""
    transcript = Transcript()
    transcript.claim_from(5)

    assert transcript.ingest(message(3)) is Ingested.SAME
    assert transcript.ingest(message(3), may_extend=True) is Ingested.NEW
    assert [one.id for one in transcript.window(9)] == ["m3"]


def test_missing_numbers_are_counted() -> None:
    """For the words of a gap."""
    transcript = tell([message(2), message(5)])

    assert transcript.holes() == [(1, 1), (3, 4)]
    assert transcript.missing_count == 3


def test_a_number_is_below_the_newest_messages() -> None:
    """Numbers that were never used are no messages."""
    transcript = tell([message(number) for number in (1, 2, 3, 5, 6)])
    transcript.declare_void(4)

    assert transcript.below_newest(6) == 0
    assert transcript.below_newest(2) == 4
    assert transcript.below_newest(3) == 2
    assert transcript.below_newest(1) == 5


def test_a_message_is_found_by_its_key_on_screen() -> None:
    """ux.md B6: an own text by the client's id, where the newer of two twins is the one shown."""
    mine = ClientMessageId("c1")
    older, newer = (message(number, client_message_id=mine) for number in (2, 3))
    transcript = tell([message(1), older, newer, message(4)])

    assert [transcript.by_key(key) for key in ("m1", "c1", "gone")] == [message(1), newer, None]
    assert [transcript.depth(key) for key in ("m1", "c1", "gone")] == [4, 2, None]


def test_a_message_is_found_by_its_distance_from_the_end() -> None:
    """SPEC.md V4: with which one a window begins, where it is longer than the list as well."""
    transcript = tell([message(1), message(2), message(3)])

    found = [transcript.at_depth(depth) for depth in (1, 3, 100)]

    assert found == [message(3), message(1), message(1)]
    assert Transcript().at_depth(1) is None

"""`core.saving`: what is on disk, and when what changed is written."""

from __future__ import annotations

import pytest

from tests.support.builders import EPOCH, message, moment
from tests.support.saving_desk import DB, ONE, TWO, Desk, row
from threadline.core.effects import DropSessions, EraseStore, LoadSession, OpenStore, SaveSession
from threadline.core.model import MessageId, SessionId
from threadline.core.saving import SAVE_DELAY
from threadline.core.session import Session
from threadline.core.session_view import StorageHealth
from threadline.core.stored_index import MAX_STORED_MESSAGES, MAX_STORED_SESSIONS
from threadline.core.stored_session import Coverage, coverage_from, coverage_row, record_row


@pytest.fixture
def desk() -> Desk:
    """Return a desk with one session of two messages, whose database is open and empty."""
    desk = Desk()
    desk.session(ONE, 1, 2)
    desk.open()
    desk.load()
    return desk


def test_nothing_is_read_or_written_before_it_is_known_whose_it_is() -> None:
    """SPEC.md S11."""
    desk = Desk()
    desk.session(ONE, 1)

    assert desk.begin(1.0) == []
    assert desk.saving.next_deadline() is None
    assert desk.saving.erase() == []
    assert desk.saving.is_clean(ONE)


def test_a_session_is_read_before_it_is_written(desk: Desk) -> None:
    """SPEC.md S1, S3: also while the database is being opened."""
    fresh = Desk()
    fresh.session(ONE, 1)
    (opening,) = fresh.saving.open(DB, 0.0)
    (load,) = fresh.begin()

    assert load == LoadSession(2, DB, ONE)
    assert not fresh.saving.is_clean(ONE)
    assert fresh.begin(1.0) == []
    assert isinstance(opening, OpenStore)


def test_the_first_save_is_whole_and_the_next_holds_what_changed(desk: Desk) -> None:
    """SPEC.md S4: new, changed and removed messages, and the coverage; nothing else."""
    first = desk.save()
    assert first.is_whole
    assert [key for key, _ in first.records] == ["m1", "m2"]
    assert coverage_from(first.coverage) == Coverage(
        base=1, known=((1, 2),), count=2, updated_at=EPOCH + 2
    )
    desk.saved(first)
    assert desk.begin() == []

    changed = message(2, status="completed")
    desk.sessions[ONE].ingest(changed, moment())
    desk.sessions[ONE].ingest(message(3), moment())
    second = desk.save()

    assert not second.is_whole
    assert second.records == (
        ("m2", record_row(changed)),
        ("m3", record_row(message(3))),
    )
    assert second.removed == ()
    assert coverage_from(second.coverage).known == ((1, 3),)


def test_a_burst_is_one_save(desk: Desk) -> None:
    """SPEC.md S4: a change waits for at most `SAVE_DELAY`."""
    desk.saved(desk.save())
    session = desk.sessions[ONE]
    session.ingest(message(3), moment())
    assert desk.begin() == []
    assert desk.saving.next_deadline() == desk.now + SAVE_DELAY
    session.ingest(message(4), moment())
    assert desk.begin(SAVE_DELAY / 2) == []

    (order,) = desk.begin(SAVE_DELAY / 2)

    assert isinstance(order, SaveSession)
    assert len(order.records) == 2


def test_what_is_due_waits_while_something_is_to_be_shown(desk: Desk) -> None:
    """SPEC.md S4: the write is made by the next turn that may, whose time has come already."""
    desk.saved(desk.save())
    desk.sessions[ONE].ingest(message(3), moment())
    desk.begin()
    desk.now += SAVE_DELAY

    assert desk.saving.begin(desk.sessions, desk.now, may_write=False) == []
    assert desk.saving.next_deadline() == desk.now
    (order,) = desk.begin()
    assert isinstance(order, SaveSession)


def test_one_save_of_a_session_is_under_way(desk: Desk) -> None:
    """SPEC.md S4: what changes meanwhile is written by the next."""
    first = desk.save()
    desk.sessions[ONE].ingest(message(3), moment())

    assert desk.begin(1.0) == []
    assert not desk.saving.is_clean(ONE)
    desk.saved(first)
    assert [key for key, _ in desk.save().records] == ["m3"]


def test_what_did_not_change_is_not_written(desk: Desk) -> None:
    """SPEC.md S4: a change of what is shown alone, such as a hole, moves no row."""
    desk.saved(desk.save())
    desk.sessions[ONE].history.transcript.version += 1

    assert desk.begin() == []
    assert desk.begin(SAVE_DELAY) == []
    assert desk.saving.is_clean(ONE)


def test_what_claims_nothing_is_not_written() -> None:
    """SPEC.md S1: a session of which only pushes came in."""
    desk = Desk()
    desk.sessions[ONE] = Session(ONE, lambda: 0.0)
    desk.open()
    desk.load()

    assert desk.begin() == []
    assert desk.begin(SAVE_DELAY) == []


def test_of_another_numbering_the_old_rows_go(desk: Desk) -> None:
    """SPEC.md S1, I8: in the same transaction."""
    desk.saved(desk.save())
    desk.session(ONE, 2, 3)

    order = desk.save()

    assert order.removed == ("m1",)
    assert [key for key, _ in order.records] == ["m2", "m3"]


def test_what_was_loaded_is_not_written_again() -> None:
    """SPEC.md S4."""
    before = [message(1), message(2)]
    coverage = coverage_row(Coverage(base=1, known=((1, 2),), count=2, updated_at=EPOCH + 2))
    desk = Desk()
    session = desk.sessions[ONE] = Session(ONE, lambda: 0.0)
    desk.open((ONE, coverage))
    (load,) = desk.begin()
    assert isinstance(load, LoadSession)
    image, fault, effects = desk.saving.loaded(
        load.question, coverage, [record_row(one) for one in before], desk.now
    )
    assert image is not None
    assert (fault, effects) == (None, [])
    for one in image.messages:
        session.ingest(one, moment())
    session.history.transcript.claim_from(1)

    assert desk.begin() == []
    assert desk.begin(SAVE_DELAY) == []
    session.ingest(message(3), moment())
    assert [key for key, _ in desk.save().records] == ["m3"]


@pytest.mark.parametrize("answer", ["opened", "loaded", "saved", "failed"])
def test_an_answer_that_nobody_waits_for_changes_nothing(desk: Desk, answer: str) -> None:
    """SPEC.md C7."""
    saving = desk.saving
    match answer:
        case "opened":
            assert saving.opened(99, [(ONE, "nonsense")], 0.0, is_newer=True) == []
        case "loaded":
            assert saving.loaded(99, None, [], 0.0) == (None, None, [])
        case "saved":
            assert saving.saved(99, [], 0.0) == []
        case _:
            assert desk.fail(99, "quota") == []
    assert saving.health is StorageHealth.SAVED
    assert desk.save().is_whole


def test_the_disk_holds_so_many_sessions() -> None:
    """SPEC.md S6: the one that was viewed longest ago goes first, those in use never."""
    desk = Desk()
    rows = [(SessionId(f"o{number}"), row(viewed=number)) for number in range(MAX_STORED_SESSIONS)]
    desk.open(*rows)
    desk.session(SessionId("o0"), 1)
    desk.load(None)
    desk.session(ONE, 1)
    desk.load(None)
    desk.begin()
    first, second = [one for one in desk.begin(SAVE_DELAY) if isinstance(one, SaveSession)]
    desk.saved(first)

    (drop,) = desk.saving.saved(second.question, [SessionId("o0")], desk.now)

    assert isinstance(drop, DropSessions)
    assert drop.sessions == ("o1",)


def test_the_disk_holds_so_many_messages() -> None:
    """SPEC.md S6: counted over all sessions."""
    desk = Desk()
    each = MAX_STORED_MESSAGES // 20
    rows = [(SessionId(f"o{number}"), row(each, viewed=number)) for number in range(20)]
    desk.open(*rows)
    desk.session(ONE, 1)
    desk.load()

    (drop,) = desk.saved(desk.save())

    assert isinstance(drop, DropSessions)
    assert drop.sessions == ("o0",)


def test_what_is_let_go_from_disk_is_written_as_a_whole_when_it_changes() -> None:
    """SPEC.md S1, S6: a session may be in memory whose rows went."""
    desk = Desk()
    one, two = desk.session(ONE, 1), desk.session(TWO, 1)
    desk.open()
    desk.load()
    desk.begin()
    for order in desk.begin(SAVE_DELAY):
        assert isinstance(order, SaveSession)
        desk.saved(order)
    one.ingest(message(2), moment())
    desk.fail(desk.save().question, "quota")
    (again,) = desk.begin()
    assert isinstance(again, SaveSession)
    desk.saved(again)

    two.ingest(message(2), moment())

    assert desk.save().is_whole


def test_what_is_being_written_is_not_let_go() -> None:
    """SPEC.md S1: else its coverage would be there without its records."""
    desk = Desk()
    desk.session(ONE, 1)
    desk.session(TWO, 1)
    desk.open((TWO, row()))
    desk.load(None)
    desk.begin()
    first, second = desk.begin(SAVE_DELAY)
    assert isinstance(first, SaveSession)
    assert isinstance(second, SaveSession)

    assert desk.fail(first.question, "quota") == []
    assert desk.health is StorageHealth.FULL


def test_a_viewing_is_later_than_all_before_it() -> None:
    """SPEC.md S6: also one from before the database was open."""
    desk = Desk()
    desk.session(ONE, 1)
    desk.saving.index.view(ONE)
    desk.open((TWO, row(viewed=7)))
    desk.load()
    order = desk.save()
    assert coverage_from(order.coverage).viewed == 8
    desk.saved(order)

    desk.saving.index.view(ONE)

    assert coverage_from(desk.save().coverage).viewed == 9


def test_another_account_begins_with_nothing(desk: Desk) -> None:
    """SPEC.md S11: what is not written yet is written, then all is forgotten."""
    desk.begin()

    (order,) = desk.saving.close(desk.sessions, desk.now)

    assert isinstance(order, SaveSession)
    assert desk.saved(order) == []
    assert (desk.saving.database, desk.saving.next_deadline()) == (None, None)
    desk.sessions.clear()
    desk.session(TWO, 1)
    desk.open()
    desk.load()
    assert desk.save().session_id == TWO


def test_a_session_that_left_memory_is_read_again(desk: Desk) -> None:
    """sync.md V2: 20 sessions in memory, the rest on disk."""
    order = desk.save()
    del desk.sessions[ONE]
    desk.saving.forget(ONE)
    desk.saved(order)
    desk.saving.forget(ONE)
    desk.session(ONE)

    (load,) = desk.begin()

    assert isinstance(load, LoadSession)


def test_a_change_of_a_session_that_left_memory_is_dropped(desk: Desk) -> None:
    """A save that is due has nothing to write any more."""
    desk.begin()
    del desk.sessions[ONE]

    assert desk.begin(SAVE_DELAY) == []


def test_erasing_deletes_the_database_and_uses_none(desk: Desk) -> None:
    """SPEC.md S12."""
    desk.saved(desk.save())

    assert desk.saving.erase() == [EraseStore(DB)]
    desk.sessions[ONE].ingest(message(3, id=MessageId("later")), moment())
    assert desk.begin(1.0) == []


def test_a_session_that_is_removed_goes_from_disk(desk: Desk) -> None:
    """Ux.md S6: also while it is being written, or before the database is open."""
    order = desk.save()
    del desk.sessions[ONE]
    desk.saving.forget(ONE)
    (drop,) = desk.saving.drop([ONE], desk.now)
    assert isinstance(drop, DropSessions)
    desk.saved(order)

    assert desk.saving.index.longest_ago(set()) == []
    assert Desk().saving.drop([ONE], 0.0) == []

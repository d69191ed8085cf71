"""`core.saving` on a disk that fails, fills up, is deleted, damaged or of a newer version."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.saving_desk import DB, ONE, TWO, Desk, row
from threadline.core.effects import DropSessions, LoadSession, OpenStore, SaveSession
from threadline.core.model import SessionId
from threadline.core.saving import ANSWER_LIMIT, RETRY_PAUSE, SAVE_DELAY
from threadline.core.session_view import StorageHealth


@pytest.fixture
def desk() -> Desk:
    """Return a desk with one session of two messages, whose database is open and empty."""
    desk = Desk()
    desk.session(ONE, 1, 2)
    desk.open()
    desk.load()
    return desk


def test_damaged_rows_go_and_the_session_is_written_as_a_whole() -> None:
    """SPEC.md S2: that session alone."""
    desk = Desk()
    desk.session(ONE, 1)
    desk.open((ONE, row()))
    (load,) = desk.begin()
    assert isinstance(load, LoadSession)

    image, fault, effects = desk.saving.loaded(load.question, row(), ["nonsense"], desk.now)

    assert image is None
    assert fault is not None
    assert "records" in fault
    assert effects == [DropSessions(load.question + 1, DB, (ONE,))]
    assert desk.save().is_whole


def test_a_damaged_coverage_row_is_found_when_the_database_is_opened() -> None:
    """SPEC.md S2: it would otherwise never be looked at again."""
    desk = Desk()
    effects = desk.open((ONE, "nonsense"), (TWO, row()))

    assert effects == [DropSessions(2, DB, (ONE,))]


def test_a_write_that_fails_once_is_tried_again(desk: Desk) -> None:
    """SPEC.md S8."""
    first = desk.save()
    assert desk.fail(first.question, "failed") == []
    second = desk.save()

    assert second == replace(first, question=second.question)
    assert desk.health is StorageHealth.SAVED


def test_a_write_that_fails_twice_leaves_memory_alone_for_a_while(desk: Desk) -> None:
    """SPEC.md S8: nothing is lost but the cache; a minute later all is written."""
    desk.fail(desk.save().question, "failed")
    desk.fail(desk.save().question, "failed")

    assert desk.health is StorageHealth.FAILING
    assert desk.begin(SAVE_DELAY) == []
    assert desk.saving.next_deadline() == pytest.approx(desk.now - SAVE_DELAY + RETRY_PAUSE)
    assert desk.saving.is_clean(ONE)  # it may be let go all the same
    desk.session(TWO, 1)
    assert desk.begin() == []  # and what is new is not looked for

    (opening,) = desk.begin(RETRY_PAUSE)
    assert isinstance(opening, OpenStore)
    desk.saving.opened(opening.question, [], desk.now, is_newer=False)
    orders = [*desk.begin(), *desk.begin(SAVE_DELAY)]

    assert desk.saving.health.value == "saved"
    assert {one.session_id for one in orders if isinstance(one, SaveSession)} == {ONE, TWO}


def test_a_write_that_hangs_counts_as_failed(desk: Desk) -> None:
    """SPEC.md S8: and its late answer is an answer to nothing."""
    order = desk.save()
    assert desk.saving.next_deadline() == desk.now + ANSWER_LIMIT
    assert desk.begin(ANSWER_LIMIT) == []

    assert desk.health is StorageHealth.FAILING
    assert desk.saved(order) == []
    assert desk.health is StorageHealth.FAILING


def test_a_database_that_does_not_open_is_tried_once_more() -> None:
    """SPEC.md S8."""
    desk = Desk()
    (first,) = desk.saving.open(DB, 0.0)
    assert isinstance(first, OpenStore)
    (second,) = desk.fail(first.question, "failed")
    assert isinstance(second, OpenStore)

    assert desk.fail(second.question, "failed") == []
    assert desk.health is StorageHealth.FAILING


def test_a_load_that_fails_is_as_if_nothing_were_there() -> None:
    """SPEC.md S8: the session is read from the server anyhow, and written as a whole."""
    desk = Desk()
    desk.session(ONE, 1)
    desk.open()
    (load,) = desk.begin()
    assert isinstance(load, LoadSession)

    assert desk.fail(load.question, "failed") == []
    assert desk.save().is_whole


def test_rows_that_could_not_be_dropped_harm_nobody() -> None:
    """SPEC.md S8."""
    desk = Desk()
    (drop,) = desk.open((ONE, "nonsense"))
    assert isinstance(drop, DropSessions)

    assert desk.fail(drop.question, "failed") == []
    assert desk.health is StorageHealth.SAVED


def test_without_room_what_was_viewed_longest_ago_goes() -> None:
    """SPEC.md S7: half of it, then the save is tried once more."""
    desk = Desk()
    desk.session(ONE, 1)
    others = [SessionId(f"o{number}") for number in range(3)]
    desk.open(*((one, row(viewed=9 - at)) for at, one in enumerate(others)))
    desk.load()
    order = desk.save()

    (drop,) = desk.fail(order.question, "quota")
    assert drop == DropSessions(order.question + 1, DB, (others[2], others[1]))
    (again,) = desk.begin()
    assert isinstance(again, SaveSession)
    desk.saved(again)

    assert desk.health is StorageHealth.SAVED


def test_without_room_after_that_memory_is_left_alone() -> None:
    """SPEC.md S7: and the person is told."""
    desk = Desk()
    desk.session(ONE, 1)
    desk.open((TWO, row()))
    desk.load()
    desk.fail(desk.save().question, "quota")
    (again,) = desk.begin()
    assert isinstance(again, SaveSession)
    assert desk.fail(again.question, "quota") == []

    assert desk.health is StorageHealth.FULL


def test_without_room_and_with_nothing_to_let_go_memory_is_left_alone(desk: Desk) -> None:
    """SPEC.md S7: what is on show is not thrown away for what is on show."""
    desk.fail(desk.save().question, "quota")

    assert desk.health is StorageHealth.FULL


def test_a_database_that_is_gone_is_made_anew(desk: Desk) -> None:
    """SPEC.md S10: everything in memory is written into it as a whole."""
    desk.saved(desk.save())

    (opening,) = desk.saving.lost(DB, desk.now)
    assert isinstance(opening, OpenStore)
    assert desk.begin(1.0) == []
    desk.saving.opened(opening.question, [], desk.now, is_newer=False)
    (order,) = desk.begin(SAVE_DELAY)

    assert isinstance(order, SaveSession)
    assert order.is_whole
    assert len(order.records) == 2


def test_that_a_database_is_gone_may_be_found_by_a_write(desk: Desk) -> None:
    """SPEC.md S10: a part of a session is never written into an empty database."""
    (opening,) = desk.fail(desk.save().question, "lost")
    assert isinstance(opening, OpenStore)
    desk.saving.opened(opening.question, [], desk.now, is_newer=False)

    assert desk.save().is_whole
    assert desk.saving.lost("another", desk.now) == []


def test_that_a_database_is_gone_may_be_found_by_a_read() -> None:
    """SPEC.md S10."""
    desk = Desk()
    desk.session(ONE, 1)
    desk.open()
    (load,) = desk.begin()
    assert isinstance(load, LoadSession)

    (opening,) = desk.fail(load.question, "lost")

    assert isinstance(opening, OpenStore)


def test_what_a_newer_version_made_is_read_and_not_written() -> None:
    """SPEC.md S9: not even to remove what cannot be understood."""
    desk = Desk()
    desk.session(ONE, 1)
    effects = desk.open((TWO, "9:00000000:{}"), is_newer=True)
    assert effects == []
    desk.load()

    assert desk.begin() == []
    assert desk.begin(1.0) == []
    assert desk.saving.next_deadline() is None
    assert desk.saving.is_clean(ONE)
    assert desk.health is StorageHealth.NEWER


def test_a_failed_save_of_a_session_that_left_memory_is_nothing(desk: Desk) -> None:
    """Nothing of it can be written again."""
    order = desk.save()
    desk.saving.forget(ONE)

    assert desk.fail(order.question, "failed") == []

"""`core.history` on what an earlier engine stored."""

from __future__ import annotations

import pytest

from tests.support.builders import message
from tests.support.history_pages import loaded_history
from threadline.core.history import History
from threadline.core.model import SessionId
from threadline.core.session import Session
from threadline.core.session_view import Loading
from threadline.core.stored_session import SessionImage, image_of


@pytest.fixture
def loaded() -> History:
    """Return a history of the messages 101 to 150, read at second 0."""
    return loaded_history()


def stored(history: History) -> SessionImage:
    """Return what is stored of a history."""
    session = Session(SessionId("s1"), lambda: 0.0)
    session.history = history
    image = image_of(session, 1)
    assert image is not None
    return image


def test_what_was_stored_is_shown_and_checked_from_below_its_end(loaded: History) -> None:
    """SPEC.md S3: not the newest page is read, but what may have changed since."""
    after = History(lambda: 0.0)
    after.open(0.0)

    assert after.restore(stored(loaded), 0.0)
    assert len(after.transcript) == 50
    assert after.loading.has_older
    assert after.loading.state is Loading.LOADING
    assert after.generation.transcript is after.transcript
    assert list(after.unsettled) == []
    read = after.next_read(0.0)
    assert read is not None
    query = read.query
    assert query.since is not None or query.after is not None


def test_the_next_engine_reads_from_where_the_last_one_would_have(loaded: History) -> None:
    """SPEC.md H3: a change that was not looked for yet may have grown old."""
    loaded.generation.reread_from = 120
    for number in range(151, 221):
        loaded.ingest(message(number), 1.0)
    image = stored(loaded)
    after = History(lambda: 0.0)

    assert image.coverage.reread_from == 120
    assert after.restore(image, 2.0)
    read = after.next_read(2.0)
    assert read is not None
    assert read.floor == 120


def test_what_was_stored_is_not_used_where_a_read_was_faster(loaded: History) -> None:
    """SPEC.md S3."""
    image = stored(loaded)
    loaded.ingest(message(151), 1.0)

    assert not loaded.restore(image, 1.0)
    assert len(loaded.transcript) == 51

"""`threadline.core.history`: the oldest message that is here."""

from __future__ import annotations

import pytest

from tests.support.builders import EPOCH
from tests.support.model_session import ModelServer, Reader


@pytest.mark.parametrize("is_numbered", [False, True])
def test_the_oldest_message_can_be_gone_too(is_numbered: bool) -> None:
    """SPEC.md H13: a read by time claims the message that it begins at."""
    server = ModelServer(is_numbered)
    for number in range(5):
        server.store(EPOCH + number)
    reader = Reader(server)
    reader.history.open(0.0)
    reader.run(5.0)

    gone = server.rows[0]
    server.delete(0)
    reader.history.catch_up(reader.now)
    reader.run(60.0)

    assert reader.history.transcript.get(gone.id) is None
    reader.check_equal()

"""`threadline.core.history`: the oldest message that is here."""

from __future__ import annotations

from tests.support.builders import EPOCH
from tests.support.model_session import ModelServer, Reader


def test_the_oldest_message_can_be_gone_too() -> None:
    """SPEC.md H13: with numbers; a read by time does not claim the message that it begins at."""
    server = ModelServer(True)
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

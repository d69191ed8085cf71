"""The server's own part: publishing and ending, without a port."""

from tests.support.asynchronous import asynchronous
from threadline_backend.embedded.connection import End
from threadline_backend.embedded.limits import Limits
from threadline_backend.embedded.server import EmbeddedPusher


def _pusher() -> EmbeddedPusher:
    return EmbeddedPusher("1", "key", "secret", ["*"], Limits())


@asynchronous
async def test_publishing_to_nobody_is_nothing() -> None:
    """Not even written down."""
    pusher = _pusher()
    await pusher.publish("channel", "event", object())
    assert pusher.counts() == (0, {})


@asynchronous
async def test_there_is_nothing_to_end_or_to_send_to() -> None:
    """Counts of zero."""
    pusher = _pusher()
    assert pusher.end_all(End(4200)) == 0
    assert pusher.send_raw("x") == 0

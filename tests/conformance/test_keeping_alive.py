"""B48-B55: silence, pings, and the network's own word."""

from __future__ import annotations

import pytest

from tests.support.builders import frame, published
from tests.support.pusher_line import Line
from threadline.core.connection import Phase


def test_b048_silence_is_asked_about_once() -> None:
    """Not a millisecond before, and exactly one ping."""
    line = Line("s1")
    line.join()

    line.advance(19.999)
    assert line.sent == []
    line.advance(0.001)
    line.advance(9.9)

    assert line.sent == ["pusher:ping"]


@pytest.mark.parametrize(("server", "limit"), [(120, 20.0), (20, 20.0), (7, 7.0)])
def test_b049_the_shorter_limit_counts(server: float, limit: float) -> None:
    """Ours or the server's."""
    line = Line("s1")
    line.greet(server)

    assert line.client.next_deadline() == limit


@pytest.mark.parametrize(
    "answer", [frame("pusher:pong"), published("new_message", {}), frame("pusher:ping"), "nonsense"]
)
def test_b050_any_frame_is_the_answer(answer: str) -> None:
    """It ends the wait for the pong, and the silence begins anew."""
    line = Line("s1")
    line.join()
    line.advance(25.0)
    assert line.sent == ["pusher:ping"]

    line.hear(answer)

    assert line.client.next_deadline() == 45.0


def test_b051_no_answer_costs_the_socket() -> None:
    """Ours: it is closed and the next comes after a second with jitter, as after any loss."""
    line = Line("s1")
    line.join()

    line.advance(30.0)

    assert line.closed == [(1, 3000)]
    assert line.words == "the push server stopped answering"
    assert (line.phase(), line.client.next_attempt_at) == (Phase.WAITING, 31.0)


@pytest.mark.parametrize("server", [120, 7, 1])
def test_b052_the_time_for_an_answer_is_ours(server: float) -> None:
    """Ten seconds, whatever the server says of its own limits."""
    line = Line("s1")
    line.greet(server)
    line.sign()
    line.advance(server if server < 20 else 20.0)
    assert "pusher:ping" in line.sent

    line.advance(9.9)
    assert line.closed == []
    line.advance(0.1)

    assert line.closed == [(1, 3000)]


def test_b053_a_ping_is_answered_with_one_pong() -> None:
    """At once, with an empty object."""
    line = Line("s1")
    line.join()

    line.hear(frame("pusher:ping"))

    assert line.frames == [{"event": "pusher:pong", "data": {}}]


def test_b054_when_the_network_goes_the_line_is_asked_at_once() -> None:
    """Ours: five seconds for any frame, not thirty; a line that answers is kept."""
    dead, alive = Line("s1"), Line("s1")
    for line in (dead, alive):
        line.join()
        line.advance(3.0)
        line.probe()
        assert line.sent == ["pusher:ping"]

    alive.hear(frame("pusher:pong"))
    for line in (dead, alive):
        line.advance(5.0)

    assert (dead.phase(), alive.phase()) == (Phase.WAITING, Phase.LIVE)


@pytest.mark.parametrize("failures", [1, 8])
def test_b055_when_the_network_is_back_a_new_attempt_is_made_at_once(failures: int) -> None:
    """While retrying and while polling; a burst of such news makes one."""
    line = Line("s1")
    for _ in range(failures - 1):
        line.lose()
        line.next_attempt()
    line.lose()
    line.advance(0.5)
    known = len(line.opened)

    for _ in range(5):
        line.probe()

    assert line.opened[known:] == [line.now]


def test_b055_on_a_line_that_seems_live_it_is_tested() -> None:
    """Ours: pusher-js does nothing there, and waits half a minute for its pong."""
    line = Line("s1")
    line.join()

    line.probe()

    assert line.sent == ["pusher:ping"]
    assert line.client.next_deadline() == 5.0

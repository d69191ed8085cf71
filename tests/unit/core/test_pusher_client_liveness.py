"""Is the line alive? What the client does about silence, pings, and waking up."""

from __future__ import annotations

import pytest

from tests.support.builders import frame, joined, published
from tests.support.pusher_line import Line
from threadline.core.connection import Phase


def test_silence_is_asked_about_once() -> None:
    """B48: exactly one ping after 20 s, and not a moment earlier."""
    line = Line("s1")
    line.join()

    line.advance(19.99)
    assert line.sent == []
    line.advance(5.0)

    assert line.sent == ["pusher:ping"]


@pytest.mark.parametrize(("told", "limit"), [(120.0, 20.0), (7.0, 7.0), (20.0, 20.0)])
def test_the_smaller_of_both_limits_counts(told: float, limit: float) -> None:
    """B49: ours, the server's, and equal ones."""
    line = Line("s1")

    line.greet(told)

    assert line.client.next_deadline() == limit


@pytest.mark.parametrize(
    "sign_of_life", [frame("pusher:pong"), published("mood", {}), frame("x"), "{}"]
)
def test_any_frame_is_life(sign_of_life: str) -> None:
    """B50, SPEC.md C8: not only a pong; the silence begins anew."""
    line = Line("s1")
    line.join()
    line.advance(25.0)

    line.hear(sign_of_life)
    line.advance(19.9)

    assert line.phase() is Phase.LIVE
    assert line.sent == ["pusher:ping"]


def test_our_own_sends_are_no_sign_of_life() -> None:
    """SPEC.md C8: a half-open socket takes them too."""
    line = Line("s1")
    line.join()
    line.advance(15.0)

    line.want("s2")
    line.sign("s2")
    line.forget()
    line.advance(5.0)

    assert line.sent == ["pusher:ping"]


def test_an_unanswered_ping_costs_the_socket() -> None:
    """B51: after ten seconds it is closed, and the way back begins."""
    line = Line("s1")
    line.join()

    line.advance(29.9)
    assert line.closed == []
    line.advance(0.1)

    assert line.closed == [(1, 3000)]
    assert (line.phase(), line.client.next_attempt_at) == (Phase.WAITING, 31.0)
    assert line.words == "the push server stopped answering"


def test_the_server_does_not_set_our_patience() -> None:
    """B52: its activity timeout shortens the silence, not the wait for the answer."""
    line = Line("s1")
    line.greet(7.0)
    line.sign()
    line.hear(joined())
    line.forget()

    line.advance(16.9)
    assert line.sent == ["pusher:ping"]
    assert line.closed == []
    line.advance(0.1)

    assert line.closed == [(1, 3000)]


def test_a_ping_is_answered() -> None:
    """B53: one pong, with an empty object."""
    line = Line("s1")
    line.join()

    line.hear(frame("pusher:ping", {}))

    assert line.frames == [{"event": "pusher:pong", "data": {}}]


def test_waking_up_tests_the_line_at_once() -> None:
    """B54, SPEC.md C8: a ping now, five seconds for any frame, else a new socket."""
    line = Line("s1")
    line.join()
    line.advance(3.0)

    line.probe()
    assert line.sent == ["pusher:ping"]
    line.advance(5.0)

    assert line.closed == [(1, 3000)]
    assert line.phase() is Phase.WAITING


def test_a_second_wake_up_sends_no_second_ping() -> None:
    """One question is enough; the earlier deadline stays."""
    line = Line("s1")
    line.join()

    line.probe()
    line.advance(2.0)
    line.probe()
    line.advance(2.9)
    assert line.closed == []
    line.advance(0.1)

    assert line.sent == ["pusher:ping"]
    assert line.closed == [(1, 3000)]


def test_a_line_that_answers_survives_the_wake_up() -> None:
    """No socket is lost for having slept."""
    line = Line("s1")
    line.join()
    line.probe()
    line.advance(1.0)

    line.hear(frame("pusher:pong"))
    line.advance(10.0)

    assert (line.phase(), line.opened) == (Phase.LIVE, [0.0])


def test_a_lost_line_has_no_liveness_timers() -> None:
    """B38: the only deadline is the next attempt."""
    line = Line("s1")
    line.join()
    line.advance(5.0)

    line.lose()

    assert line.client.next_deadline() == line.client.next_attempt_at == 6.0


def test_a_timer_that_rings_early_does_nothing() -> None:
    """SPEC.md C12: a browser's timer may ring a hair early, and is armed again."""
    line = Line("s1")
    line.join()

    line.client.tick(19.999)
    line.drain()

    assert line.sent == []
    assert line.client.next_deadline() == 20.0


def test_when_the_server_was_last_heard_is_known() -> None:
    """Any frame of the socket in use counts."""
    line = Line("s1")
    assert line.client.heard_at is None
    line.now = 4.0

    line.greet()

    assert line.client.heard_at == 4.0

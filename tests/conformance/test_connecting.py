"""B8-B19: from nothing to a greeted socket, and what fails on the way."""

from __future__ import annotations

from tests.support.builders import greeting
from tests.support.pusher_line import Line
from threadline.core.connection import Phase
from threadline.core.notices import StateChanged


def test_b008_wanting_something_opens_one_socket() -> None:
    """It is told, and one socket is asked for."""
    line = Line("s1")

    assert (line.phase(), line.opened) == (Phase.OPENING, [0.0])
    assert line.notices.count(StateChanged()) == 1


def test_b009_wanting_it_again_opens_no_other() -> None:
    """Neither while connecting nor when joined, nor if the person insists."""
    line = Line("s1")
    line.want("s1")
    line.client.reconnect(line.now)
    line.join()
    line.want("s1", "s2")
    line.client.reconnect(line.now)
    line.drain()

    assert line.opened == [0.0]


def test_b011_without_a_greeting_in_ten_seconds_it_is_told_once_and_goes_on() -> None:
    """Ours: the slow socket is given up for a new one, so that one slow try cannot hold us."""
    line = Line("s1")
    line.advance(9.99)
    line.forget()

    line.advance(0.01)
    assert line.notices.count(StateChanged()) == 1
    assert line.words == "the push server did not answer within 10 s"
    line.advance(1.0)

    assert (line.closed, line.opened) == ([(1, 3000)], [0.0, 11.0])


def test_b012_the_greeting_ends_the_limit_on_connecting() -> None:
    """Nothing happens when its ten seconds are over."""
    line = Line("s1")
    line.now = 9.0

    line.join()
    line.advance(1.5)

    assert (line.phase(), line.closed) == (Phase.LIVE, [])


def test_b013_from_polling_it_becomes_live() -> None:
    """The tries in the background are as good as the first."""
    line = Line("s1")
    for _ in range(6):
        line.lose()
        line.next_attempt()
    assert line.phase() is Phase.PROBING

    line.join()

    assert line.phase() is Phase.LIVE


def test_b014_an_open_socket_alone_is_no_connection() -> None:
    """Only the handshake frame has the socket id that signatures need."""
    line = Line("s1")
    line.advance(5.0)
    assert (line.phase(), line.asked) == (Phase.OPENING, [])

    line.greet()

    assert (line.phase(), line.asked) == (Phase.JOINING, ["private-session-s1"])


def test_b015_a_socket_that_cannot_be_made_is_a_failed_attempt() -> None:
    """The browser's exception comes as a close of the number asked for, and raises nothing."""
    line = Line("s1")

    line.lose(1006)

    assert line.phase() is Phase.WAITING
    assert line.client.next_attempt_at == 1.0


def test_b016_attempts_go_on_for_ever_with_growing_pauses() -> None:
    """Ours: 1, 2, 4, 8, 16 s and then up to 60 s, each with jitter, and each failure is told."""
    line = Line("s1", jitter=lambda: 0.5)
    told = []
    for _ in range(30):
        line.forget()
        line.lose()
        told.append(line.notices.count(StateChanged()))
        line.next_attempt()

    pauses = [later - earlier for earlier, later in zip(line.opened, line.opened[1:], strict=False)]
    assert pauses[:5] == [1.5, 2.5, 4.5, 8.5, 16.5]
    assert pauses[5:] == [17.5, 35.0, *[52.5] * 23]
    assert told == [1] * 30


def test_b017_stopping_while_connecting_closes_the_half_open_socket() -> None:
    """A greeting that still comes is nobody's."""
    line = Line("s1")

    line.want()
    line.forget()
    line.hear(greeting(), socket=1)

    assert line.closed == [(1, 1000)]
    assert (line.phase(), line.notices) == (Phase.IDLE, [])


def test_b018_after_success_no_other_attempt_runs() -> None:
    """Not even after a wake-up that cut a pause short."""
    line = Line("s1")
    line.lose()
    line.probe()
    line.join()

    line.advance(15.0)

    assert len(line.opened) == 2
    assert line.client.next_attempt_at is None


def test_b019_an_error_before_the_handshake_is_a_failed_attempt() -> None:
    """Browsers tell it as a close with 1006; it is retried, and its words are known."""
    line = Line("s1")

    line.lose(1006)
    line.advance(1.0)

    assert line.opened == [0.0, 1.0]
    assert line.words is not None

"""The Pusher client's line: opening it, the handshake, losses, and the way back."""

from __future__ import annotations

import pytest

from tests.support.builders import frame, joined, push_error
from tests.support.pusher_line import URL, Line
from threadline.core.connection import Phase
from threadline.core.notices import StateChanged

FIRST_CODES = (1000, 1001, 1005, 1006, 3999)


def test_wanting_a_channel_opens_one_socket() -> None:
    """B8: and only where there is something to join."""
    line = Line()

    line.client.configure(URL, 0.0)
    line.drain()
    assert (line.phase(), line.opened) == (Phase.IDLE, [])
    line.want("s1")

    assert (line.phase(), line.opened) == (Phase.OPENING, [0.0])


def test_wants_before_the_settings_are_known_open_nothing() -> None:
    """There is no telling where to."""
    line = Line()

    line.want("s1")
    assert line.opened == []
    line.client.configure(URL, 0.0)
    line.drain()

    assert line.opened == [0.0]


def test_wanting_again_while_connecting_or_connected_opens_nothing() -> None:
    """B9."""
    line = Line("s1")

    line.want("s1")
    line.join()
    line.want("s1", "s2")
    line.client.configure(URL, line.now)
    line.drain()

    assert line.opened == [0.0]


def test_only_the_handshake_makes_a_connection() -> None:
    """B14, B20: an open socket alone has no id, and nothing is asked."""
    line = Line("s1")
    assert (line.phase(), line.asked) == (Phase.OPENING, [])

    line.greet()

    assert (line.phase(), line.asked) == (Phase.JOINING, ["private-session-s1"])


def test_only_a_joined_channel_is_live() -> None:
    """SPEC.md C9: connected means joined."""
    line = Line("s1")
    line.greet()
    line.sign()
    assert line.phase() is Phase.JOINING

    line.hear(joined())

    assert line.phase() is Phase.LIVE
    assert line.client.joined_at == 0.0


def test_a_handshake_without_an_activity_timeout_is_used() -> None:
    """B21, X1: our own limit of 20 s counts."""
    line = Line("s1")

    line.greet(timeout=None)

    assert line.phase() is Phase.JOINING
    assert line.client.next_deadline() == 20.0


@pytest.mark.parametrize("first", ["<html>", frame("new_message", {}), frame("pusher:pong"), "{}"])
def test_a_bad_first_frame_ends_the_socket_and_comes_back(first: str) -> None:
    """B22, X1: closed by us, and tried again by itself."""
    line = Line("s1")

    line.hear(first)

    assert [socket for socket, _ in line.closed] == [1]
    assert line.phase() is Phase.WAITING
    line.advance(1.0)
    assert line.opened == [0.0, 1.0]
    line.greet()
    assert line.phase() is Phase.REJOINING


@pytest.mark.parametrize(
    ("code", "phase", "next_at"),
    [
        (4001, Phase.REFUSED, None),
        (4100, Phase.WAITING, 1.0),
        (4200, Phase.WAITING, 0.0),
        (None, Phase.WAITING, 1.0),
    ],
)
def test_an_error_instead_of_a_handshake_is_acted_on_by_its_code(
    code: int | None, phase: Phase, next_at: float | None
) -> None:
    """B23: its words are kept, and the socket is closed by us, once."""
    line = Line("s1")

    line.hear(push_error("App not found", code))

    assert line.closed == [(1, 1000)]
    assert (line.phase(), line.client.next_attempt_at) == (phase, next_at)
    assert line.words is not None
    assert "App not found" in line.words


@pytest.mark.parametrize(
    ("code", "phase"),
    [(1006, Phase.WAITING), (4001, Phase.REFUSED), (4100, Phase.WAITING), (4200, Phase.WAITING)],
)
def test_a_close_before_the_handshake_is_acted_on_by_its_code(code: int, phase: Phase) -> None:
    """B24, B25: what closed is not closed again."""
    line = Line("s1")

    line.lose(code)

    assert (line.phase(), line.closed) == (phase, [])


@pytest.mark.parametrize("code", [4000, 4001, 4099, 4300, 4399, 4999])
@pytest.mark.parametrize("greeted", [False, True])
def test_a_refusal_is_final_until_something_changes(code: int, greeted: bool) -> None:
    """B27, B28, B31, X22, SPEC.md C11: no attempt in the next hundred seconds, nor by a wake-up."""
    line = Line("s1")
    if greeted:
        line.join()

    line.lose(code)
    line.probe()
    line.advance(100.0)

    assert (line.phase(), len(line.opened)) == (Phase.REFUSED, 1)
    line.client.retry_refused(line.now)
    line.drain()
    assert line.opened == [0.0, 100.0]


@pytest.mark.parametrize("code", [4100, 4199, 1002, 1003, 1004])
def test_a_full_server_is_given_a_growing_pause(code: int) -> None:
    """B29, B32: not before a second, then two, then four."""
    line = Line("s1")
    for _ in range(3):
        line.lose(code)
        line.advance((line.client.next_attempt_at or 0.0) - line.now)

    assert line.opened == [0.0, 1.0, 3.0, 7.0]


@pytest.mark.parametrize("code", [4200, 4299])
def test_a_restarting_server_gets_one_immediate_return(code: int) -> None:
    """B30, X5: the second time in a row it waits like any other."""
    line = Line("s1")
    line.join()

    line.lose(code)
    line.advance(0.0)
    assert line.opened == [0.0, 0.0]
    line.lose(code)
    line.advance(1.9)
    assert len(line.opened) == 2
    line.advance(0.1)

    assert line.opened == [0.0, 0.0, 2.0]


@pytest.mark.parametrize("code", FIRST_CODES)
def test_an_ordinary_loss_leaves_connected_at_once_and_returns_soon(code: int) -> None:
    """B33, B35, B37: reconnecting is told immediately, the retry comes after a second."""
    line = Line("s1")
    line.join()

    line.lose(code)

    assert line.phase() is Phase.WAITING
    assert StateChanged() in line.notices
    assert line.client.next_attempt_at == 1.0


def test_jitter_parts_those_who_were_lost_together() -> None:
    """B37: half a second here."""
    line = Line("s1", jitter=lambda: 0.5)
    line.join()

    line.lose()

    assert line.client.next_attempt_at == 1.5


def test_five_retries_then_the_background() -> None:
    """SPEC.md C3, C4, roadmap section 5.1: at 1, 2, 4, 8 and 16 s; then polling."""
    line = Line("s1")
    phases = []
    for _ in range(8):
        line.lose()
        phases.append(line.phase())
        line.advance((line.client.next_attempt_at or 0.0) - line.now)

    assert line.opened == [0.0, 1.0, 3.0, 7.0, 15.0, 31.0, 51.0, 91.0, 151.0]
    assert phases == [Phase.WAITING] * 5 + [Phase.POLLING] * 3
    assert line.phase() is Phase.PROBING
    line.join()
    assert line.phase() is Phase.LIVE


def test_a_stable_minute_makes_the_next_loss_the_first() -> None:
    """SPEC.md C5."""
    line = Line("s1")
    line.lose()
    line.advance(1.0)
    line.join()

    line.now += 60.0
    line.lose()

    assert line.client.attempts.failures == 1


def test_no_handshake_within_ten_seconds_is_a_failed_attempt() -> None:
    """SPEC.md C14, B11: the socket is given up, and the next one comes."""
    line = Line("s1")

    line.advance(9.9)
    assert line.closed == []
    line.advance(0.1)

    assert line.closed == [(1, 3000)]
    assert (line.phase(), line.client.next_attempt_at) == (Phase.WAITING, 11.0)

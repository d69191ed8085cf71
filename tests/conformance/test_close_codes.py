"""B27-B36: each close code, as a refused handshake and as the end of a live line."""

from __future__ import annotations

import pytest

from tests.support.pusher_line import URL, Line
from threadline.core.connection import Phase
from threadline.core.notices import StateChanged

GREETED = pytest.mark.parametrize("was_live", [False, True])


def line_for(was_live: bool) -> Line:
    """Return a line that is joined, or waits for its handshake."""
    line = Line("s1")
    if was_live:
        line.join()
    line.forget()
    return line


def pause_after(line: Line, code: int) -> float | None:
    """Let the socket close; return the seconds until the next attempt, None: there is none."""
    line.lose(code)
    due = line.client.next_attempt_at
    return None if due is None else due - line.now


@GREETED
def test_b027_tls_only_waits_for_the_person(was_live: bool) -> None:
    """Ours: the scheme is the person's; we say that TLS is to be turned on, and do not guess."""
    line = line_for(was_live)

    line.lose(4000)
    line.advance(100.0)

    assert (line.phase(), len(line.opened)) == (Phase.REFUSED, 1)
    assert line.client.failure is not None
    assert line.client.failure.cure == "Turn TLS on in the settings."


@GREETED
@pytest.mark.parametrize("code", [4001, 4003, 4004, 4009, 4099])
def test_b028_a_refusal_is_final_until_something_changes(code: int, was_live: bool) -> None:
    """No attempt in the next hundred seconds, whatever wakes up; one when the person acts."""
    line = line_for(was_live)

    line.lose(code)
    line.probe()
    line.advance(100.0)
    assert (line.phase(), len(line.opened)) == (Phase.REFUSED, 1)
    line.client.retry_refused(line.now)
    line.drain()

    assert len(line.opened) == 2


@GREETED
@pytest.mark.parametrize("code", [4100, 4199])
def test_b029_a_full_server_is_left_alone_for_a_growing_while(code: int, was_live: bool) -> None:
    """Ours: 1, 2, 4 s with up to a second of jitter; the moment of the next try is told."""
    line = line_for(was_live)

    pauses = []
    for _ in range(3):
        pauses.append(pause_after(line, code))
        line.next_attempt()

    assert pauses == [1.0, 2.0, 4.0]


@GREETED
@pytest.mark.parametrize("code", [4200, 4299])
def test_b030_a_restarting_server_is_returned_to_at_once(code: int, was_live: bool) -> None:
    """Ours: within half a second, the first time; after that it waits like any other."""
    line = line_for(was_live)

    first = pause_after(line, code)
    line.next_attempt()

    assert (first, pause_after(line, code)) == (0.0, 2.0)


@GREETED
@pytest.mark.parametrize("code", [4300, 4399, 4999])
def test_b031_any_higher_code_is_a_refusal(code: int, was_live: bool) -> None:
    """As a close code; as the code of an error on a live line it is information (B47)."""
    assert pause_after(line := line_for(was_live), code) is None
    assert line.phase() is Phase.REFUSED


@GREETED
@pytest.mark.parametrize("code", [1002, 1003, 1004])
def test_b032_errors_of_the_protocol_below_are_backed_off_from(code: int, was_live: bool) -> None:
    """Coming back at once would meet the same error."""
    assert pause_after(line_for(was_live), code) == 1.0


@GREETED
@pytest.mark.parametrize("code", [1000, 1001, 1005, 1006, 1011, 1012, 3999])
def test_b033_other_codes_are_an_ordinary_loss(code: int, was_live: bool) -> None:
    """Retried after a second."""
    assert pause_after(line_for(was_live), code) == 1.0


@GREETED
@pytest.mark.parametrize("code", [1000, 1001, 1006, 4001, 4100, 4200])
def test_b034_a_loss_is_told_once_in_one_shape(code: int, was_live: bool) -> None:
    """Ours: 1000 and 1001 too, since the person's line is lost all the same."""
    line = line_for(was_live)

    line.lose(code)

    assert line.notices.count(StateChanged()) == 1
    assert str(code) in (line.words or "") or line.words == (
        "the push server could not be reached, or does not know the app key"
    )


def test_b035_a_close_without_a_code_is_a_loss() -> None:
    """Browsers say 1005."""
    line = line_for(was_live=True)

    assert pause_after(line, 1005) == 1.0
    assert line.phase() is Phase.WAITING


def test_b036_the_failure_is_known_before_the_next_attempt_is_seen() -> None:
    """With the news that the line is lost its reason is there, and no socket is asked for yet."""
    line = line_for(was_live=True)

    line.client.socket_closed(line.socket, 4200, line.now, "going down")
    effects, notices = line.client.drain()

    assert (effects, notices) == ([], [StateChanged()])
    assert line.words == "the push server said: going down (4200)"


@pytest.mark.parametrize("tls", [True, False])
def test_x022_a_refusal_for_tls_changes_no_address(tls: bool) -> None:
    """The next attempt, when the person wants it, goes where the settings say."""
    line = Line()
    url = URL if not tls else URL.replace("ws:", "wss:")
    line.client.configure(url, 0.0)
    line.want("s1")

    line.lose(4000)
    line.client.reconnect(line.now)
    line.drain()

    assert line.addresses == [url, url]

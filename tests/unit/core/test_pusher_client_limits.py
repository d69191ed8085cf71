"""When the Pusher client stops, what it does not hear, and what it never does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import frame, greeting, joined, push_error
from tests.support.pusher_line import URL, Line
from threadline.core.connection import Phase
from threadline.core.errors import LocalMisuse
from threadline.core.notices import FrameRejected
from threadline.core.pusher_client import PusherClient


def test_nothing_wanted_closes_everything() -> None:
    """B39, SPEC.md C17: the socket is closed, no timer stays, and late frames are not heard."""
    line = Line("s1")
    line.join()

    line.want()
    line.forget()
    line.hear(frame("new_message", {}, "private-session-s1"), socket=1)
    line.lose(1000, socket=1)
    line.advance(1000.0)

    assert line.closed == [(1, 1000)]
    assert (line.phase(), line.client.next_deadline()) == (Phase.IDLE, None)
    assert (line.notices, line.opened) == ([], [0.0])


@pytest.mark.parametrize("code", [1006, 4100, 4200])
def test_stopping_while_waiting_stays_stopped(code: int) -> None:
    """X2: whatever retry was planned."""
    line = Line("s1")
    line.lose(code)

    line.want()
    line.probe()
    line.advance(100.0)

    assert (line.phase(), len(line.opened)) == (Phase.IDLE, 1)


def test_stopping_while_connecting_closes_the_half_open_socket() -> None:
    """B17, X18: its handshake, if it still comes, is nobody's."""
    line = Line("s1")

    line.want()
    line.hear(greeting(), socket=1)

    assert line.closed == [(1, 1000)]
    assert line.phase() is Phase.IDLE


def test_it_can_be_wanted_again() -> None:
    """B40: on the same object, with a new socket."""
    line = Line("s1")
    line.join()
    line.want()

    line.want("s1")
    line.join()

    assert (line.phase(), len(line.opened)) == (Phase.LIVE, 2)


def test_frames_and_closes_of_a_superseded_socket_are_late() -> None:
    """X18, SPEC.md C7: told apart by number."""
    line = Line("s1")
    line.join()
    line.lose()
    line.advance(1.0)
    line.forget()

    line.hear(joined(), socket=1)
    line.lose(4001, socket=1)
    line.hear("<html>", socket=1)

    assert (line.phase(), line.notices) == (Phase.REOPENING, [])


def test_nothing_is_sent_before_the_handshake_or_after_a_loss() -> None:
    """B41, X15: there is no socket id, and no error either."""
    line = Line("s1")
    line.probe()
    line.join()
    line.lose()

    line.want("s2")
    line.probe()

    assert line.sent == []


def test_another_server_begins_afresh() -> None:
    """SPEC.md C17: the old socket is closed, and what was refused is forgotten."""
    line = Line("s1")
    line.lose(4001)

    line.client.configure(None, line.now)
    line.drain()
    assert line.phase() is Phase.POLLING
    assert line.client.next_deadline() is None
    line.client.configure(URL, line.now)
    line.drain()

    assert line.phase() is Phase.OPENING
    assert line.words is None


def test_without_a_push_server_nothing_is_opened_by_any_means() -> None:
    """Design section 3: REST is polled, and nobody can change that but the settings."""
    line = Line()
    line.client.configure(None, 0.0)
    line.want("s1")

    line.probe()
    line.client.reconnect(0.0)
    line.drain()
    line.advance(1000.0)

    assert (line.phase(), line.opened) == (Phase.POLLING, [])


def test_the_person_may_cut_the_pause_short() -> None:
    """B55: the retry comes at once."""
    line = Line("s1")
    line.lose()

    line.client.reconnect(0.25)
    line.now = 0.25
    line.drain()

    assert line.opened == [0.0, 0.25]


def test_a_burst_of_wake_ups_opens_one_socket() -> None:
    """B55: once per burst."""
    line = Line("s1")
    line.lose()
    line.now = 0.5

    for _ in range(5):
        line.probe()

    assert line.opened == [0.0, 0.5]


def test_the_person_cannot_pass_the_limit_on_sockets() -> None:
    """SPEC.md C6: the thirteenth socket waits for its minute, however it is asked for."""
    line = Line("s1")
    for _ in range(20):
        line.lose(4001, socket=line.socket)
        line.client.reconnect(line.now)
        line.drain()

    assert line.opened == [0.0] * 12
    line.advance(59.9)
    assert len(line.opened) == 12
    line.advance(0.1)
    assert line.opened[12:] == [60.0]


def test_stopping_takes_a_socket_that_waits_for_its_minute_back() -> None:
    """SPEC.md C6, C17: nothing comes of it."""
    line = Line("s1")
    for _ in range(20):
        line.want()
        line.want("s1")

    line.want()
    line.advance(100.0)

    assert len(line.opened) == 12
    assert line.client.next_deadline() is None


def test_a_malformed_frame_is_told_and_the_line_stays() -> None:
    """B46, X12: the frame is dropped, the connection kept."""
    line = Line("s1")
    line.join()

    line.hear("{}")

    assert line.notices == [FrameRejected("not a Pusher frame (2 characters): no event name")]
    assert line.phase() is Phase.LIVE


def test_three_malformed_frames_a_minute_cost_the_socket() -> None:
    """SPEC.md C18, P4 of sync.md: and not three in two."""
    line = Line("s1")
    line.join()
    for _ in range(3):
        line.hear("{}")
        line.now += 30.0
    assert line.phase() is Phase.LIVE

    line.hear("{}")
    line.hear("{}")

    assert line.closed == [(1, 3000)]
    assert line.phase() is Phase.WAITING


def test_an_error_on_a_live_line_is_information() -> None:
    """B45, B47: its words are kept, its code is not acted on, the line stays."""
    line = Line("s1")
    line.join()

    line.hear(push_error("Over rate", 4301))
    line.hear(push_error("Catch-all", 4000))
    line.hear(frame("pusher:error", "words"))

    assert line.phase() is Phase.LIVE
    assert line.words == "the push server said: words"


def test_the_client_takes_only_a_true_draw_of_jitter() -> None:
    """A generator that is out of range is a bug of ours, and is not hidden."""
    client = PusherClient(lambda: 2.0)
    client.configure(URL, 0.0)
    client.want(["a"], 0.0)

    with pytest.raises(LocalMisuse):
        client.socket_closed(1, 1006, 0.0)


STEPS = st.lists(
    st.sampled_from(
        ["lose", "refuse", "again", "greet", "join", "html", "probe", "reconnect", "stop", "want"]
    )
    | st.floats(0.0, 30.0),
    max_size=80,
)


@given(STEPS)
def test_whatever_happens_it_opens_at_most_twelve_sockets_a_minute(
    steps: list[str | float],
) -> None:
    """SPEC.md C6, C12, E1: nothing raises, no timer turns in circles, and the limit holds."""
    line = Line("s1")
    for step in steps:
        match step:
            case float():
                line.advance(step)
            case "lose":
                line.lose()
            case "refuse":
                line.lose(4001)
            case "again":
                line.lose(4200)
            case "greet":
                line.greet()
            case "join":
                line.greet()
                line.sign()
                line.hear(joined())
            case "html":
                line.hear("<html>")
            case "probe":
                line.probe()
            case "reconnect":
                line.client.reconnect(line.now)
                line.drain()
            case "stop":
                line.want()
            case _:
                line.want("s1")

    for first, thirteenth in zip(line.opened, line.opened[12:], strict=False):
        assert thirteenth - first >= 60.0 - 1e-6

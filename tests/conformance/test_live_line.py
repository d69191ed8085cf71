"""B37-B47: what happens on a line that is live, and how it ends."""

from __future__ import annotations

import pytest

from tests.support.builders import frame, published, push_error
from tests.support.pusher_line import Line
from tests.support.world import World
from threadline.core.connection import Phase
from threadline.core.events import SocketClosed
from threadline.core.notices import FrameRejected, StateChanged


def test_b037_a_loss_is_told_at_once_and_retried_after_a_second() -> None:
    """Ours: never "connected" on a line that is gone; the retry has up to a second of jitter."""
    line = Line("s1", jitter=lambda: 0.25)
    line.join()

    line.lose()

    assert (line.phase(), line.notices) == (Phase.WAITING, [StateChanged()])
    assert line.client.next_attempt_at == 1.25


def test_b038_a_loss_ends_the_liveness_timers() -> None:
    """The only deadline left is the next attempt, also with a ping out."""
    line = Line("s1")
    line.join()
    line.advance(21.0)
    assert line.sent == ["pusher:ping"]

    line.lose()

    assert line.client.next_deadline() == line.client.next_attempt_at == 22.0


@pytest.mark.parametrize("stage", ["opening", "joining", "live", "waiting", "reopening"])
def test_b039_stopping_ends_everything_at_every_stage(stage: str) -> None:
    """No socket, no timer, and nothing of the old one is heard."""
    line = Line("s1")
    if stage == "joining":
        line.greet()
    elif stage != "opening":
        line.join()
    if stage in ("waiting", "reopening"):
        line.lose()
    if stage == "reopening":
        line.next_attempt()

    line.want()
    line.forget()
    for socket in range(1, line.socket + 1):
        line.hear(published("new_message", {}), socket)
        line.lose(4200, socket)
    line.advance(1000.0)

    assert (line.phase(), line.client.next_deadline()) == (Phase.IDLE, None)
    assert line.notices == []
    assert line.closed == ([] if stage == "waiting" else [(line.socket, 1000)])


def test_b040_what_was_stopped_can_be_started_again() -> None:
    """On the same object, with a new socket."""
    line = Line("s1")
    line.join()
    line.want()

    line.want("s1")
    line.join()

    assert (line.phase(), len(line.opened)) == (Phase.LIVE, 2)


def test_b041_nothing_is_sent_without_a_handshake_and_nothing_is_thrown() -> None:
    """Ours: there is nobody to tell; what is to be sent is decided when the line is there."""
    line = Line()
    line.probe()
    line.want("s1")
    line.probe()
    line.sign()
    line.lose()
    line.probe()

    assert line.frames == []


def test_b042_a_frame_holds_event_and_data() -> None:
    """The channel is in the data of a subscription, not beside it."""
    line = Line("s1", "s2")
    line.greet()
    line.sign("s1")
    line.want("s2")
    line.advance(20.0)

    name = "private-session-s1"
    assert line.frames == [
        {"event": "pusher:subscribe", "data": {"channel": name, "auth": "key:sig"}},
        {"event": "pusher:unsubscribe", "data": {"channel": name}},
        {"event": "pusher:ping", "data": {}},
    ]


def test_b043_a_frame_that_crosses_the_close_harms_nobody() -> None:
    """The socket is gone in the browser, and the engine does not know it yet."""
    world = World()
    world.start()
    world.attach()
    world.advance(1.0)
    world.sockets[-1].is_gone = True

    world.wake()
    world.feed(SocketClosed(world.sockets[-1].number, 1006))
    world.advance(2.0)

    assert world.show().connection.state.value == "connected"
    assert len(world.sockets) == 2


def test_b044_closing_a_socket_that_never_opened_is_harmless() -> None:
    """It is ordered once, and what it still tells is late."""
    line = Line("s1")

    line.want()
    line.lose(1006, socket=1)
    line.want()

    assert line.closed == [(1, 1000)]
    assert line.phase() is Phase.IDLE


def test_b046_what_is_no_frame_is_told_and_dropped() -> None:
    """Ours: told without its text, which may be the person's; three in a minute cost the socket."""
    line = Line("s1")
    line.join()

    line.hear('{"event": "new_message", "data": "my secret')

    assert line.notices == [FrameRejected("not a Pusher frame (43 characters): not JSON")]
    assert line.phase() is Phase.LIVE


@pytest.mark.parametrize("code", [4000, 4009, 4200, 4301, None])
def test_b047_an_error_on_a_live_line_is_information(code: int | None) -> None:
    """It is told with its words; its code is not acted on, and the line stays."""
    line = Line("s1")
    line.join()

    line.hear(push_error("Careful", code))
    line.hear(frame("pusher:pong"))
    line.advance(15.0)

    assert "Careful" in (line.words or "")
    assert (line.phase(), line.closed) == (Phase.LIVE, [])

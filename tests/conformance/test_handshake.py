"""B20-B26: the first frame, whatever it is."""

from __future__ import annotations

import json

import pytest

from tests.support.builders import frame, greeting, push_error
from tests.support.pusher_line import Line
from threadline.core.connection import Phase
from threadline.core.notices import AuthorizationWanted, StateChanged


@pytest.mark.parametrize(
    "text",
    [
        greeting("7.1"),
        json.dumps(
            {
                "event": "pusher:connection_established",
                "data": {"socket_id": "7.1", "activity_timeout": 120},
            }
        ),
    ],
)
def test_b020_the_handshake_gives_the_socket_id(text: str) -> None:
    """With data as JSON in a string, or as an object."""
    line = Line("s1")
    line.forget()

    line.hear(text)

    assert line.phase() is Phase.JOINING
    assert line.notices == [StateChanged(), AuthorizationWanted("private-session-s1", "7.1")]


@pytest.mark.parametrize("timeout", [None, 0])
def test_b021_a_handshake_without_an_activity_timeout_is_used(timeout: float | None) -> None:
    """Ours: our own limit counts; a good line is not thrown away for a missing number."""
    line = Line("s1")

    line.greet(timeout)

    assert line.phase() is Phase.JOINING
    line.advance(20.0)
    assert line.sent == ["pusher:ping"]


@pytest.mark.parametrize("first", ["<html>", "{}", frame("new_message", {}), frame("pusher:pong")])
def test_b022_any_other_first_frame_ends_the_socket_and_is_retried(first: str) -> None:
    """Ours: with a pause, by itself; pusher-js stays stuck."""
    line = Line("s1")

    line.hear(first)

    assert [socket for socket, _ in line.closed] == [1]
    assert line.words == "what answers there does not speak the Pusher protocol"
    assert line.client.next_attempt_at == 1.0


@pytest.mark.parametrize(
    ("code", "phase", "next_at"),
    [
        (4001, Phase.REFUSED, None),
        (4100, Phase.WAITING, 1.0),
        (4200, Phase.WAITING, 0.0),
        (None, Phase.WAITING, 1.0),
    ],
)
def test_b023_an_error_as_first_frame_is_acted_on_by_its_code(
    code: int | None, phase: Phase, next_at: float | None
) -> None:
    """Its words are kept, and we close the socket."""
    line = Line("s1")

    line.hear(push_error("Not today", code))

    assert (line.phase(), line.client.next_attempt_at) == (phase, next_at)
    assert line.closed == [(1, 1000)]
    assert "Not today" in (line.words or "")


@pytest.mark.parametrize(
    ("code", "phase", "next_at"),
    [
        (4001, Phase.REFUSED, None),
        (4100, Phase.WAITING, 1.0),
        (4200, Phase.WAITING, 0.0),
        (1006, Phase.WAITING, 1.0),
    ],
)
def test_b024_a_close_before_the_handshake_is_acted_on_by_its_code(
    code: int, phase: Phase, next_at: float | None
) -> None:
    """What has no rule is backed off from."""
    line = Line("s1")

    line.lose(code)

    assert (line.phase(), line.client.next_attempt_at) == (phase, next_at)


def test_b025_what_closed_is_not_closed_again() -> None:
    """Before the handshake as after it."""
    line = Line("s1")
    line.lose(4100)
    line.advance(1.0)
    line.join()
    line.lose(4001)

    assert line.closed == []


def test_b026_the_words_come_from_reason_or_message() -> None:
    """The reason of a close, the message of an error: both are the server's words."""
    closed, told = Line("s1"), Line("s1")

    closed.lose(4001, reason="App key does not exist")
    told.hear(push_error("App key does not exist", 4001))

    assert closed.words == told.words == "the push server said: App key does not exist (4001)"

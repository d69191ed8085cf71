"""Frames on an open socket: pings, what is not understood, what is too much."""

import json
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed

from tests.support.backend_server import BackendServer
from tests.support.pusher_probe import ABNORMAL, pusher_probe

PONG = '{"event":"pusher:pong"}'
MEGABYTE = 1024 * 1024
LONGEST = 256 * 1024  # bytes of an event's data, as both servers are set


@pytest.mark.parametrize("data", [None, {}])
def test_a_ping_is_answered_without_data(server: BackendServer, data: object) -> None:
    """The pong is its name alone."""
    with pusher_probe(server.socket_url) as probe:
        probe.send("pusher:ping", data)
        assert probe.receive_text() == PONG


def test_a_binary_frame_is_read_like_text(server: BackendServer) -> None:
    """As Sockudo has it."""
    with pusher_probe(server.socket_url) as probe:
        probe.send_text(b'{"event":"pusher:ping"}')
        assert probe.receive_text() == PONG


@pytest.mark.parametrize("text", ["", "{", "null", "[1]", "{}", '{"event":1}'])
def test_what_is_no_frame_gets_4000_and_the_socket_stays(server: BackendServer, text: str) -> None:
    """The catch-all code, in an error without a channel."""
    with pusher_probe(server.socket_url) as probe:
        probe.send_text(text)
        frame = probe.receive()
        assert set(frame) == {"event", "data"}
        assert (frame["event"], frame["data"]["code"]) == ("pusher:error", 4000)
        probe.send("pusher:ping")
        assert probe.receive_text() == PONG


def test_unknown_events_are_ignored(server: BackendServer) -> None:
    """No answer, no error."""
    with pusher_probe(server.socket_url) as probe:
        for event in ("pusher:unheard", "anything", "pusher:pong", ""):
            probe.send(event, {})
        probe.send("pusher:ping")
        assert probe.receive_text() == PONG


def test_client_events_are_not_enabled(server: BackendServer) -> None:
    """4301, and the socket stays."""
    with pusher_probe(server.socket_url) as probe:
        probe.send("client-x", {})
        assert probe.receive()["data"]["code"] == 4301
        probe.send("pusher:ping")
        assert probe.receive_text() == PONG


def test_five_megabytes_come_in(server: BackendServer) -> None:
    """A long frame is judged like a short one, and the socket stays."""
    with pusher_probe(server.socket_url) as probe:
        probe.send_text("x" * (5 * MEGABYTE))
        assert probe.receive()["data"]["code"] == 4000
        probe.send("pusher:ping", {"padding": "x" * (5 * MEGABYTE)})
        assert probe.receive_text() == PONG


def test_the_longest_event_goes_out(server: BackendServer) -> None:
    """Whole, in one frame."""
    with pusher_probe(server.socket_url) as probe:
        probe.subscribe("long")
        server.faults.post_event("long", "event", "x" * LONGEST)
        assert probe.receive()["data"] == "x" * LONGEST


def test_a_frame_over_the_limit_ends_the_socket(server: BackendServer) -> None:
    """16 MiB are the most; others are not disturbed."""
    with pusher_probe(server.socket_url) as other:
        with pusher_probe(server.socket_url) as probe:
            with suppress(ConnectionClosed):  # it may be ended before all is sent
                probe.send_text("x" * (16 * MEGABYTE + 1))
            assert probe.closed_with() in {1009, ABNORMAL}
        other.send("pusher:ping")
        assert other.receive_text() == PONG


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"a": "ü<b>\u2028"}, '{"a":"ü<b>\u2028"}'),
        ([1, None], "[1,null]"),
        ("{not json", "{not json"),
        ('"123"', '"123"'),
    ],
)
def test_the_data_of_an_event_is_a_string(server: BackendServer, data: object, text: str) -> None:
    """An object is written into one; a string goes as it is, broken or not."""
    with pusher_probe(server.socket_url) as probe:
        probe.subscribe("things")
        server.faults.post_event("things", "event", data)
        assert probe.receive() == {"event": "event", "channel": "things", "data": text}


def test_raw_frames_can_be_sent(embedded: BackendServer) -> None:
    """For a client's test: what no Pusher server would send."""
    with pusher_probe(embedded.socket_url) as probe:
        assert embedded.faults.send_raw("no json") == 1
        assert probe.receive_text() == "no json"


@pytest.mark.parametrize(("code", "seen"), [(4200, 4200), (4004, 4004), (None, ABNORMAL)])
def test_all_sockets_can_be_ended(embedded: BackendServer, code: int | None, seen: int) -> None:
    """With a code, or as a broken line would."""
    with pusher_probe(embedded.socket_url) as one, pusher_probe(embedded.socket_url) as two:
        assert embedded.faults.open_sockets() == 2
        assert embedded.faults.cut_sockets(code) == 2
        assert [one.closed_with(), two.closed_with()] == [seen, seen]


def test_silence_is_pinged_and_then_ended(hasty: BackendServer) -> None:
    """A ping without data, then 4201."""
    with pusher_probe(hasty.socket_url) as probe:
        assert probe.receive_text() == '{"event":"pusher:ping"}'
        assert probe.closed_with() == 4201


@pytest.mark.parametrize("event", ["pusher:pong", "pusher:ping"])
def test_an_answered_ping_keeps_the_socket(hasty: BackendServer, event: str) -> None:
    """A pong, or a ping of the client's own; the next silence is pinged again."""
    with pusher_probe(hasty.socket_url) as probe:
        for _ in range(2):
            assert probe.receive()["event"] == "pusher:ping"
            probe.send(event)
            if event == "pusher:ping":
                assert probe.receive_text() == PONG


def test_other_traffic_does_not_answer_a_ping(hasty: BackendServer) -> None:
    """Frames that are neither do not save the socket."""
    with pusher_probe(hasty.socket_url) as probe:
        assert probe.receive()["event"] == "pusher:ping"
        probe.send_text(json.dumps({"event": "anything"}))
        assert probe.closed_with() == 4201

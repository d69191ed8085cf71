"""Joining and leaving channels."""

import time
from typing import Final

import pytest

from tests.support.backend_server import BackendServer
from tests.support.pusher_probe import Frame, PusherProbe, pusher_probe

FORGET_LIMIT: Final = 10.0  # seconds, on a busy machine
SUCCEEDED = "pusher_internal:subscription_succeeded"


def _is_alive(probe: PusherProbe) -> bool:
    """Say whether the socket still answers, and that nothing else is on its way."""
    probe.send("pusher:ping")
    return probe.receive_text() == '{"event":"pusher:pong"}'


def _session(server: BackendServer, probe: PusherProbe) -> tuple[str, str]:
    """Return the channel of a new session and the signature for it."""
    channel = f"private-session-{server.new_session()}"
    return channel, server.authorize(probe.socket_id, channel).json()["auth"]


@pytest.mark.parametrize("as_text", [True, False])
def test_a_signed_subscription_succeeds(server: BackendServer, as_text: bool) -> None:
    """Data may be an object or its JSON; the answer's data is the string of an empty object."""
    with pusher_probe(server.socket_url) as probe:
        channel, auth = _session(server, probe)
        data = {"channel": channel, "auth": auth}
        text = f'{{"channel":"{channel}","auth":"{auth}"}}'
        probe.send("pusher:subscribe", text if as_text else data)
        assert probe.receive() == {"event": SUCCEEDED, "channel": channel, "data": "{}"}


def test_to_subscribe_again_succeeds_again(server: BackendServer) -> None:
    """And an event comes once all the same."""
    with pusher_probe(server.socket_url) as probe:
        channel, auth = _session(server, probe)
        for _ in range(2):
            assert probe.subscribe(channel, auth)["event"] == SUCCEEDED
        server.faults.post_event(channel, "once", {})
        assert probe.receive()["event"] == "once"
        assert _is_alive(probe)


def test_channel_data_of_a_private_channel_is_not_signed(server: BackendServer) -> None:
    """It may be anything."""
    with pusher_probe(server.socket_url) as probe:
        channel, auth = _session(server, probe)
        assert probe.subscribe(channel, auth, channel_data='{"a":1}')["event"] == SUCCEEDED


def _refusal(frame: Frame) -> int:
    """Check the form of an error frame and return its code."""
    assert frame["event"] == "pusher:error"
    assert set(frame) == {"event", "data"}
    assert set(frame["data"]) == {"code", "message"}
    return int(frame["data"]["code"])


def test_a_bad_signature_is_refused_and_the_socket_stays(server: BackendServer) -> None:
    """4009, data an object, no channel named; none, a wrong one, another socket's."""
    with pusher_probe(server.socket_url) as probe, pusher_probe(server.socket_url) as other:
        channel, auth = _session(server, probe)
        others = server.authorize(other.socket_id, channel).json()["auth"]
        for wrong in (None, "", auth[:-1], auth + "0", others):
            assert _refusal(probe.subscribe(channel, wrong)) == 4009
        assert probe.subscribe(channel, auth)["event"] == SUCCEEDED


def test_a_refused_socket_hears_nothing(server: BackendServer) -> None:
    """It has not joined."""
    with pusher_probe(server.socket_url) as probe:
        channel, _ = _session(server, probe)
        probe.subscribe(channel, "x")
        server.faults.post_event(channel, "secret", {})
        assert _is_alive(probe)


@pytest.mark.parametrize("name", ["a b", "x" * 201, "a:b", "a,b", "a;b"])
def test_a_bad_name_is_refused_and_the_socket_stays(server: BackendServer, name: str) -> None:
    """4300; a name with a colon is of a namespace that nobody has set up."""
    with pusher_probe(server.socket_url) as probe:
        probe.send("pusher:subscribe", {"channel": name})
        assert _refusal(probe.receive()) == 4300
        assert _is_alive(probe)


@pytest.mark.parametrize("event", ["pusher:subscribe", "pusher:unsubscribe"])
@pytest.mark.parametrize("data", [None, {}, {"channel": None}, {"channel": 7}])
def test_a_request_that_names_no_channel_is_a_wrong_frame(
    server: BackendServer, event: str, data: object
) -> None:
    """4000, and the socket stays."""
    with pusher_probe(server.socket_url) as probe:
        probe.send(event, data)
        assert _refusal(probe.receive()) == 4000
        assert _is_alive(probe)


def test_presence_is_not_to_be_had_from_the_embedded_server(embedded: BackendServer) -> None:
    """4300."""
    with pusher_probe(embedded.socket_url) as probe:
        assert _refusal(probe.subscribe("presence-x")) == 4300


def test_a_public_channel_needs_no_signature(server: BackendServer) -> None:
    """The longest name is allowed; an empty one too."""
    with pusher_probe(server.socket_url) as probe:
        assert probe.subscribe("x" * 200)["event"] == SUCCEEDED
        assert probe.subscribe("")["event"] == SUCCEEDED


def test_to_unsubscribe_has_no_answer(server: BackendServer) -> None:
    """Afterwards nothing more comes; from a channel never joined one may leave as well."""
    with pusher_probe(server.socket_url) as probe:
        channel, auth = _session(server, probe)
        probe.subscribe(channel, auth)
        probe.send("pusher:unsubscribe", {"channel": channel})
        probe.send("pusher:unsubscribe", {"channel": "never"})
        assert _is_alive(probe)
        server.faults.post_event(channel, "late", {})
        assert _is_alive(probe)
        assert channel not in server.faults.joined_channels()


def test_a_socket_that_is_gone_is_forgotten(server: BackendServer) -> None:
    """Another one of the same channel still hears."""
    with pusher_probe(server.socket_url) as stays:
        session_id = server.new_session()
        with pusher_probe(server.socket_url) as leaves:
            leaves.join_session(server, session_id)
            channel = stays.join_session(server, session_id)
            assert server.faults.joined_channels()[channel] == 2
        server.faults.post_event(channel, "event", {})
        assert stays.receive()["event"] == "event"
        # A server learns of an end from the network, and that may be after the next event.
        deadline = time.monotonic() + FORGET_LIMIT
        while server.faults.joined_channels()[channel] != 1:
            assert time.monotonic() < deadline, "the socket that has left is still counted"
            assert _is_alive(stays)

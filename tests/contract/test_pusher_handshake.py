"""Opening a socket: the first frame, and every way to be refused."""

import json
import re

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.backend_server import ORIGIN, BackendServer
from tests.support.pusher_probe import ABNORMAL, pusher_probe


def test_the_first_frame_is_the_handshake(server: BackendServer) -> None:
    """Its data is a JSON string with a socket id of two numbers and the activity timeout."""
    with pusher_probe(server.socket_url, greet=False) as probe:
        frame = probe.receive()
    assert set(frame) == {"event", "data"}
    assert frame["event"] == "pusher:connection_established"
    data = json.loads(frame["data"])
    assert re.fullmatch(r"\d+\.\d+", data["socket_id"])
    assert data["activity_timeout"] == 120


@pytest.mark.parametrize("query", ["?protocol=7", "?protocol=1", "?protocol=99", ""])
def test_every_protocol_but_the_second_is_the_first(server: BackendServer, query: str) -> None:
    """As Sockudo has it."""
    address = f"ws://127.0.0.1:{server.pusher_port}/app/{server.key}{query}"
    with pusher_probe(address) as probe:
        assert probe.socket_id


def test_the_second_protocol_is_not_spoken_by_the_embedded_server(
    embedded: BackendServer,
) -> None:
    """400 before the upgrade."""
    address = f"ws://127.0.0.1:{embedded.pusher_port}/app/{embedded.key}?protocol=2"
    with pytest.raises(InvalidStatus) as refused, pusher_probe(address):
        pass
    assert refused.value.response.status_code == 400


@pytest.mark.parametrize("protocol", ["x", "", "256", "-1"])
def test_a_protocol_that_is_none_is_400(server: BackendServer, protocol: str) -> None:
    """Before the upgrade."""
    address = f"ws://127.0.0.1:{server.pusher_port}/app/{server.key}?protocol={protocol}"
    with pytest.raises(InvalidStatus) as refused, pusher_probe(address):
        pass
    assert refused.value.response.status_code == 400


def test_an_unknown_key_is_upgraded_and_dropped(server: BackendServer) -> None:
    """No frame at all: a client sees an abnormal close."""
    address = server.socket_url.replace(server.key, "unknown")
    with pusher_probe(address, greet=False) as probe:
        assert probe.closed_with() == ABNORMAL


@pytest.mark.parametrize("origin", ["https://evil.example", "", None])
def test_a_foreign_origin_is_told_and_closed(server: BackendServer, origin: str | None) -> None:
    """An error with code 4009, then a close with it; to have no origin is to have a wrong one."""
    with pusher_probe(server.socket_url, greet=False, origin=origin) as probe:
        frame = probe.receive()
        assert (frame["event"], frame["data"]["code"]) == ("pusher:error", 4009)
        assert probe.closed_with() == 4009


def test_the_extension_is_let_in(server: BackendServer) -> None:
    """By its origin."""
    with pusher_probe(server.socket_url, origin=ORIGIN) as probe:
        assert probe.socket_id


def test_sockets_can_be_refused_for_a_while(embedded: BackendServer) -> None:
    """503 before the upgrade, until it is taken back."""
    embedded.faults.refuse_sockets(60)
    with pytest.raises(InvalidStatus) as refused, pusher_probe(embedded.socket_url):
        pass
    assert refused.value.response.status_code == 503
    embedded.faults.refuse_sockets(0)
    with pusher_probe(embedded.socket_url) as probe:
        assert probe.socket_id


def test_every_socket_has_an_id_of_its_own(server: BackendServer) -> None:
    """A signature for one is none for another."""
    with pusher_probe(server.socket_url) as one, pusher_probe(server.socket_url) as two:
        assert one.socket_id != two.socket_id

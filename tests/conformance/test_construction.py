"""B1-B7, B80: what the client is made from, and the address that it opens."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from tests.support.builders import settings
from threadline.core import attempts, liveness, pusher_client
from threadline.core.connection import Phase
from threadline.core.pusher_client import PusherClient


def test_b001_a_key_that_is_none_is_refused_and_a_hex_key_is_taken() -> None:
    """Ours: an empty key is no mistake; it says that there is no push server, and REST is read."""
    with pytest.raises(ValidationError, match="letters, digits"):
        settings(pusherKey="no key")
    assert settings(pusherKey="4adc1ce2ab0").pusher_key == "4adc1ce2ab0"
    assert settings(pusherKey="", pusherHost="").socket_url("1.0") is None


def test_b002_a_key_without_a_host_is_refused() -> None:
    """Ours: a host is always named; there is no cluster."""
    with pytest.raises(ValidationError, match="go together"):
        settings(pusherKey="key", pusherHost="")


def test_b003_the_address_names_port_key_protocol_client_and_version() -> None:
    """Ours: with TLS `wss`, and the port that the settings name, also the usual one."""
    url = settings(pusherTls=True, pusherPort=443).socket_url("1.2.3")

    assert url is not None
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path) == ("wss", "push.test:443", "/app/key")
    assert parse_qs(parts.query) == {
        "protocol": ["7"],
        "client": ["threadline"],
        "version": ["1.2.3"],
    }


def test_b004_without_tls_it_is_a_plain_socket() -> None:
    """The scheme follows the setting alone."""
    url = settings(pusherTls=False, pusherPort=80).socket_url("1.2.3")

    assert url is not None
    assert url.startswith("ws://push.test:80/app/key?")


@pytest.mark.parametrize("host", ["127.0.0.1", "push.example.org", "[::1]"])
def test_b005_host_and_port_are_the_persons(host: str) -> None:
    """Ours: no path before `/app/`."""
    url = settings(pusherHost=host, pusherPort=6001).socket_url("1")

    assert url is not None
    assert url.startswith(f"ws://{host}:6001/app/key?")


def test_b006_the_limits_have_names_and_values() -> None:
    """Ours: 20 s of silence, 10 s for an answer, 10 s to connect, 12 sockets a minute; fixed."""
    assert (liveness.SILENCE_LIMIT, liveness.ANSWER_TIMEOUT) == (20.0, 10.0)
    assert pusher_client.CONNECT_TIMEOUT == 10.0
    assert (attempts.MAX_CONNECTS, attempts.CONNECT_WINDOW) == (12, 60.0)


def test_b007_a_new_client_stands_still_and_tells_nothing() -> None:
    """No socket, no news and no timer before something is wanted."""
    client = PusherClient(lambda: 0.0)

    assert client.phase is Phase.IDLE
    assert client.drain() == ([], [])
    assert client.next_deadline() is None


def test_b080_the_auth_endpoint_is_the_persons_or_the_apis() -> None:
    """Ours: one endpoint and one bearer token; no options that override each other."""
    assert settings().auth_url == "http://api.test/api/pusher/auth"
    assert settings(authEndpoint="https://auth.test/x").auth_url == "https://auth.test/x"

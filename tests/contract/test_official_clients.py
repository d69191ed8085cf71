"""Pusher's own clients against both servers.

`pusher-js` runs in Node as a panel would, PyPI's `pusher` triggers as an application's server.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.backend_server import BackendServer
from tests.support.official_pusher import Refused, official_pusher
from tests.support.pusher_js import PusherJs, pusher_js
from tests.support.pusher_probe import pusher_probe
from threadline_backend.settings import DEFAULT_SECRET


@pytest.fixture(scope="module")
def browser(running: BackendServer) -> Iterator[PusherJs]:
    """The JavaScript client, connected as the local user."""
    token = running.sign_in()
    with pusher_js(running, token) as client:
        yield client


@pytest.fixture
def publisher(server: BackendServer) -> Iterator[Any]:
    """The Python client with the application's secret."""
    with official_pusher(server, DEFAULT_SECRET) as client:
        yield client


def _join(browser: PusherJs, server: BackendServer) -> tuple[str, str]:
    """Let the client join a new session; return the session and its channel."""
    session_id = server.new_session()
    channel = f"private-session-{session_id}"
    browser.say(subscribe=channel)
    assert browser.told("subscribed")["channel"] == channel
    return session_id, channel


def test_a_session_in_the_javascript_client(server: BackendServer, browser: PusherJs) -> None:
    """It is authorized with a bearer token and hears both events of a task."""
    session_id, _ = _join(browser, server)
    answer = server.interact("go", session_id)
    assert browser.event("new_message")["message"] == answer["message"]
    turn = browser.event("interact_response")
    assert (turn["sessionId"], turn["data"]["taskId"]) == (session_id, answer["taskId"])


def test_a_channel_that_is_refused(server: BackendServer, browser: PusherJs) -> None:
    """The status of the refusal comes through: another person's session."""
    other = server.sign_in("other", "secret")
    session_id = server.new_session()
    assert other != server.sign_in()
    browser.say(subscribe=f"private-session-{session_id}")
    assert browser.told("refused")["status"] == 403


def test_a_wrong_token_is_refused(server: BackendServer) -> None:
    """401, and the socket stays open."""
    with pusher_js(server, "wrong") as browser:
        browser.told("connected")
        browser.say(subscribe=f"private-session-{server.new_session()}")
        assert browser.told("refused")["status"] == 401


@pytest.mark.parametrize("data", [{"a": "ü\u2028"}, [1], "text", 7])
def test_what_is_triggered_arrives(
    server: BackendServer, browser: PusherJs, publisher: Any, data: object
) -> None:
    """From one official client to the other."""
    _, channel = _join(browser, server)
    assert publisher.trigger(channel, "event", data) == {"ok": True}
    assert browser.event("event") == data


def test_a_batch_arrives_in_order(server: BackendServer, browser: PusherJs, publisher: Any) -> None:
    """Each event of it."""
    _, channel = _join(browser, server)
    batch = [{"channel": channel, "name": "batch", "data": {"n": n}} for n in range(5)]
    assert publisher.trigger_batch(batch) == {}
    assert [browser.event("batch")["n"] for _ in range(5)] == list(range(5))


def test_the_socket_that_is_left_out(server: BackendServer, publisher: Any) -> None:
    """All others hear the event."""
    with pusher_probe(server.socket_url) as one, pusher_probe(server.socket_url) as two:
        session_id = server.new_session()
        channel = one.join_session(server, session_id)
        two.join_session(server, session_id)
        publisher.trigger(channel, "first", {}, socket_id=one.socket_id)
        publisher.trigger(channel, "second", {})
        assert [two.receive()["event"] for _ in range(2)] == ["first", "second"]
        assert one.receive()["event"] == "second"


def test_both_sign_a_channel_alike(server: BackendServer, publisher: Any) -> None:
    """And the server takes the client's signature."""
    with pusher_probe(server.socket_url) as probe:
        channel = f"private-session-{server.new_session()}"
        signed = publisher.authenticate(channel, probe.socket_id)
        assert signed == server.authorize(probe.socket_id, channel).json()
        answer = probe.subscribe(channel, signed["auth"])
        assert answer["event"] == "pusher_internal:subscription_succeeded"


def test_what_the_client_is_refused(server: BackendServer, publisher: Any) -> None:
    """A wrong secret, what the server bounds, and every GET: this client signs a body there that it
    does not send. Nothing is pushed.
    """
    with official_pusher(server, "wrong") as stranger, pytest.raises(Refused, match="auth_failed"):
        stranger.trigger("channel", "event", {})
    with pytest.raises(Refused, match="auth_failed"):
        publisher.channels_info()
    with pytest.raises(Refused, match="invalid_input"):
        publisher.trigger("a;b", "event", {})

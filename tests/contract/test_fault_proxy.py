"""The fault proxy does what it says: a test that it deceives would prove nothing."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.support.backend_server import ORIGIN, BackendServer, backend_server
from tests.support.fault_proxy import FaultProxy, fault_proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 10  # seconds for what must come
SILENCE = 0.3  # seconds in which what must not come would have come


@pytest.fixture(scope="module")
def server() -> Iterator[BackendServer]:
    """A back end with test control."""
    with backend_server() as running:
        yield running


@pytest.fixture
def proxy(server: BackendServer) -> Iterator[FaultProxy]:
    """A proxy before it, with nothing wrong."""
    with fault_proxy(server) as running:
        yield running


@pytest.fixture
def rest(server: BackendServer, proxy: FaultProxy) -> Iterator[httpx.Client]:
    """HTTP through the proxy, signed in."""
    headers = {"authorization": f"Bearer {server.token}"}
    with httpx.Client(base_url=proxy.api, headers=headers, timeout=LIMIT) as client:
        yield client


@pytest.fixture
def line(server: BackendServer, proxy: FaultProxy) -> Iterator[ClientConnection]:
    """A socket through the proxy, greeted."""
    address = f"ws://127.0.0.1:{proxy.pusher_port}/app/{server.key}?protocol=7&client=t&version=1"
    with connect(address, compression=None, origin=Origin(ORIGIN), close_timeout=SILENCE) as socket:
        assert event(socket)["event"] == "pusher:connection_established"
        yield socket


def event(line: ClientConnection, limit: float = LIMIT) -> dict[str, Any]:
    """Return the next frame."""
    return dict(json.loads(line.recv(timeout=limit)))


def ping(line: ClientConnection) -> None:
    """Ask for a sign of life."""
    line.send('{"event":"pusher:ping","data":{}}')


def test_with_no_fault_everything_passes(
    rest: httpx.Client, line: ClientConnection, proxy: FaultProxy
) -> None:
    """Requests with their bodies, answers with their status, frames in both directions."""
    made = rest.post("/api/session", json={"title": "Through the proxy"})
    listed = rest.get("/api/session", params={"limit": 5})
    ping(line)

    assert made.status_code == 201 or made.is_success
    assert made.json()["sessionId"] in listed.text
    assert rest.get("/api/nothing").status_code == 404
    assert event(line)["event"] == "pusher:pong"
    assert [one.query for one in proxy.requests("GET", "/api/session")] == ["limit=5"]


def test_a_spoilt_answer_comes_as_often_as_it_was_ordered(
    rest: httpx.Client, proxy: FaultProxy
) -> None:
    """Match, action, times; then the server's own answer again."""
    proxy.spoil("/api/me", status=429, headers={"retry-after": "7"}, body="slow", times=2)

    answers = [rest.get("/api/me") for _ in range(3)]

    assert [one.status_code for one in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert answers[0].text == "slow"


def test_an_answer_is_lost_after_the_request_was_carried_out(
    rest: httpx.Client, server: BackendServer, proxy: FaultProxy
) -> None:
    """RSL1k4's test of others: the effect happened, the answer did not arrive."""
    session = server.new_session()
    proxy.spoil("/api/agent/interact", loses_answer=True)

    with pytest.raises(httpx.TransportError):
        rest.post("/api/agent/interact", json={"query": "Once", "sessionId": session})

    assert [one["content"] for one in server.messages(session)][:1] == ["Once"]


def test_a_body_that_is_cut_and_one_that_never_comes(rest: httpx.Client, proxy: FaultProxy) -> None:
    """Part of a page is no page; a silent server is no answer."""
    proxy.spoil("/api/me", cut_after=3)
    proxy.spoil("/api/me", hangs=True)

    with pytest.raises(httpx.RemoteProtocolError):
        rest.get("/api/me")
    with pytest.raises(httpx.ReadTimeout):
        rest.get("/api/me", timeout=SILENCE)


def test_frames_are_dropped_doubled_cut_and_held_back(
    line: ClientConnection, server: BackendServer, proxy: FaultProxy
) -> None:
    """Each action, on the frames that a test names."""
    proxy.spoil_frames("one", "drop")
    proxy.spoil_frames("two", "duplicate", count=3)
    proxy.spoil_frames("three", "hold_back", count=1)
    proxy.spoil_frames("five", "truncate")

    for word in ("one", "two", "three", "four", "five"):
        server.faults.send_raw(json.dumps({"event": word}))

    frames = [line.recv(timeout=LIMIT) for _ in range(6)]
    words = [json.loads(one)["event"] for one in frames[:5]]
    assert words == ["two", "two", "two", "four", "three"]
    with pytest.raises(json.JSONDecodeError):
        json.loads(frames[5])
    assert proxy.count("push drop one") == 1


def test_what_is_held_arrives_when_it_is_released(
    line: ClientConnection, proxy: FaultProxy
) -> None:
    """A black hole loses time, not bytes: TCP sends again."""
    proxy.push.hold(up=False, down=True)
    ping(line)
    with pytest.raises(TimeoutError):
        line.recv(timeout=SILENCE)

    proxy.push.release()

    assert event(line)["event"] == "pusher:pong"


def test_a_stranded_connection_hears_nothing_and_a_new_one_does(
    line: ClientConnection, server: BackendServer, proxy: FaultProxy
) -> None:
    """A peer that is gone without a word."""
    assert proxy.push.strand() == 1
    ping(line)

    with pytest.raises(TimeoutError):
        line.recv(timeout=SILENCE)
    address = f"ws://127.0.0.1:{proxy.pusher_port}/app/{server.key}?protocol=7&client=t&version=1"
    with connect(address, compression=None, origin=Origin(ORIGIN)) as other:
        assert event(other)["event"] == "pusher:connection_established"


@pytest.mark.parametrize("end", ["cut", "reset"])
def test_connections_end_as_ordered(line: ClientConnection, proxy: FaultProxy, end: str) -> None:
    """In good order, or by a reset; the client of a socket sees no closing frame either way."""
    assert getattr(proxy.push, end)() == 1

    with pytest.raises(ConnectionClosed) as closed:
        line.recv(timeout=LIMIT)
    assert closed.value.rcvd is None


def test_new_connections_are_refused_until_they_are_not(
    rest: httpx.Client, proxy: FaultProxy
) -> None:
    """A server that is gone."""
    proxy.rest.shape(refused=True)
    with pytest.raises(httpx.TransportError):
        rest.get("/api/me")

    proxy.heal()

    assert rest.get("/api/me").is_success
    assert proxy.count("rest refused") == 1


def test_a_silent_connection_is_ended(line: ClientConnection, proxy: FaultProxy) -> None:
    """As a proxy between does after a minute; here after less."""
    proxy.push.shape(idle_limit=SILENCE)

    with pytest.raises(ConnectionClosed):
        line.recv(timeout=LIMIT)
    assert proxy.count("push idle") == 1


def test_bytes_are_late_slow_and_in_slices(
    rest: httpx.Client, line: ClientConnection, proxy: FaultProxy
) -> None:
    """The same bytes in the end."""
    whole = rest.get("/api/capabilities").text
    proxy.rest.shape(latency=0.1, slice_bytes=1)
    proxy.push.shape(bytes_per_second=200)
    began = time.monotonic()

    answer = rest.get("/api/capabilities")
    ping(line)

    assert answer.text == whole
    assert event(line)["event"] == "pusher:pong"
    assert time.monotonic() - began > 0.2  # one piece each way: only what is too soon is wrong


def test_a_late_request_is_carried_out_though_nobody_waits(
    rest: httpx.Client, server: BackendServer, proxy: FaultProxy
) -> None:
    """As an old request that a network delivers after its retry."""
    session = server.new_session()
    proxy.spoil("/api/agent/interact", late_request=2 * SILENCE)

    with pytest.raises(httpx.ReadTimeout):
        rest.post(
            "/api/agent/interact", json={"query": "Late", "sessionId": session}, timeout=SILENCE
        )

    until = time.monotonic() + LIMIT
    while not server.messages(session) and time.monotonic() < until:
        pass  # each look is a request: it waits by itself
    assert server.messages(session)[0]["content"] == "Late"

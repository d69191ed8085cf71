"""The HTTP API as both servers have it: what is published, what is refused and how."""

import hashlib
import json
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.support.backend_server import BackendServer
from tests.support.push_api import PushApi
from tests.support.pusher_probe import PusherProbe, pusher_probe

LONGEST = 256 * 1024  # bytes of an event's data
CHANNEL = "things"
EVENT = {"name": "e", "channel": CHANNEL, "data": "d"}


@pytest.fixture
def probe(server: BackendServer) -> Iterator[PusherProbe]:
    """A socket that has joined the channel."""
    with pusher_probe(server.socket_url) as probe:
        probe.subscribe(CHANNEL)
        yield probe


def heard(probe: PusherProbe, push_api: PushApi) -> list[str]:
    """Return the data of what has come to the channel until now."""
    assert push_api.trigger(CHANNEL, "end", "").is_success
    texts = []
    while (frame := probe.receive())["event"] != "end":
        texts.append(str(frame["data"]))
    return texts


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and the word of a refusal that has Sockudo's form."""
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["error"]
    return answer.status_code, body["code"]


@pytest.mark.parametrize(
    ("data", "text"),
    [("{not json", "{not json"), ('"123"', '"123"'), ("ü<\u2028", "ü<\u2028"), (None, "null")],
)
def test_the_data_of_an_event_is_a_string(
    push_api: PushApi, probe: PusherProbe, data: str | None, text: str
) -> None:
    """It goes as it is."""
    answer = push_api.trigger(CHANNEL, "e", data)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert probe.receive() == {"event": "e", "channel": CHANNEL, "data": text}


@pytest.mark.parametrize("data", [{"a": 1}, [1], 7, True])
def test_data_that_is_no_string_is_refused(
    push_api: PushApi, probe: PusherProbe, data: object
) -> None:
    """422 in words alone, although Pusher's own service takes it."""
    answer = push_api.trigger(CHANNEL, "e", data)
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/plain")
    assert heard(probe, push_api) == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"name": None}, 400, "invalid_input"),
        ({"name": "x" * 201}, 400, "limit_exceeded"),
        ({"data": "x" * (LONGEST + 1)}, 413, "payload_too_large"),
        ({"channel": None}, 400, "missing_channel_info"),
        ({"channels": []}, 400, "missing_channel_info"),
        ({"channels": ["c"] * 101}, 400, "limit_exceeded"),
        ({"channel": "a b"}, 400, "invalid_input"),
        ({"channel": "x" * 201}, 400, "invalid_input"),
        ({"idempotency_key": ""}, 400, "invalid_input"),
        ({"idempotency_key": "k" * 129}, 400, "invalid_input"),
    ],
)
def test_what_cannot_be_published(
    push_api: PushApi, change: dict[str, object], status: int, code: str
) -> None:
    """Status and word of each."""
    assert refused(push_api.ask("POST", "/events", {**EVENT, **change})) == (status, code)


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"[]", 422), (b'{"name":7}', 422)])
def test_a_body_that_is_none(push_api: PushApi, body: bytes, status: int) -> None:
    """In words alone."""
    answer = push_api.ask("POST", "/events", body)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_body_has_to_say_that_it_is_json(push_api: PushApi) -> None:
    """415."""
    assert push_api.ask("POST", "/events", EVENT, headers={}).status_code == 415


def test_the_longest_event_is_taken(push_api: PushApi, probe: PusherProbe) -> None:
    """To the byte, in UTF-8."""
    assert push_api.trigger(CHANNEL, "e", "ü" * (LONGEST // 2)).status_code == 200
    assert probe.receive()["data"] == "ü" * (LONGEST // 2)
    assert push_api.trigger(CHANNEL, "e", "ü" * (LONGEST // 2) + "x").status_code == 413


def test_a_body_over_ten_megabytes_is_not_read(push_api: PushApi) -> None:
    """413, before anything is looked at."""
    body = {**EVENT, "data": "x" * (11 * 1024 * 1024)}
    assert push_api.ask("POST", "/events", body).status_code == 413


def test_what_comes_before_a_bad_channel_has_gone_out(
    push_api: PushApi, probe: PusherProbe
) -> None:
    """And before a bad event of a batch."""
    answer = push_api.ask("POST", "/events", {**EVENT, "channels": [CHANNEL, "a b"]})
    assert refused(answer) == (400, "invalid_input")
    batch = [{**EVENT, "data": "1"}, {**EVENT, "channel": "a b"}, {**EVENT, "data": "3"}]
    answer = push_api.ask("POST", "/batch_events", {"batch": batch})
    assert refused(answer) == (400, "invalid_input")
    assert heard(probe, push_api) == ["d", "1"]


def test_a_batch_goes_out_in_order(push_api: PushApi, probe: PusherProbe) -> None:
    """A hundred events are the most."""
    batch = [{**EVENT, "data": str(number)} for number in range(101)]
    answer = push_api.ask("POST", "/batch_events", {"batch": batch[:100]})
    assert (answer.status_code, answer.json()) == (200, {})
    assert heard(probe, push_api) == [str(number) for number in range(100)]
    answer = push_api.ask("POST", "/batch_events", {"batch": batch})
    assert refused(answer) == (400, "limit_exceeded")


@pytest.mark.parametrize("in_body", [True, False])
def test_an_event_with_a_key_goes_out_once(
    push_api: PushApi, probe: PusherProbe, in_body: bool
) -> None:
    """Each repeat is answered as the first was, also where its data is another."""
    key = f"once-{time.time_ns()}"
    for data in ("first", "first", "other"):
        body = {**EVENT, "data": data}
        headers = {"content-type": "application/json"}
        if in_body:
            body["idempotency_key"] = key
        else:
            headers["X-Idempotency-Key"] = key
        answer = push_api.ask("POST", "/events", body, headers=headers)
        assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert heard(probe, push_api) == ["first"]


def test_a_key_whose_event_was_refused_stays_taken(push_api: PushApi) -> None:
    """503 with `Retry-After`: who was told no has to take another key."""
    key = f"taken-{time.time_ns()}"
    assert push_api.trigger("a b", "e", "d", idempotency_key=key).status_code == 400
    answer = push_api.trigger(CHANNEL, "e", "d", idempotency_key=key)
    assert refused(answer) == (503, "backpressure")
    assert answer.headers["retry-after"] == "1"
    again = push_api.trigger(CHANNEL, "e", "d", idempotency_key=key + "-again")
    assert again.status_code == 200


def test_an_answer_tells_how_many_have_joined(push_api: PushApi, probe: PusherProbe) -> None:
    """Where it is asked; of each event of a batch."""
    told = push_api.trigger(CHANNEL, "e", "d", info="subscription_count").json()["channels"]
    assert told[CHANNEL]["subscription_count"] == 1
    batch = [{**EVENT, "info": "subscription_count"}, EVENT]
    told = push_api.ask("POST", "/batch_events", {"batch": batch}).json()["batch"]
    assert told[0]["subscription_count"] == 1
    assert "subscription_count" not in told[1]


def test_what_is_joined_can_be_asked(push_api: PushApi, probe: PusherProbe) -> None:
    """All channels, and one; people are counted on presence channels only."""
    assert push_api.joined_channels()[CHANNEL] == 1
    one = push_api.ask("GET", f"/channels/{CHANNEL}", asked={"info": "subscription_count"})
    assert one.json() == {"occupied": True, "subscription_count": 1}
    assert push_api.ask("GET", "/channels/nobody").json() == {"occupied": False}
    answer = push_api.ask("GET", "/channels", asked={"info": "user_count"})
    assert refused(answer) == (400, "invalid_input")


@pytest.mark.parametrize(
    ("signed", "status", "code"),
    [
        ({"auth_signature": "0" * 64}, 401, "auth_failed"),
        ({"auth_key": "other"}, 404, "app_not_found"),
        ({"auth_timestamp": "1700000000"}, 401, "auth_failed"),
        ({"auth_timestamp": "now"}, 401, "auth_failed"),
        ({"body_md5": ""}, 401, "auth_failed"),
        ({"body_md5": "0" * 32}, 401, "auth_failed"),
    ],
)
def test_a_request_that_is_not_signed_well(
    push_api: PushApi, signed: dict[str, str], status: int, code: str
) -> None:
    """Signature, key, time and body."""
    assert refused(push_api.ask("POST", "/events", EVENT, signed=signed)) == (status, code)


def test_a_request_to_another_application(push_api: PushApi) -> None:
    """401, though it is signed well."""
    assert refused(push_api.ask("POST", "/apps/2/events", EVENT)) == (401, "auth_failed")


def test_a_get_must_sign_no_body(push_api: PushApi) -> None:
    """401, right or wrong; without one it is answered."""
    empty = hashlib.md5(b"").hexdigest()
    answer = push_api.ask("GET", "/channels", signed={"body_md5": empty})
    assert refused(answer) == (401, "auth_failed")
    assert push_api.ask("GET", "/channels").status_code == 200


def test_a_version_is_not_looked_at(push_api: PushApi) -> None:
    """It is signed, and that is all."""
    assert push_api.ask("POST", "/events", EVENT, signed={"auth_version": "2.0"}).is_success


def test_a_request_without_a_signature(server: BackendServer) -> None:
    """400: it was not even tried."""
    address = f"http://127.0.0.1:{server.pusher_port}/apps/1/events"
    assert refused(httpx.post(address, content=json.dumps(EVENT))) == (400, "invalid_input")


@pytest.mark.parametrize(("path", "status"), [("/up", 200), ("/up/1", 200), ("/up/2", 404)])
def test_whether_it_is_up(server: BackendServer, path: str, status: int) -> None:
    """Anybody may ask, a web page too; an application that is none is 404."""
    answer = httpx.get(
        f"http://127.0.0.1:{server.pusher_port}{path}", headers={"origin": "https://a.example"}
    )
    assert answer.status_code == status
    assert answer.headers["access-control-allow-origin"] == "*"
    if status == 200:
        assert (answer.text, answer.headers["x-health-check"]) == ("OK", "OK")

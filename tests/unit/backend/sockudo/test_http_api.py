"""One request to Sockudo's HTTP API; `tests/contract` makes them to the real one."""

import json
from collections.abc import Callable

import httpx
import pytest

from tests.support.asynchronous import asynchronous
from threadline_backend.embedded.http_signature import SignedRequest, check_request
from threadline_backend.sockudo.http_api import (
    Accepted,
    Address,
    Busy,
    HttpApi,
    Outcome,
    Refused,
    Unanswered,
)

ADDRESS = Address(base="http://sockudo:3005", app_id="1", key="key", secret="hush-hush")
NOW = 1_700_000_000.5

Answer = Callable[[httpx.Request], httpx.Response]


async def _trigger(answer: Answer, data: object = "text") -> Outcome:
    transport = httpx.MockTransport(answer)
    async with HttpApi(ADDRESS, 2.0, transport, now=lambda: NOW) as api:
        return await api.trigger("private-x", "event", data, "key-1")


@asynchronous
async def test_what_is_sent() -> None:
    """Name, channel, data as a string, the key; signed as the embedded server checks it."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"ok": True})

    assert await _trigger(answer, {"text": "ü\u2028", "half": "\ud800"}) == Accepted()
    (request,) = asked
    assert json.loads(request.content) == {
        "name": "event",
        "channel": "private-x",
        "data": '{"text":"ü\u2028","half":"?"}',
        "idempotency_key": "key-1",
    }
    parameters = dict(request.url.params)
    signed = SignedRequest("POST", "/apps/1/events", parameters, request.content)
    check_request(signed, "key", "hush-hush", NOW)


@asynchronous
async def test_a_look_is_a_request_that_publishes_nothing() -> None:
    """Signed without a digest, which Sockudo would refuse."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(401, json={"error": "Invalid API signature"})

    async with HttpApi(ADDRESS, 2.0, httpx.MockTransport(answer)) as api:
        assert await api.look() == Refused("answered 401: Invalid API signature")
    assert (asked[0].method, asked[0].url.path) == ("GET", "/apps/1/channels")
    assert "body_md5" not in asked[0].url.params


@pytest.mark.parametrize(
    ("status", "headers", "body", "outcome"),
    [
        (200, {}, "{}", Accepted()),
        (202, {}, "", Accepted()),
        (413, {}, '{"error": "too\\n large"}', Refused("answered 413: too large")),
        (404, {}, "<p>", Refused("answered 404: <p>")),
        (400, {}, "[]", Refused("answered 400: []")),
        (429, {"retry-after": "7"}, "", Busy("answered 429: nothing more", 7.0)),
        (503, {"retry-after": "soon"}, '{"error": "full"}', Busy("answered 503: full", 0.0)),
        (500, {}, "", Busy("answered 500: nothing more", 0.0, was_published=True)),
        (502, {}, "<p>", Busy("answered 502: <p>", 0.0, was_published=True)),
    ],
)
@asynchronous
async def test_how_an_answer_is_taken(
    status: int, headers: dict[str, str], body: str, outcome: Outcome
) -> None:
    """By its status; its words are kept in one line."""
    found = await _trigger(lambda _: httpx.Response(status, headers=headers, text=body))
    assert found == outcome


@pytest.mark.parametrize(
    ("problem", "was_sent"),
    [
        (httpx.ConnectError, False),
        (httpx.ConnectTimeout, False),
        (httpx.PoolTimeout, False),
        (httpx.ReadTimeout, True),
        (httpx.WriteTimeout, True),
        (httpx.ReadError, True),
        (httpx.RemoteProtocolError, True),
    ],
)
@asynchronous
async def test_where_there_is_no_answer(
    problem: type[httpx.TransportError], was_sent: bool
) -> None:
    """What matters is whether the event may be published; no word holds the signed address."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise problem(f"at {request.url}")

    outcome = await _trigger(fail)
    assert isinstance(outcome, Unanswered)
    assert outcome.was_sent is was_sent
    assert "auth_signature" not in outcome.words


def test_the_secret_is_in_no_word_about_an_address() -> None:
    """A log may hold one."""
    assert "hush" not in repr(ADDRESS)

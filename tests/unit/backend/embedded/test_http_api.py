"""The HTTP API, without a port."""

import hashlib
import json
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from tests.support.asynchronous import asynchronous
from threadline_backend.embedded.http_api import HttpApi
from threadline_backend.embedded.limits import Limits
from threadline_backend.http_signature import sign_request

NOW = 1_700_000_000


class _Sockets:
    """Sockets that are counted, and events that are kept."""

    def __init__(self) -> None:
        self.published: list[tuple[str, str, object, str | None]] = []
        self.is_draining = False

    async def publish(
        self, channel: str, event: str, data: object, *, except_socket: str | None = None
    ) -> None:
        self.published.append((channel, event, data, except_socket))

    def counts(self) -> tuple[int, dict[str, int]]:
        return 3, {"private-a": 2, "public": 1}


class _Caller:
    """Signs and sends requests."""

    def __init__(self) -> None:
        self.sockets = _Sockets()
        limits = Limits(request_bytes=1000)
        origins = ["chrome-extension://*"]
        api = HttpApi(self.sockets, "1", "key", "secret", origins, limits, lambda: NOW)
        self._app = Starlette(routes=api.routes())

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        secret: str = "secret",
        headers: dict[str, str] | None = None,
        **query: str,
    ) -> httpx.Response:
        """Send a signed request."""
        content = b"" if body is None else json.dumps(body).encode()
        query |= {"auth_key": "key", "auth_timestamp": str(NOW), "auth_version": "1.0"}
        if method == "POST":
            query["body_md5"] = hashlib.md5(content).hexdigest()
            headers = {"Content-Type": "application/json", **(headers or {})}
        query["auth_signature"] = sign_request(secret, method, path, query)
        return await self.plain(method, path, content=content, params=query, headers=headers)

    async def plain(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send a request as it is."""
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://pusher") as client:
            return await client.request(method, path, **request)


EVENT = {"name": "e", "channels": ["private-a", "b"], "data": "d", "socket_id": "1.2"}


@asynchronous
async def test_an_event_goes_to_its_channels() -> None:
    """In order, but not to the socket that is left out."""
    caller = _Caller()
    answer = await caller.call("POST", "/apps/1/events", EVENT)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert caller.sockets.published == [
        ("private-a", "e", "d", "1.2"),
        ("b", "e", "d", "1.2"),
    ]


@asynchronous
async def test_an_answer_tells_how_many_have_joined() -> None:
    """Where it is asked."""
    body = {**EVENT, "info": "subscription_count"}
    answer = await _Caller().call("POST", "/apps/1/events", body)
    assert answer.json() == {
        "channels": {"private-a": {"subscription_count": 2}, "b": {"subscription_count": 0}}
    }


@asynchronous
async def test_a_batch_goes_out_in_order() -> None:
    """And says nothing, or of each event's channel."""
    caller = _Caller()
    batch = [{"name": name, "channel": "private-a", "data": "d"} for name in "xyz"]
    answer = await caller.call("POST", "/apps/1/batch_events", {"batch": batch})
    assert (answer.status_code, answer.json()) == (200, {})
    assert [name for _, name, _, _ in caller.sockets.published] == ["x", "y", "z"]
    batch[1]["info"] = "subscription_count"
    answer = await caller.call("POST", "/apps/1/batch_events", {"batch": batch})
    assert answer.json() == {"batch": [{}, {"subscription_count": 2}, {}]}


@pytest.mark.parametrize(
    ("query", "channels"),
    [
        ({}, {"private-a": {}, "public": {}}),
        ({"filter_by_prefix": "private-"}, {"private-a": {}}),
        (
            {"info": "subscription_count"},
            {"private-a": {"subscription_count": 2}, "public": {"subscription_count": 1}},
        ),
    ],
)
@asynchronous
async def test_which_channels_are_joined(query: dict[str, str], channels: object) -> None:
    """All, or those whose names begin so."""
    answer = await _Caller().call("GET", "/apps/1/channels", None, "secret", None, **query)
    assert (answer.status_code, answer.json()) == (200, {"channels": channels})


@pytest.mark.parametrize(
    ("name", "query", "told"),
    [
        ("private-a", {}, {"occupied": True}),
        ("nobody", {}, {"occupied": False}),
        (
            "private-a",
            {"info": "subscription_count"},
            {"occupied": True, "subscription_count": 2},
        ),
    ],
)
@asynchronous
async def test_whether_a_channel_is_joined(name: str, query: dict[str, str], told: object) -> None:
    """And by how many."""
    answer = await _Caller().call("GET", f"/apps/1/channels/{name}", None, "secret", None, **query)
    assert (answer.status_code, answer.json()) == (200, told)


@pytest.mark.parametrize("path", ["/apps/1/channels", "/apps/1/channels/private-a"])
@asynchronous
async def test_people_are_not_counted(path: str) -> None:
    """There are no presence channels."""
    answer = await _Caller().call("GET", path, info="user_count")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


@asynchronous
async def test_a_refusal_has_sockudos_form() -> None:
    """Nothing is published."""
    caller = _Caller()
    for refused, status, code in [
        (await caller.plain("POST", "/apps/1/events"), 400, "invalid_input"),
        (await caller.plain("GET", "/apps/1/channels?auth_key=x"), 404, "app_not_found"),
        (await caller.call("POST", "/apps/1/events", EVENT, secret="x"), 401, "auth_failed"),
        (await caller.call("POST", "/apps/2/events", EVENT), 401, "auth_failed"),
        (await caller.call("POST", "/apps/1/events", {}), 400, "invalid_input"),
        (await caller.call("POST", "/apps/1/events", ["x" * 1000]), 413, "payload_too_large"),
        (await caller.call("GET", "/apps/1/channels/a b"), 401, "auth_failed"),
        (
            await caller.call("POST", "/apps/1/events", {**EVENT, "channels": ["a b"]}),
            400,
            "invalid_input",
        ),
    ]:
        body = refused.json()
        assert (refused.status_code, body["code"], body["status"]) == (status, code, status)
        assert body["error"]
    assert caller.sockets.published == []


@asynchronous
async def test_a_body_of_the_wrong_type_is_refused_in_words_alone() -> None:
    """So are one that does not say that it is JSON, and one that is none."""
    caller = _Caller()
    text = {"Content-Type": "text/plain"}
    for refused, status in [
        (await caller.call("POST", "/apps/1/events", {**EVENT, "data": {}}), 422),
        (await caller.call("POST", "/apps/1/events", EVENT, headers=text), 415),
        (await caller.call("POST", "/apps/1/events"), 400),
    ]:
        assert refused.status_code == status
        assert refused.headers["content-type"].startswith("text/plain")
    assert caller.sockets.published == []


@asynchronous
async def test_what_comes_before_a_bad_channel_has_gone_out() -> None:
    """And before a bad event of a batch."""
    caller = _Caller()
    answer = await caller.call("POST", "/apps/1/events", {**EVENT, "channels": ["a", "b c"]})
    assert answer.status_code == 400
    batch = [{"name": "e", "channel": name, "data": "d"} for name in ("b", "c d")]
    answer = await caller.call("POST", "/apps/1/batch_events", {"batch": batch})
    assert answer.status_code == 400
    assert [channel for channel, _, _, _ in caller.sockets.published] == ["a", "b"]


@pytest.mark.parametrize("in_body", [True, False])
@asynchronous
async def test_an_event_with_a_key_goes_out_once(in_body: bool) -> None:
    """The answer is the same; whether the key is in the body or in a header."""
    caller = _Caller()
    event = {**EVENT, "idempotency_key": "k"} if in_body else EVENT
    headers = {} if in_body else {"X-Idempotency-Key": "k"}
    for _ in range(2):
        answer = await caller.call("POST", "/apps/1/events", event, headers=headers)
        assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert len(caller.sockets.published) == 2  # its two channels, once


@asynchronous
async def test_a_key_whose_request_failed_stays_taken() -> None:
    """503 with `Retry-After`, also for an event that is right."""
    caller = _Caller()
    wrong = {**EVENT, "channels": ["a b"], "idempotency_key": "k"}
    assert (await caller.call("POST", "/apps/1/events", wrong)).status_code == 400
    answer = await caller.call("POST", "/apps/1/events", {**EVENT, "idempotency_key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (503, "backpressure")
    assert answer.headers["retry-after"] == "1"


@asynchronous
async def test_it_is_up() -> None:
    """For its application and no other; not while it takes no more sockets."""
    caller = _Caller()
    for path, status, word in [
        ("/up", 200, "OK"),
        ("/up/1", 200, "OK"),
        ("/up/2", 404, "NOT_FOUND"),
    ]:
        answer = await caller.plain("GET", path)
        assert (answer.status_code, answer.text) == (status, word)
        assert answer.headers["x-health-check"] == word
        assert answer.headers["access-control-allow-origin"] == "*"
    caller.sockets.is_draining = True
    answer = await caller.plain("GET", "/up")
    assert (answer.status_code, answer.text) == (503, "DRAINING")


@pytest.mark.parametrize(
    ("origin", "status"), [("https://evil.example", 403), ("chrome-extension://abc", 200)]
)
@asynchronous
async def test_a_web_page_may_not_publish(origin: str, status: int) -> None:
    """Though it may know a secret that every local server has."""
    caller = _Caller()
    answer = await caller.call("POST", "/apps/1/events", EVENT, headers={"Origin": origin})
    assert answer.status_code == status
    assert bool(caller.sockets.published) == (status == 200)

"""What follows from how a request ended: repeats, keys, giving up, and being away."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.support.asynchronous import asynchronous
from threadline_backend.realtime import NotPublished
from threadline_backend.sockudo.http_api import Address, HttpApi
from threadline_backend.sockudo.publisher import Patience, SockudoPublisher, sockudo_publisher

ADDRESS = Address(base="http://sockudo:3005", app_id="1", key="key", secret="hush-hush")
QUICK = Patience(answer=0.2, event=0.2, first_pause=0.001, longest_pause=0.004, probe_pause=0.02)

Step = httpx.Response | type[httpx.TransportError]
OK = httpx.Response(200, json={"ok": True})
BUSY = httpx.Response(503, json={"error": "full"})


class ScriptedSockudo:
    """Ends requests as a script says; after its end, every event is taken."""

    def __init__(self, *steps: Step) -> None:
        self.keys: list[str] = []
        self.texts: list[str] = []
        self._steps = list(steps)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """End one request."""
        if request.method == "POST":
            body = json.loads(request.content)
            self.keys.append(body["idempotency_key"])
            self.texts.append(body["data"])
        step = self._steps.pop(0) if self._steps else OK
        if isinstance(step, httpx.Response):
            return step
        raise step("scripted")


@asynccontextmanager
async def _publisher(
    answer: Callable[[httpx.Request], httpx.Response], patience: Patience = QUICK
) -> AsyncIterator[SockudoPublisher]:
    transport = httpx.MockTransport(answer)
    async with HttpApi(ADDRESS, patience.answer, transport) as api:
        yield SockudoPublisher(api, patience, jitter=lambda: 1.0)


@asynchronous
async def test_an_event_is_published_once() -> None:
    """Each under a key of its own."""
    sockudo = ScriptedSockudo()
    async with _publisher(sockudo) as publisher:
        await publisher.publish("c", "e", "one")
        await publisher.publish("c", "e", "two")
    assert sockudo.texts == ["one", "two"]
    assert len(set(sockudo.keys)) == 2


@pytest.mark.parametrize("lost", [httpx.ReadTimeout, httpx.ReadError, httpx.Response(500)])
@asynchronous
async def test_what_may_have_been_published_keeps_its_key(lost: Step) -> None:
    """The answer was lost, or is that it failed halfway; also where Sockudo is busy with it when it
    is asked again.
    """
    sockudo = ScriptedSockudo(lost, BUSY, httpx.ConnectError)
    async with _publisher(sockudo) as publisher:
        await publisher.publish("c", "e", "text")
    assert len(sockudo.keys) == 4
    assert len(set(sockudo.keys)) == 1


@asynchronous
async def test_after_an_answer_that_is_not_now_the_key_is_another() -> None:
    """Under the old one Sockudo would turn the event down for two minutes."""
    sockudo = ScriptedSockudo(BUSY, BUSY, httpx.Response(429))
    async with _publisher(sockudo) as publisher:
        await publisher.publish("c", "e", "text")
    assert len(set(sockudo.keys)) == len(sockudo.keys) == 4


@asynchronous
async def test_what_was_never_sent_is_sent_again() -> None:
    """Sockudo may be starting."""
    sockudo = ScriptedSockudo(httpx.ConnectError, httpx.ConnectError)
    async with _publisher(sockudo) as publisher:
        await publisher.publish("c", "e", "text")
    assert len(sockudo.keys) == 3


@asynchronous
async def test_what_is_refused_is_not_sent_again(caplog: pytest.LogCaptureFixture) -> None:
    """And the next event is tried: it may be a better one. The same words are said once."""
    wrong = httpx.Response(413, json={"error": "too large"})
    sockudo = ScriptedSockudo(wrong, wrong)
    async with _publisher(sockudo) as publisher:
        for _ in range(2):
            with pytest.raises(NotPublished, match="413: too large"):
                await publisher.publish("c", "e", "text")
        await publisher.publish("c", "e", "text")
    assert len(sockudo.keys) == 3
    said = [record.message for record in caplog.records]
    assert len([words for words in said if "too large" in words]) == 1
    assert said[-1] == "Sockudo takes events again"


def _refuse(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("scripted")


@asynchronous
async def test_an_event_is_given_up_after_its_patience() -> None:
    """And no event waits after it: all but a probe now and then are given up at once."""
    asked = 0

    def refuse(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        return _refuse(request)

    async with _publisher(refuse) as publisher:
        with pytest.raises(NotPublished, match="cannot be reached"):
            await publisher.publish("c", "e", "text")
        before = asked
        for _ in range(100):
            with pytest.raises(NotPublished):
                await publisher.publish("c", "e", "text")
        assert asked - before < 100


@asynchronous
async def test_a_sockudo_that_says_nothing_costs_no_more() -> None:
    """The last request is cut short."""

    class Silent(httpx.AsyncBaseTransport):
        """Never answers."""

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError

    async with HttpApi(ADDRESS, 60.0, Silent()) as api:
        publisher = SockudoPublisher(api, QUICK)
        with pytest.raises(NotPublished, match="did not answer"):
            await publisher.publish("c", "e", "text")


@asynchronous
async def test_one_that_comes_back_is_noticed_by_a_probe(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Within the pause between two of them."""
    steps = [httpx.ConnectError] * 1000
    sockudo = ScriptedSockudo(*steps)
    async with _publisher(sockudo) as publisher:
        with pytest.raises(NotPublished):
            await publisher.publish("c", "e", "text")
        sockudo._steps.clear()
        with pytest.raises(NotPublished, match="Sockudo is away"):
            await publisher.publish("c", "e", "text")
        await asyncio.sleep(QUICK.probe_pause)
        await publisher.publish("c", "e", "back")
        await publisher.publish("c", "e", "after")
    assert sockudo.texts[-2:] == ["back", "after"]
    assert [record.message for record in caplog.records][-1] == "Sockudo takes events again"


@asynchronous
async def test_one_that_asks_to_be_left_alone_is() -> None:
    """`Retry-After` beyond the patience of an event holds all of them back."""
    sockudo = ScriptedSockudo(httpx.Response(429, headers={"retry-after": "30"}))
    async with _publisher(sockudo) as publisher:
        with pytest.raises(NotPublished, match="429"):
            await publisher.publish("c", "e", "text")
        await asyncio.sleep(QUICK.probe_pause)
        with pytest.raises(NotPublished, match="Sockudo is away"):
            await publisher.publish("c", "e", "text")
    assert len(sockudo.keys) == 1


@asynchronous
async def test_a_look_says_what_is_wrong(caplog: pytest.LogCaptureFixture) -> None:
    """Without the secret; where all is well nothing is said."""
    async with _publisher(ScriptedSockudo()) as publisher:
        await publisher.look()
    assert caplog.records == []
    with caplog.at_level(logging.DEBUG):
        async with _publisher(_refuse) as publisher:
            await publisher.look()
    assert "cannot be reached" in caplog.text
    assert "hush" not in caplog.text


@asynchronous
async def test_nobody_there_is_told_apart_from_silence() -> None:
    """Over the network, at a port that nobody listens on."""
    nowhere = Address(base="http://127.0.0.1:9", app_id="1", key="k", secret="s")
    async with sockudo_publisher(nowhere, Patience(event=1.0)) as publisher:
        with pytest.raises(NotPublished, match="cannot be reached"):
            await publisher.publish("c", "e", {})

"""The back end's adapter for Sockudo, against both servers: what it says is what they hear."""

import time

import pytest

from tests.support.asynchronous import asynchronous
from tests.support.backend_server import BackendServer
from tests.support.pusher_probe import pusher_probe
from threadline_backend.realtime import NotPublished
from threadline_backend.settings import DEFAULT_SECRET
from threadline_backend.sockudo.http_api import Accepted, Address, HttpApi, Refused
from threadline_backend.sockudo.publisher import sockudo_publisher

LONGEST = 256 * 1024  # bytes of an event's data
ANSWER_LIMIT = 10.0  # seconds, on a busy machine


def _address(server: BackendServer, **other: str) -> Address:
    given = {
        "base": f"http://127.0.0.1:{server.pusher_port}",
        "app_id": "1",
        "key": server.key,
        "secret": DEFAULT_SECRET,
        **other,
    }
    return Address(**given)


@asynchronous
async def test_events_arrive_whole_and_in_order(server: BackendServer) -> None:
    """As JSON in a string, whatever the text is made of."""
    with pusher_probe(server.socket_url) as probe:
        probe.subscribe("c")
        async with sockudo_publisher(_address(server)) as publisher:
            for number in range(50):
                await publisher.publish("c", "e", {"n": number, "text": 'ü<b>\u2028"\ud800'})
        for number in range(50):
            frame = probe.receive()
            assert frame["data"] == f'{{"n":{number},"text":"ü<b>\u2028\\"?"}}'


@asynchronous
async def test_one_event_sent_twice_under_a_key_is_heard_once(server: BackendServer) -> None:
    """So a repeat after a lost answer is safe; both are accepted."""
    key = f"adapter-{time.time_ns()}"
    with pusher_probe(server.socket_url) as probe:
        probe.subscribe("c")
        async with HttpApi(_address(server), ANSWER_LIMIT) as api:
            for text in ("once", "once"):
                assert await api.trigger("c", "e", text, key) == Accepted()
            await api.trigger("c", "e", "end", key + "-end")
        assert [probe.receive()["data"] for _ in range(2)] == ["once", "end"]


@asynchronous
async def test_what_the_server_bounds_is_refused_and_nothing_else(server: BackendServer) -> None:
    """An event that is too long is given up; the next one arrives."""
    with pusher_probe(server.socket_url) as probe:
        probe.subscribe("c")
        async with sockudo_publisher(_address(server)) as publisher:
            with pytest.raises(NotPublished, match="413"):
                await publisher.publish("c", "e", "x" * (LONGEST + 1))
            await publisher.publish("c", "e", "next")
        assert probe.receive()["data"] == "next"


@pytest.mark.parametrize(
    ("other", "words"),
    [({"secret": "wrong"}, "401"), ({"key": "wrong"}, "404"), ({"app_id": "9"}, "401")],
)
@asynchronous
async def test_a_wrong_configuration_is_told_at_a_look(
    server: BackendServer, other: dict[str, str], words: str
) -> None:
    """Secret, key and id each have their answer."""
    async with HttpApi(_address(server, **other), ANSWER_LIMIT) as api:
        answer = await api.look()
    assert isinstance(answer, Refused)
    assert words in answer.words
    async with HttpApi(_address(server), ANSWER_LIMIT) as api:
        assert await api.look() == Accepted()

"""Ordered faults: who meets them, how often, and what is left of the request."""

import httpx
import pytest
from fastapi import FastAPI

from tests.support.asynchronous import asynchronous
from threadline_backend.embedded.limits import Limits
from threadline_backend.embedded.server import EmbeddedPusher
from threadline_backend.fault_control import (
    AnswerFault,
    FaultControl,
    FaultyAnswers,
    FaultyPublisher,
)


def _control() -> FaultControl:
    return FaultControl(EmbeddedPusher("1", "key", "secret", ["*"], Limits()))


def test_a_fault_is_met_as_often_as_it_was_ordered() -> None:
    """By the method and the path that it is for; those ordered first come first."""
    control = _control()
    first = AnswerFault(path="/api/*", method="GET", count=2, status=500)
    second = AnswerFault(path="/api/a", status=503)
    control.order(first)
    control.order(second)
    assert control.take("GET", "/other") is None
    assert control.take("GET", "/api/a") is first
    assert control.take("POST", "/api/a") is second
    assert control.take("POST", "/api/a") is None
    assert control.take("GET", "/api/b/c") is first
    assert control.take("GET", "/api/a") is None


class _Calls:
    """An application with one route that counts its calls, behind the faults."""

    def __init__(self) -> None:
        self.count = 0
        self.control = _control()
        self.app = FastAPI()
        self.app.add_middleware(FaultyAnswers, control=self.control)

        @self.app.get("/count")
        async def count() -> int:
            self.count += 1
            return self.count

        @self.app.get("/faults/x")
        async def control_itself() -> str:
            return "untouched"

    async def get(self, path: str = "/count") -> httpx.Response:
        """Call the route."""
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path)


@pytest.mark.parametrize(("after", "carried_out"), [(False, 0), (True, 1)])
@asynchronous
async def test_an_answer_is_replaced(after: bool, carried_out: int) -> None:
    """With a raw body and headers; the request is carried out only where that was ordered."""
    calls = _Calls()
    calls.control.order(
        AnswerFault(
            path="/count", status=503, body="{oops", headers={"Retry-After": "7"}, after=after
        )
    )
    answer = await calls.get()
    assert (answer.status_code, answer.text) == (503, "{oops")
    assert answer.headers["retry-after"] == "7"
    assert calls.count == carried_out
    assert (await calls.get()).status_code == 200


@asynchronous
async def test_a_delay_alone_leaves_the_answer() -> None:
    """It only comes later."""
    calls = _Calls()
    calls.control.order(AnswerFault(path="/count", delay=0.001))
    assert (await calls.get()).json() == 1


@asynchronous
async def test_the_control_itself_is_never_spoilt() -> None:
    """Or a test could not take back what it ordered."""
    calls = _Calls()
    calls.control.order(AnswerFault(path="*", status=500))
    assert (await calls.get("/faults/x")).json() == "untouched"


@asynchronous
async def test_a_reset_forgets_everything() -> None:
    """Answers and pushes are whole again."""
    calls = _Calls()
    calls.control.order(AnswerFault(path="/count", status=500))
    calls.control.drop_pushes("*", 3)
    calls.control.reset()
    assert (await calls.get()).status_code == 200
    assert not calls.control.is_dropped("channel")


@asynchronous
async def test_pushes_are_dropped_until_the_count_is_used_up() -> None:
    """On the channels that were named, and no more."""
    control = _control()
    publisher = FaultyPublisher(control)
    control.drop_pushes("private-*", 3)
    for channel in ("private-a", "public", "private-b"):
        await publisher.publish(channel, "event", {})
    assert not control.is_dropped("public")
    assert control.is_dropped("private-c")
    assert not control.is_dropped("private-c")

"""Publishing in order, without waiting, without one failure spoiling the rest."""

import asyncio

import pytest

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import RecordingPublisher
from threadline_backend.abilities import Abilities
from threadline_backend.announcements import QUEUED_EVENTS, Announcer
from threadline_backend.dialect import Dialect
from threadline_backend.realtime import NotPublished

PLAIN = Dialect(Abilities())


@asynchronous
async def test_events_are_published_in_the_order_they_were_posted() -> None:
    """Also when more is posted while the first is on its way."""
    publisher = RecordingPublisher()
    announcer = Announcer(publisher, PLAIN)
    for number in range(20):
        announcer.post("s1", {"type": "a", "n": number}, {"type": "b", "n": number})
        await asyncio.sleep(0)
    await announcer.settle()
    assert [(event["n"], event["type"]) for event in publisher.events] == [
        (number, kind) for number in range(20) for kind in "ab"
    ]
    assert publisher.published[0][:2] == ("private-session-s1", "a")


class BlockedPublisher(RecordingPublisher):
    """A publisher that hangs on one channel until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()

    async def publish(self, channel: str, event: str, data: object) -> None:
        """Keep an event, after a wait on the channel of session `slow`."""
        if channel.endswith("slow"):
            await self.go.wait()
        await super().publish(channel, event, data)


@asynchronous
async def test_a_slow_session_does_not_hold_up_another() -> None:
    """Each session has its own queue, and posting waits for none."""
    publisher = BlockedPublisher()
    announcer = Announcer(publisher, PLAIN)
    announcer.post("slow", {"type": "first"})
    announcer.post("quick", {"type": "second"})
    await publisher.wait_for(lambda event: event["type"] == "second")
    assert len(publisher.events) == 1
    publisher.go.set()
    await announcer.settle()
    assert len(publisher.events) == 2


class FailingPublisher(RecordingPublisher):
    """A publisher that fails on events named `bad`."""

    async def publish(self, channel: str, event: str, data: object) -> None:
        """Keep an event, or fail."""
        if event == "bad":
            raise OSError("no route")
        await super().publish(channel, event, data)


@asynchronous
async def test_a_failure_loses_one_event_only() -> None:
    """The next one is published."""
    publisher = FailingPublisher()
    announcer = Announcer(publisher, PLAIN)
    announcer.post("s1", {"type": "bad"}, {"type": "good"})
    await announcer.settle()
    assert [event["type"] for event in publisher.events] == ["good"]


class UnreachablePublisher(RecordingPublisher):
    """A publisher that gives events up, as one does that has said so in the log."""

    async def publish(self, channel: str, event: str, data: object) -> None:
        """Give an event up."""
        raise NotPublished("away")


@asynchronous
async def test_what_a_publisher_gave_up_is_no_news(caplog: pytest.LogCaptureFixture) -> None:
    """The adapter has told of it; a line for each event would say nothing more."""
    announcer = Announcer(UnreachablePublisher(), PLAIN)
    announcer.post("s1", {"type": "one"}, {"type": "two"})
    await announcer.settle()
    assert [record for record in caplog.records if record.levelname != "INFO"] == []


@asynchronous
async def test_the_end_waits_so_long_and_no_longer(caplog: pytest.LogCaptureFixture) -> None:
    """What is not published by then is counted, and found by reading."""
    publisher = BlockedPublisher()
    announcer = Announcer(publisher, PLAIN)
    announcer.post("slow", *({"type": "event"} for _ in range(3)))
    await announcer.settle(0.01)
    assert publisher.events == []
    assert "2 events were not published" in caplog.text


@asynchronous
async def test_a_queue_that_grows_too_long_loses_its_oldest() -> None:
    """The newest say more, and reading finds the rest."""
    publisher = BlockedPublisher()
    announcer = Announcer(publisher, PLAIN)
    announcer.post("slow", {"type": "event", "n": 0})
    await asyncio.sleep(0)
    for number in range(1, QUEUED_EVENTS + 3):
        announcer.post("slow", {"type": "event", "n": number})
    publisher.go.set()
    await announcer.settle()
    numbers = [event["n"] for event in publisher.events]
    assert numbers == [0, *range(3, QUEUED_EVENTS + 3)]


@asynchronous
async def test_the_order_of_a_session_is_one_lock() -> None:
    """Two writers of one session exclude each other; those of two do not."""
    announcer = Announcer(RecordingPublisher(), PLAIN)
    async with announcer.order("s1"):
        assert announcer.order("s1").locked()
        assert not announcer.order("s2").locked()


@asynchronous
async def test_what_the_dialect_leaves_out_is_not_published() -> None:
    """A server with three calls does not say that the agent is typing."""
    publisher = RecordingPublisher()
    announcer = Announcer(publisher, Dialect(Abilities(three_calls=True)))
    announcer.post("s1", {"type": "typing"})
    await announcer.settle()
    assert publisher.events == []

"""`core.sending`: a text goes out once it is on disk that it does (SPEC.md O1)."""

from __future__ import annotations

import pytest

from tests.support.scripted_server import ScriptedServer
from tests.support.world import DISK_LATENCY, World
from threadline.core.events import RowWritten
from threadline.core.model import ClientMessageId, Delivery
from threadline.core.outbox_notes import NOTE_PAUSE
from threadline.core.outbox_slot import NOTE_TRUST
from threadline.core.sending import NOT_WRITTEN

C1 = ClientMessageId("c1")


@pytest.fixture
def world() -> World:
    """Return a world with a view of `s1`, on a server that knows no repeats."""
    made = World(ScriptedServer(capabilities=()))
    made.start()
    made.attach(1, "s1")
    made.advance(1.0)
    return made


def sent(world: World) -> int:
    """Return how many texts went out."""
    return len(world.server.asked("/interact"))


def test_it_goes_out_when_the_disk_says_so(world: World) -> None:
    """SPEC.md O1: in the air to whoever looks, and on the wire only then."""
    world.say("Hello")
    assert world.show().pending[0].delivery is Delivery.SENDING
    assert (world.rows[C1].attempts, sent(world)) == (1, 0)

    world.advance(DISK_LATENCY)

    assert sent(world) == 1


@pytest.mark.parametrize("how", ["failed", "hang"])
def test_a_disk_that_does_not_holds_it_back(world: World, how: str) -> None:
    """SPEC.md O7, sync.md fault 68: said in words, tried again, and nothing goes out twice."""
    world.disk.outbox_fails = "failed" if how == "failed" else "hang"
    world.say("Hello")
    world.advance(NOTE_TRUST + 0.1)
    (waiting,) = world.show().pending
    assert (waiting.delivery, waiting.reason, sent(world)) == (Delivery.QUEUED, NOT_WRITTEN, 0)

    world.disk.outbox_fails = None
    world.advance(NOTE_PAUSE + 1.0)

    assert (world.texts(), world.rows, sent(world)) == (["Hello"], {}, 1)


def test_an_answer_that_nobody_waits_for_sends_nothing(world: World) -> None:
    """SPEC.md O9: the text was removed while that it begins was being written down."""
    world.say("Hello")
    world.ask("discard", clientMessageId="c1")
    world.advance(1.0)
    world.feed(RowWritten(99))

    assert (world.rows, sent(world), world.show().pending) == ({}, 0, ())


def test_who_signs_out_meanwhile_sends_nothing(world: World) -> None:
    """SPEC.md V6, O6: the row says again that nothing went out, so that nobody looks for it."""
    world.say("Hello")
    world.sign_in_as(None)
    world.advance(1.0)
    assert (world.rows[C1].first_sent_at, sent(world)) == (None, 0)

    world.sign_in_as("token")
    world.advance(2.0)

    assert (world.texts(), sent(world)) == (["Hello"], 1)

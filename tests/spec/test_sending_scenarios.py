"""What the person sends: shown at once, sent in order, acknowledged, found, or said to be lost."""

from __future__ import annotations

from tests.support.builders import EPOCH, entry, send
from tests.support.scripted_server import Reply, ScriptedServer, reply
from tests.support.world import DISK_LATENCY, World
from threadline.core.effects import SendRequest, WriteOutboxRow
from threadline.core.events import Fenced, RowWritten, ViewSaid
from threadline.core.model import ClientMessageId, Delivery
from threadline.core.outbox_notes import NOTE_PAUSE
from threadline.core.outbox_slot import NOTE_TRUST
from threadline.core.sending import NOT_WRITTEN

SETTLED = 1.0  # seconds in which everything on the network has arrived


def world_with(server: ScriptedServer | None = None) -> World:
    """Return a world whose one view shows session s1, with nothing in it."""
    world = World(server)
    world.start()
    world.attach()
    world.advance(SETTLED)
    return world


def bare() -> ScriptedServer:
    """Return a server that has the three calls alone: it knows no repeats."""
    return ScriptedServer(is_numbered=False, capabilities=())


def deliveries(world: World) -> list[tuple[str, Delivery]]:
    """Return the person's unacknowledged texts, and how far each is."""
    return [(one.content, one.delivery) for one in world.show().pending]


def test_what_the_person_sends_is_shown_at_once_and_confirmed_in_place() -> None:
    """SPEC.md O1, O4: pending first, then a message under the same key, never both."""
    world = world_with()
    world.say("hello")
    assert deliveries(world) == [("hello", Delivery.SENDING)]

    world.advance(SETTLED)

    (shown,) = world.show().messages
    assert (shown.content, shown.key, deliveries(world)) == ("hello", "c1", [])
    assert world.rows == {}


def test_that_a_send_began_is_on_disk_before_it_goes_out() -> None:
    """SPEC.md O1, L17: an engine that dies now is followed by one that knows."""
    world = world_with()
    effects = world.engine.handle(
        ViewSaid(1, send("c1", account="api.test/user-1")), world.clock.now()
    )
    assert not [one for one in effects if isinstance(one, SendRequest)]
    (row,) = [one for one in effects if isinstance(one, WriteOutboxRow)]
    assert (row.entry.attempts, row.entry.first_sent_at) == (1, world.clock.wall)
    assert row.question is not None

    effects = world.engine.handle(RowWritten(row.question), world.clock.now())

    (asked,) = [one for one in effects if isinstance(one, SendRequest)]
    assert asked.url.endswith("/interact")


def test_an_engine_that_another_one_has_followed_sends_nothing() -> None:
    """SPEC.md O1, S5: what it holds of the past may be wrong, and the row says so first."""
    world = world_with()
    effects = world.engine.handle(
        ViewSaid(1, send("c1", account="api.test/user-1")), world.clock.now()
    )
    (row,) = [one for one in effects if isinstance(one, WriteOutboxRow)]

    effects = world.engine.handle(Fenced(), world.clock.now())

    assert not [one for one in effects if isinstance(one, SendRequest)]
    assert row.question is not None
    assert world.engine.handle(RowWritten(row.question), world.clock.now()) == []


def test_an_engine_that_stood_still_looks_again_before_it_sends() -> None:
    """SPEC.md O1: what was written before it froze proves nothing about now."""
    world = world_with()
    effects = world.engine.handle(
        ViewSaid(1, send("c1", account="api.test/user-1")), world.clock.now()
    )
    (row,) = [one for one in effects if isinstance(one, WriteOutboxRow)]
    assert row.question is not None
    world.clock.push(NOTE_TRUST)

    effects = world.engine.handle(RowWritten(row.question), world.clock.now())

    assert not [one for one in effects if isinstance(one, SendRequest)]
    rows = [one for one in effects if isinstance(one, WriteOutboxRow)]
    assert [one.entry.attempts for one in rows] == [0, 1]
    assert rows[-1].question not in (None, row.question)


def test_a_disk_that_cannot_say_so_holds_a_text_back_and_says_why() -> None:
    """SPEC.md O1, O7: it is tried on, and goes as soon as the disk works."""
    world = world_with()
    world.disk.outbox_fails = "failed"
    world.say("hello")
    world.advance(SETTLED)
    (waiting,) = world.show().pending
    assert (waiting.delivery, waiting.reason) == (Delivery.QUEUED, NOT_WRITTEN)
    assert waiting.due_at is not None

    world.disk.outbox_fails = "hang"
    world.advance(NOTE_PAUSE + NOTE_TRUST)
    (waiting,) = world.show().pending
    assert (waiting.delivery, waiting.reason) == (Delivery.QUEUED, NOT_WRITTEN)
    assert world.server.asked("/interact") == []

    world.disk.outbox_fails = None
    world.advance(NOTE_PAUSE + SETTLED)

    assert (world.texts(), deliveries(world), world.rows) == (["hello"], [], {})
    assert len(world.server.asked("/interact")) == 1


def test_one_text_of_a_session_is_in_the_air_and_the_next_waits() -> None:
    """SPEC.md O2, L17: first in, first out."""
    world = world_with()
    for number in (1, 2, 3):
        world.say(f"text {number}", name=f"c{number}", ordinal=number)
    assert [delivery for _, delivery in deliveries(world)] == [
        Delivery.SENDING,
        Delivery.QUEUED,
        Delivery.QUEUED,
    ]

    world.advance(SETTLED)

    assert world.texts() == ["text 1", "text 2", "text 3"]


def test_a_server_that_knows_repeats_is_asked_again_with_the_same_key() -> None:
    """SPEC.md O3, O5: the answer was lost, the message is there once."""
    world = world_with()
    answer = world.server.answer

    def lose_it(asked: SendRequest) -> Reply | None:
        """The server acts, and the way back breaks; nothing can be read either."""
        known = answer(asked)
        return (
            reply(502) if asked.url.endswith("/interact") or "/session/s1/" in asked.url else known
        )

    world.server.loses_push = lambda _session, _event: True
    world.server.answer = lose_it  # type: ignore[method-assign, assignment]  # breaks the way back
    world.say("hello")
    world.advance(0.1)
    world.server.answer = answer  # type: ignore[method-assign]
    world.server.intercept = lambda asked: reply(500) if "/session/s1/" in asked.url else None
    world.advance(20.0)

    assert world.texts() == ["hello"]
    assert len(world.server.sessions["s1"]) == 1
    bodies = {str(one.body) for one in world.server.asked("/interact")}
    assert len(world.server.asked("/interact")) == 2
    assert len(bodies) == 1


def test_a_server_that_does_not_is_never_asked_blindly_again() -> None:
    """SPEC.md O5: the text is looked for; it was stored, so it is found."""
    world = world_with(bare())
    world.server.loses_answers = True
    world.server.loses_push = lambda _session, _event: True
    world.say("hello")
    world.advance(61.0)
    assert deliveries(world) == [("hello", Delivery.UNCONFIRMED)]

    world.server.loses_answers = False
    world.advance(60.0)

    assert (world.texts(), deliveries(world)) == (["hello"], [])
    assert len(world.server.asked("/interact")) == 1


def test_what_cannot_be_found_is_left_to_the_person() -> None:
    """SPEC.md O5, O7: said in words, with a way out; nothing is lost silently."""
    world = world_with(bare())
    world.server.intercept = lambda asked: reply(502) if asked.url.endswith("/interact") else None
    world.say("hello")
    world.advance(90.0)
    (lost,) = world.show().pending
    assert (lost.delivery, lost.reason) == (Delivery.FAILED, "It may not have been sent.")

    world.server.intercept = lambda _: None
    world.ask("retry", clientMessageId="c1")
    world.advance(SETTLED)

    assert world.texts() == ["hello"]


def test_what_the_server_refuses_does_not_block_the_next() -> None:
    """SPEC.md O2, O7: shown as failed, in the server's own words."""
    world = world_with()
    world.server.intercept = lambda asked: (
        reply(422, error="Too rude.") if "rude" in str(asked.body) else None
    )
    world.say("rude", name="c1", ordinal=1)
    world.say("kind", name="c2", ordinal=2)
    world.advance(SETTLED)

    (failed,) = world.show().pending
    assert (failed.content, failed.reason) == ("rude", "Too rude.")
    assert world.texts() == ["kind"]


def test_a_full_server_pauses_the_whole_queue() -> None:
    """SPEC.md O6: as long as it asked, and not a moment less."""
    world = world_with()
    world.server.intercept = lambda asked: (
        Reply(429, headers={"retry-after": "20"}) if asked.url.endswith("/interact") else None
    )
    world.say("hello")
    world.advance(SETTLED)
    world.server.intercept = lambda _: None

    world.advance(18.0)
    assert deliveries(world) == [("hello", Delivery.QUEUED)]
    world.advance(2.0)

    assert world.texts() == ["hello"]


def test_what_an_engine_left_is_sent_by_the_next() -> None:
    """SPEC.md O8: what it had begun is looked for first; what it had not simply goes."""
    begun = entry("c1", content="begun", attempts=1, first_sent_at=EPOCH)
    waiting = entry("c2", content="waiting", ordinal=2)
    world = World(bare())
    world.server.store("s1", "begun", "user")
    world.start(unsent=(begun, waiting))
    world.attach()
    world.advance(60.0)

    assert world.texts() == ["begun", "waiting"]
    assert len(world.server.asked("/interact")) == 1
    assert world.rows == {}


def test_a_text_can_be_given_up_unless_it_is_in_the_air() -> None:
    """SPEC.md O9: one in the air cannot be taken back."""
    world = world_with()
    world.say("first", name="c1", ordinal=1)
    world.say("second", name="c2", ordinal=2)
    world.advance(DISK_LATENCY)

    world.ask("discard", clientMessageId="c1")
    world.ask("discard", clientMessageId="c2")
    world.advance(SETTLED)

    assert world.texts() == ["first"]
    assert ClientMessageId("c2") not in world.rows

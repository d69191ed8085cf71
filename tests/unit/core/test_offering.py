"""`core.offering`: what the server acknowledged and lost stands before the person again."""

from __future__ import annotations

from tests.support.scripted_server import ScriptedServer
from tests.support.world import World
from threadline.core.model import ClientMessageId, Delivery, OutboxEntry
from threadline.core.offering import WORDS


def restored(*, texts: int = 2) -> World:
    """Return a world whose server took texts and was then restored from before them."""
    world = World(ScriptedServer())
    world.server.store("s1", "old")
    world.start()
    world.attach()
    world.advance(1.0)
    for number in range(1, texts + 1):
        world.say(f"text {number}", f"c{number}", number)
        world.advance(1.0)
    assert world.rows == {}
    del world.server.sessions["s1"][1:]
    world.server.heads["s1"] = world.server.revs["s1"] = 1
    world.server.epoch = "another"
    world.advance(40.0)
    return world


def test_lost_texts_are_offered_and_not_sent() -> None:
    """SPEC.md H21: in their order, with words; the agent runs once, unless the person says so."""
    world = restored()

    pending = world.show().pending
    assert [(one.content, one.delivery, one.reason) for one in pending] == [
        ("text 1", Delivery.FAILED, WORDS),
        ("text 2", Delivery.FAILED, WORDS),
    ]
    assert world.texts() == ["old"]
    assert len(world.server.asked("/interact")) == 2


def test_what_is_offered_survives_the_engine() -> None:
    """sync.md S7: it is written down, the whole of it."""
    world = restored(texts=1)
    row = world.rows[ClientMessageId("c1")]
    assert isinstance(row, OutboxEntry)
    assert (row.content, row.delivery) == ("text 1", Delivery.FAILED)

    world.start(unsent=(row,))
    world.advance(1.0)

    assert [one.content for one in world.show().pending] == ["text 1"]


def test_the_person_may_send_it_again_under_its_key() -> None:
    """sync.md O3: one key for ever."""
    world = restored(texts=1)
    world.ask("retry", clientMessageId="c1")
    world.advance(2.0)

    assert world.texts() == ["old", "text 1"]
    assert world.show().pending == ()
    assert world.rows == {}


def test_a_text_that_turns_up_after_all_is_not_offered_any_more() -> None:
    """sync.md 2.13, O4: its message is here, so its entry goes."""
    world = restored(texts=1)
    world.server.post("s1", "text 1", "user", metadata={"clientMessageId": "c1"})
    world.advance(1.0)

    assert world.texts() == ["old", "text 1"]
    assert world.show().pending == ()
    assert world.rows == {}


def test_a_text_is_offered_once() -> None:
    """However often the server is restored."""
    world = restored(texts=1)
    world.server.epoch = "a third"
    world.advance(60.0)

    assert len(world.show().pending) == 1

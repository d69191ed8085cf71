"""`core.authorship`: whose a text is, whatever its page was told when it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.builders import EPOCH, entry, token
from tests.support.scripted_server import Reply, ScriptedServer
from tests.support.world import World
from tests.unit.core.test_ownership import subject
from threadline.core import authorship
from threadline.core.account import signature_of
from threadline.core.model import Account, ClientMessageId
from threadline.core.ownership import learn

if TYPE_CHECKING:
    from threadline.core.effects import SendRequest
    from threadline.core.model import OutboxEntry

ADA = "api.test/user-1"
BOB = "api.test/user-2"
SETTLED = 2.0  # seconds after which all that can be has been answered


def world_of(**members: object) -> World:
    """Return a world whose engine knows that Ada is here, with a view of s1."""
    world = World(ScriptedServer(**members))  # type: ignore[arg-type]
    world.server.tokens |= {"token", "of bob"}
    world.server.store("s1", "a")
    world.start()
    world.attach()
    world.advance(SETTLED)
    return world


def comes(world: World, who: str) -> None:
    """Somebody signs in, and the server says who."""
    world.server.account = who.rpartition("/")[2]
    world.sign_in_as("token" if who == ADA else "of bob")
    world.advance(SETTLED)


def write(world: World, account: str | None, name: str = "c1") -> None:
    """A page of `account` writes a row down, and says so."""
    text: dict[str, Any] = {"content": f"do {name}", "ordinal": 1, "account": account}
    row = entry(name, session="s1", **text)
    world.rows[row.client_message_id] = row
    world.ask("send", clientMessageId=name, session="s1", createdAt=EPOCH * 1000, **text)


def senders(world: World) -> list[str]:
    """Return the tokens that carried texts, in order."""
    asked = [one.token for one in world.server.asked("/interact")]
    return [one.get_secret_value() for one in asked if one is not None]


def nobody_is_named(request: SendRequest) -> Reply | None:
    """Answer that it cannot be said whose a token is."""
    return Reply(503) if request.url.endswith("/api/me") else None


@pytest.fixture
def world() -> World:
    """Return a world with Ada in it."""
    return world_of()


def test_a_page_that_was_not_told_yet_writes_for_whom_it_shows(world: World) -> None:
    """SPEC.md V6: Bob is here, and the panel still shows Ada's conversation to its reader."""
    comes(world, BOB)

    write(world, ADA)
    write(world, ADA)  # a page says it again, where it was not shown
    world.advance(SETTLED)

    assert senders(world) == []
    assert world.show().pending == ()
    assert [one.account for one in world.engine._state.sealed] == [ADA]
    comes(world, ADA)
    assert senders(world) == ["token"]
    assert (world.texts(), world.rows) == (["a", "do c1"], {})


def test_what_is_sealed_stays_so_until_it_is_known_who_is_here(world: World) -> None:
    """SPEC.md V6, S1: what was read meanwhile may hold its message, which came without it."""
    ada, bob = subject("user-1"), subject("user-2")
    world.server.tokens |= {ada, bob}
    world.sign_in_as(ada)
    world.advance(SETTLED)
    world.server.loses = lambda request: request.url.endswith("/interact")
    world.server.loses_push = lambda _session, _event: True
    write(world, ADA)
    world.advance(SETTLED)
    world.server.account = "user-2"
    world.sign_in_as(bob)
    world.advance(SETTLED)
    world.server.intercept = nobody_is_named
    world.sign_in_as(ada)
    world.advance(SETTLED)
    assert "do c1" in world.texts()

    write(world, None, "c2")

    assert [one.client_message_id for one in world.engine._state.sealed] == ["c1"]
    assert [one.client_message_id for one in world.show().pending] == ["c2"]


def test_a_sealed_text_of_a_new_chat_leaves_the_view_alone(world: World) -> None:
    """SPEC.md V6: it neither goes into the conversation on show nor begins the chat there."""
    comes(world, BOB)
    world.ask("new_chat")
    members: dict[str, Any] = {"clientMessageId": "c1", "createdAt": EPOCH * 1000, "ordinal": 1}
    world.ask("send", content="do it", account=ADA, **members)

    assert world.engine._state.views[1].chat is None
    (sealed,) = world.engine._state.sealed
    assert (sealed.session_id, sealed.account) == (None, ADA)


def test_a_page_that_knows_an_older_name_writes_under_the_new_one() -> None:
    """SPEC.md V6: the server began to name its accounts; it is the same person."""
    world = world_of(capabilities=())
    learn(world.engine._state, Account(id=ADA), world.clock.now())

    write(world, "api.test")

    assert world.rows[ClientMessageId("c1")].account == ADA
    world.advance(SETTLED)
    assert senders(world) == ["token"]


@pytest.mark.parametrize("who", [ADA, BOB])
def test_what_names_nobody_is_of_whoever_has_the_token(world: World, who: str) -> None:
    """SPEC.md V6: Bob perhaps, or Ada with another token; it waits until the server has said."""
    world.server.intercept = nobody_is_named
    world.server.account = who.rpartition("/")[2]
    world.sign_in_as("of bob")
    write(world, None)
    world.advance(SETTLED)
    assert senders(world) == []
    name = signature_of(token("of bob"), "http://api.test")
    assert world.rows[ClientMessageId("c1")].account == name

    learn(world.engine._state, Account(id=who), world.clock.now())
    world.wake()
    assert world.rows[ClientMessageId("c1")].account == who
    world.advance(SETTLED)

    assert senders(world) == ["of bob"]


@pytest.mark.parametrize("signs_out", [True, False])
def test_what_names_nobody_waits_for_its_token(world: World, signs_out: bool) -> None:
    """SPEC.md V6: Ada is back before anybody knew that it was Bob; it is not sent in her name."""
    world.server.intercept = nobody_is_named
    world.sign_in_as("of bob")
    write(world, None)
    if signs_out:
        world.sign_in_as(None)
    world.sign_in_as("token")
    world.advance(SETTLED)
    assert senders(world) == []

    world.server.intercept = lambda _: None
    comes(world, BOB)

    assert senders(world) == ["of bob"]
    assert world.rows == {}


def test_while_nobody_is_known_what_names_nobody_stays_so() -> None:
    """SPEC.md V6: it is of whoever is here first, and of that one on disk from then on."""
    world = World(ScriptedServer())
    world.server.store("s1", "a")
    world.server.is_up = False
    world.start()
    world.attach()
    write(world, None)
    world.advance(SETTLED)
    assert world.rows[ClientMessageId("c1")].account is None

    learn(world.engine._state, Account(id=ADA), world.clock.now())
    world.wake()

    assert world.rows[ClientMessageId("c1")].account == ADA


def renewed(world: World) -> World:
    """Return the next engine's world: Ada has another token, and nobody has said yet whose it is.

    A text of hers had begun to go out.
    """
    world.server.loses = lambda request: request.url.endswith("/interact")
    world.server.loses_push = lambda _session, _event: True
    write(world, ADA)
    world.advance(SETTLED)
    after = world.next_life()
    after.server.tokens.add("renewed")
    after.server.intercept = nobody_is_named
    after.server.loses = lambda _: False
    after.start("renewed", unsent=tuple(after.rows.values()))
    after.attach()
    after.advance(SETTLED)
    return after


def test_what_was_read_before_it_was_known_who_is_here_is_not_here_twice(world: World) -> None:
    """SPEC.md S1, O4: the message of a sealed text is in the list; its row goes."""
    after = renewed(world)
    assert after.texts() == ["a", "do c1"]

    learn(after.engine._state, Account(id=ADA), after.clock.now())
    after.wake()

    assert (after.show().pending, after.rows) == ((), {})


def test_nothing_is_sent_ahead_of_what_may_be_of_the_same_person(world: World) -> None:
    """SPEC.md O2: what is sealed was written before it."""
    world.server.is_up = False
    after = renewed(world)
    after.server.is_up = True
    after.server.intercept = nobody_is_named
    write(after, None, "c2")
    after.advance(SETTLED)
    assert "renewed" not in senders(after)

    learn(after.engine._state, Account(id=ADA), after.clock.now())
    after.wake()
    after.advance(120.0)

    assert after.texts() == ["a", "do c1", "do c2"]


def test_what_waits_is_put_under_its_name_once() -> None:
    """SPEC.md V6: nothing is written down that is written already."""
    state = world_of().engine._state

    def signed(whose: str | None) -> tuple[OutboxEntry, int]:
        state.effects.clear()
        return authorship.sign(state, entry("c1", account=whose)), len(state.effects)

    assert signed(None) == (entry("c1", account=ADA), 1)
    assert signed(ADA) == (entry("c1", account=ADA), 0)
    assert signed(BOB) == (entry("c1", account=BOB), 0)

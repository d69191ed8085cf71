"""`core.storing`: what is shown from disk at once, and what goes there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.builders import EPOCH, entry
from tests.support.reader import tell_reading
from tests.support.scripted_server import ScriptedServer
from tests.support.world import World
from threadline.core.effects import StepDown
from threadline.core.events import Fenced, OutboxLost, SessionLoaded, StoreLost, TimerRang
from threadline.core.model import SessionId
from threadline.core.saving import SAVE_DELAY
from threadline.core.session_view import Health, Loading, StorageHealth
from threadline.core.state import WINDOW
from threadline.core.stored_session import coverage_from
from threadline.core.storing import database_of, open_for_account

if TYPE_CHECKING:
    from threadline.core.events import StoreCause

ONE = SessionId("s1")


@pytest.fixture
def world() -> World:
    """Return a world whose engine has read session s1, of three messages, and stored it."""
    world = World()
    for content in ("a", "b", "c"):
        world.server.store("s1", content)
    world.server.sessions["s1"][0]["role"] = "user"
    world.start()
    world.attach()
    world.advance(5.0)
    return world


def restarted(world: World, *, is_up: bool = True, who: str = "token") -> World:
    """Return the world of the next engine, which has begun, with a view of s1."""
    world.server.is_up = is_up
    world.server.sockets_do = "greet" if is_up else "refuse"
    after = world.next_life()
    after.start(who)
    after.attach()
    return after


def test_what_is_read_is_stored_soon(world: World) -> None:
    """SPEC.md S1, S4: records and their coverage."""
    database = world.disk.only()
    assert set(database.records[ONE]) == {"s1-m1", "s1-m2", "s1-m3"}

    world.server.post("s1", "d")
    world.advance(0.1 + SAVE_DELAY)

    assert "s1-m4" in database.records[ONE]
    assert coverage_from(database.coverage[ONE]).known == ((1, 4),)


def test_the_next_engine_shows_it_though_the_server_is_away(world: World) -> None:
    """SPEC.md S3: at once, and not as if it were live."""
    after = restarted(world, is_up=False)
    assert after.texts() == []

    after.advance(0.01)

    assert after.texts() == ["a", "b", "c"]
    assert after.show().loading.state is Loading.LOADING
    assert after.show().connection.health is Health.OPENING


def test_what_is_shown_from_disk_is_live_only_once_it_was_checked(world: World) -> None:
    """SPEC.md S3: joined is not enough."""
    world.server.store("s1", "while nobody was there")
    after = restarted(world)
    healths = []
    for _ in range(30):
        after.advance(0.01)
        healths.append((after.show().connection.health, len(after.texts())))

    assert (Health.LIVE, 3) not in healths
    assert healths[-1] == (Health.LIVE, 4)


@pytest.mark.parametrize("is_numbered", [True, False])
def test_what_came_while_no_engine_ran_is_read(*, is_numbered: bool) -> None:
    """SPEC.md S3: more than a page of it, on a server with numbers and on one with times."""
    world = World(ScriptedServer(is_numbered=is_numbered))
    for number in range(20):
        world.server.store("s1", f"text {number}")
        world.clock.push(1.0)
    world.start()
    world.attach()
    world.advance(30.0)
    for number in range(20, 140):
        world.server.store("s1", f"text {number}")
        world.clock.push(1.0)

    after = restarted(world)
    after.advance(60.0)

    shown = after.show()
    numbers = [one.sequence for one in shown.messages]
    assert len(numbers) >= WINDOW
    assert numbers == list(range(141 - len(numbers), 141))
    assert shown.gaps == ()


def test_a_session_is_switched_to_from_disk(world: World) -> None:
    """SPEC.md S3; sync.md V4: also one that this engine has not read."""
    world.server.store("s2", "other")
    world.ask("open_session", session="s2")
    world.advance(2.0)
    after = restarted(world, is_up=False)
    after.advance(0.1)

    after.ask("open_session", session="s2")
    after.advance(0.01)

    assert after.texts() == ["other"]


def test_title_and_status_are_stored(world: World) -> None:
    """SPEC.md S1: the list that tells titles may not be there."""
    world.server.publish("s1", "session_update", {"sessionId": "s1", "status": "completed"})
    world.advance(1.0)
    title = world.show().title
    assert title is not None

    after = restarted(world, is_up=False)
    after.advance(0.01)

    assert after.show().title == title


def test_where_the_person_had_read_to_is_stored(world: World) -> None:
    """SPEC.md V9: what comes in while no engine runs is new to the next one."""
    tell_reading(world)
    world.advance(1.0)
    world.server.post("s1", "d")
    world.server.post("s1", "e")
    world.advance(1.0)
    after = restarted(world)
    assert after.unread == 0

    world.server.post("s1", "f")
    after.advance(5.0)
    assert after.unread == 1
    tell_reading(after)

    assert after.unread == 0
    after.advance(1.0)
    third = restarted(after)
    third.advance(5.0)
    assert third.unread == 0


def test_a_damaged_record_costs_its_session_alone(world: World) -> None:
    """SPEC.md S2: it is read anew; the others are shown at once."""
    world.server.store("s2", "other")
    world.ask("open_session", session="s2")
    world.advance(2.0)
    rows = world.disk.only().records[ONE]
    key, row = next(iter(rows.items()))
    rows[key] = row.replace('"a"', '"x"')

    after = restarted(world)
    after.attach(2, "s2")
    after.advance(0.01)
    assert after.texts() == []
    assert after.texts(2) == ["other"]
    assert any("damaged" in report.text for report in after.reports)
    assert not any('"x"' in report.text for report in after.reports)

    after.advance(5.0)
    assert after.texts() == ["a", "b", "c"]
    assert after.disk.only().records[ONE][key] == row


@pytest.mark.parametrize(
    ("cause", "health"), [("quota", StorageHealth.FULL), ("failed", StorageHealth.FAILING)]
)
def test_a_disk_that_fails_is_told_and_the_panel_goes_on(
    world: World, cause: StoreCause, health: StorageHealth
) -> None:
    """SPEC.md S7, S8: memory is left alone, and what the person sees is whole."""
    world.disk.fails = cause
    world.server.post("s1", "d")
    world.advance(2.0)

    shown = world.show()
    assert shown.connection.storage is health
    assert world.texts() == ["a", "b", "c", "d"]
    assert shown.connection.health is Health.LIVE

    world.disk.fails = None
    world.advance(90.0)
    assert world.show().connection.storage is StorageHealth.SAVED
    assert "s1-m4" in world.disk.only().records[ONE]


def test_a_disk_that_hangs_is_told(world: World) -> None:
    """SPEC.md S8: after five seconds."""
    world.disk.fails = "hang"
    world.server.post("s1", "d")
    world.advance(4.0)
    before = world.show().connection.storage
    world.advance(2.0)

    assert (before, world.show().connection.storage) == (
        StorageHealth.SAVED,
        StorageHealth.FAILING,
    )


def test_what_a_newer_version_stored_is_told_and_left(world: World) -> None:
    """SPEC.md S9."""
    world.disk.is_newer = True
    kept = dict(world.disk.only().records[ONE])
    after = restarted(world)
    after.advance(0.02)
    assert after.texts() == ["a", "b", "c"]
    after.server.post("s1", "d")
    after.advance(5.0)

    assert after.show().connection.storage is StorageHealth.NEWER
    assert after.disk.only().records[ONE] == kept


def test_a_database_that_is_deleted_is_made_anew(world: World) -> None:
    """SPEC.md S10."""
    (name,) = world.disk.databases
    world.disk.databases.clear()
    world.feed(StoreLost(name))
    world.advance(1.0)

    assert len(world.disk.only().records[ONE]) == 3


def test_unsent_texts_are_written_again_when_their_rows_are_deleted(world: World) -> None:
    """SPEC.md S10: those of another account, too."""
    world.server.is_up = False
    world.say("do it")
    sealed = entry("c9", account="api.test/somebody else")
    after = world.next_life()
    after.rows[sealed.client_message_id] = sealed
    after.start(unsent=tuple(after.rows.values()))
    after.advance(1.0)
    after.rows.clear()

    after.feed(OutboxLost())

    assert sorted(after.rows) == ["c1", "c9"]


def test_a_text_whose_message_is_stored_has_arrived(world: World) -> None:
    """SPEC.md O1: who stored it was followed by this engine before it could delete the row."""
    world.say("do it")
    world.advance(5.0)
    assert world.rows == {}
    world.server.is_up = False
    after = world.next_life()

    after.start(unsent=(entry("c1", content="do it", attempts=1, first_sent_at=EPOCH),))
    after.attach()
    after.advance(1.0)

    assert after.texts()[-1] == "do it"
    assert after.show().pending == ()
    assert after.rows == {}


def test_an_engine_that_was_followed_steps_down(world: World) -> None:
    """SPEC.md S5: its first write is refused; it does nothing any more, and its views go."""
    after = restarted(world)
    after.advance(1.0)
    assert not after.has_let_go

    world.say("from the grave")
    world.server.store("s1", "d")
    world.wake()
    world.advance(30.0)

    assert world.has_let_go
    assert all(socket.is_gone for socket in world.sockets)
    assert world.engine.next_deadline() is None
    assert world.engine.handle(TimerRang(), world.clock.now()) == []


def test_stepping_down_ends_every_line(world: World) -> None:
    """SPEC.md S5: sockets, requests, views; in this order."""
    world.wake()
    effects = world.engine.handle(Fenced(), world.clock.now())

    kinds = [type(one).__name__ for one in effects]
    assert kinds[-1] == StepDown.__name__
    assert "CloseSocket" in kinds
    assert "CancelRequest" in kinds


def test_a_database_is_of_one_account_of_one_server() -> None:
    """SPEC.md S11: and its name tells neither."""
    names = {database_of(base, who) for base in ("http://a", "http://b") for who in ("1", "2")}

    assert len(names) == 4
    assert all(name.startswith("threadline.") and len(name) == 43 for name in names)


def test_what_the_disk_says_late_is_not_used(world: World) -> None:
    """SPEC.md S3: the session may be gone from memory, or read already."""
    after = world.next_life()
    after.start()
    after.attach()
    after.disk.fails = None
    after.ask("new_chat")
    after.feed(StoreLost("another"))
    after.engine._state.sessions.clear()
    after.advance(0.01)

    assert json.loads(after.storage["account"])["id"] == "api.test/user-1"
    assert after.texts() == []


def test_a_session_that_was_read_meanwhile_keeps_what_was_read(world: World) -> None:
    """SPEC.md S3: the disk was slower than the server."""
    after = world.next_life()
    after.disk.fails = "hang"
    after.start()
    after.attach()
    after.advance(3.0)
    (name,) = after.disk.databases
    rows = after.disk.databases[name]

    late = SessionLoaded(2, rows.coverage[ONE], tuple(rows.records[ONE].values()))
    after.feed(late)

    assert after.texts() == ["a", "b", "c"]


def test_the_same_account_opens_its_database_once(world: World) -> None:
    """SPEC.md S11: a renewed token closes nothing."""
    before = world.engine._state.saving.database
    open_for_account(world.engine._state, world.clock.now())

    assert world.engine._state.saving.database == before
    assert world.engine._state.effects == []

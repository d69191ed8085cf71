"""`core.leaving`: signing out, and what the person is asked first."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.builders import entry
from tests.support.world import World
from threadline.core.events import Started
from threadline.core.model import DamagedRow


@pytest.fixture
def world() -> World:
    """Return a world with a stored session, an options page, and a text that is not sent."""
    world = World()
    world.server.store("s1", "a")
    world.start()
    world.attach(9, None, is_options=True)
    world.attach()
    world.advance(2.0)
    world.server.is_up = False
    world.say("do it")
    return world


def ask(world: World, kind: str = "sign_out", **members: Any) -> dict[str, Any]:
    """Ask on the options page, and return the last answer."""
    world.ask(kind, 9, request=7, **members)
    answer: dict[str, Any] = json.loads(world.answers[-1][1])
    return answer


def test_asks_first_if_something_is_unsent(world: World) -> None:
    """SPEC.md S12: and does nothing."""
    before = dict(world.storage)
    answer = ask(world)

    assert (answer["ok"], answer["errors"], answer["unsent"]) == (False, {}, 1)
    assert world.storage == before
    assert len(world.disk.databases) == 1


def test_without_anything_unsent_all_goes_at_once(world: World) -> None:
    """SPEC.md S12: nothing of the account is left."""
    world.ask("discard", clientMessageId="c1")
    world.server.is_up = True
    world.advance(60.0)
    world.say("sent", "c2", 2)
    world.advance(60.0)
    assert world.rows == {}

    answer = ask(world)
    world.sign_in_as(None)
    world.advance(60.0)

    assert answer["ok"]
    assert world.disk.databases == {}
    assert {"account", "accessToken"} & set(world.storage) == set()
    assert world.texts() == []


def test_what_is_kept_is_sealed(world: World) -> None:
    """SPEC.md S12, V6: it waits for the same account."""
    assert ask(world, unsent="keep")["ok"]
    world.sign_in_as(None)

    assert [one.account for one in world.rows.values()] == ["api.test/user-1"]
    assert world.disk.databases == {}
    assert world.show().pending == ()
    world.server.is_up = True
    world.sign_in_as("token")
    world.advance(60.0)
    assert "do it" in world.texts()
    assert world.rows == {}


def test_what_is_removed_is_gone(world: World) -> None:
    """SPEC.md S12."""
    assert ask(world, unsent="remove")["ok"]
    world.sign_in_as(None)
    world.sign_in_as("token")
    world.server.is_up = True
    world.advance(60.0)

    assert world.rows == {}
    assert world.texts() == ["a"]


def test_one_may_sign_out_before_anybody_is_known() -> None:
    """SPEC.md S12: there is nothing stored then."""
    world = World()
    world.start(None)
    world.attach(9, None, is_options=True)
    world.engine._state.outbox.add(entry())

    assert ask(world, unsent="keep")["ok"]
    assert [one.account for one in world.rows.values()] == [None]


def test_a_damaged_text_is_told_kept_and_removed_by_the_person(world: World) -> None:
    """SPEC.md S13: with all that it holds."""
    row = DamagedRow(key="c9", text='{"content": 7}')
    world.feed(Started(world.settings, None, None, None, (), None, (row,)))
    world.attach()

    assert world.show().connection.damaged == 1
    told = ask(world, "get_settings")
    assert told["damaged"] == [{"key": "c9", "text": '{"content": 7}'}]

    world.rows = {entry("c9").client_message_id: entry("c9")}
    assert ask(world, "remove_damaged", key="another")["damaged"] == told["damaged"]
    assert len(world.rows) == 1
    assert ask(world, "remove_damaged", key="c9")["damaged"] == []
    assert world.rows == {}
    assert world.show().connection.damaged == 0


def test_stored_sessions_are_cleared_but_for_those_on_show(world: World) -> None:
    """Ux.md 5.10: the room is free again; what is not sent, and where it belongs, stays."""
    world.server.is_up = True
    for one in ("s2", "s3"):
        world.server.store(one, "b")
        world.ask("open_session", session=one)
        world.advance(2.0)
    world.server.is_up = False
    world.say("wait here", "c9", 2)
    world.ask("open_session", session="s1")
    world.advance(2.0)

    assert ask(world, "clear_stored")["ok"]
    world.advance(2.0)

    [database] = world.disk.databases.values()
    stored = str(database)
    assert ("'s1'" in stored, "'s2'" in stored, "'s3'" in stored) == (True, False, True)
    assert [row.content for row in world.rows.values()][-1] == "wait here"

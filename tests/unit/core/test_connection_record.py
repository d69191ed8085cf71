"""`core.connection_record`: where the last engine was is kept, and written when it changes."""

from __future__ import annotations

import json

import pytest

from tests.support.world import World
from threadline.core.connection_record import ConnectionRecord
from threadline.core.effects import WriteStorage


@pytest.fixture
def world() -> World:
    """Return a world whose view shows `s1`, live."""
    made = World()
    made.start()
    made.attach(1, "s1")
    made.advance(1.0)
    return made


def written(record: ConnectionRecord, world: World) -> list[dict[str, object]]:
    """Return what the record writes now."""
    state = world.engine._state
    record.settle(state, world.clock.now())
    orders = [one for one in state.effects if isinstance(one, WriteStorage)]
    state.effects = []
    return [json.loads(str(one.value)) for one in orders]


def test_it_is_written_once_while_nothing_changes(world: World) -> None:
    """SPEC.md V7: each write is another one on disk."""
    record = ConnectionRecord()
    at = round(world.clock.wall * 1000)

    assert written(record, world) == [
        {"sessionId": "s1", "lastConnectedAt": at, "wasConnected": True}
    ]
    world.clock.push(1.0)
    assert written(record, world) == []


def test_a_line_that_is_lost_was_connected_until_now(world: World) -> None:
    """Design section 3, "Storage": the time is that of the loss, and stays while it is lost."""
    record = ConnectionRecord()
    written(record, world)
    world.server.sockets_do = "refuse"
    world.cut()
    world.advance(0.1)
    at = round(world.clock.wall * 1000)

    assert written(record, world) == [
        {"sessionId": "s1", "lastConnectedAt": at, "wasConnected": False}
    ]
    world.attach(1, "s2")
    world.advance(0.1)
    assert written(record, world) == [
        {"sessionId": "s2", "lastConnectedAt": at, "wasConnected": False}
    ]


def test_an_engine_that_never_was_connected_keeps_what_the_last_one_wrote() -> None:
    """SPEC.md V7: nobody has shown a session yet."""
    world = World()
    world.start()
    record = ConnectionRecord()
    record.last_connected_at = 7_000

    assert written(record, world) == [
        {"sessionId": None, "lastConnectedAt": 7_000, "wasConnected": False}
    ]

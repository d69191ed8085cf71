"""X21: a thousand reconnects leave nothing behind.

What the engine holds is counted here; what JavaScript holds for it in `tests/pyodide/inside`.
"""

from __future__ import annotations

import gc
from types import FunctionType, ModuleType
from typing import Final

from tests.support.world import World
from threadline.core.connection import ConnectionState

WARM_UP: Final = 10  # reconnects, after which nothing is met for the first time
RECONNECTS: Final = 1_000
NOT_STATE: Final = (type, FunctionType, ModuleType)


def held_by(root: object) -> int:
    """Return how many containers can be reached from `root`; code is left out."""
    gc.collect()  # which also settles what is tracked
    seen = {id(root)}
    waiting = [root]
    while waiting:
        for found in gc.get_referents(waiting.pop()):
            is_new = id(found) not in seen and gc.is_tracked(found)
            if is_new and not isinstance(found, NOT_STATE):
                seen.add(id(found))
                waiting.append(found)
    return len(seen)


def test_x021_a_thousand_reconnects_leave_nothing_behind() -> None:
    """No socket but the one in use, no request, no deadline more, and no object."""
    world = World()
    world.start()
    world.attach()
    world.advance(1.0)

    def reconnect() -> None:
        world.cut()
        world.advance(70.0)
        assert world.show().connection.state is ConnectionState.CONNECTED

    for _ in range(WARM_UP):
        reconnect()
    before = held_by(world.engine)
    for _ in range(RECONNECTS):
        reconnect()

    assert len(world.sockets) == 1 + WARM_UP + RECONNECTS
    assert [socket.is_gone for socket in world.sockets].count(False) == 1
    assert len(world.server.sockets) == 1
    assert held_by(world.engine) <= before


def test_what_is_held_is_seen() -> None:
    """The count of this file is one that can grow."""
    world = World()
    before = held_by(world.engine)

    world.start()
    world.attach()

    assert held_by(world.engine) > before

"""Another account on the same device: what it sees of the first, and what the first finds again."""

from __future__ import annotations

import pytest

from tests.support.scripted_server import ScriptedServer
from tests.support.world import DISK_LATENCY, LATENCY, World

SETTLED = 1.0  # seconds in which everything on the network has arrived
ADA, BOB = "e30.eyJzdWIiOiJhIn0.sig", "e30.eyJzdWIiOiJiIn0.sig"  # tokens of `a` and of `b`


def test_another_account_sees_nothing_of_the_first() -> None:
    """SPEC.md V6, I9: what was read is forgotten; what was not sent is not sent in its name."""
    world = World(ScriptedServer(tokens={ADA, BOB}))
    world.start(ADA)
    world.attach()
    world.server.post("s1", "for Ada")
    world.advance(SETTLED)
    world.server.is_up = False
    world.say("from Ada")

    world.server.is_up, world.server.account = True, "user-2"
    world.server.sessions.clear()
    world.sign_in_as(BOB)
    world.advance(60.0)

    assert world.texts() == []
    assert world.server.sessions.get("s1", []) == []


@pytest.mark.parametrize("loses_answer", [False, True], ids=["answered", "lost"])
@pytest.mark.parametrize("is_idempotent", [True, False], ids=["keys", "no keys"])
def test_what_is_in_the_air_when_the_account_changes_is_the_first_ones(
    is_idempotent: bool, loses_answer: bool
) -> None:
    """SPEC.md V6, I9: its answer comes to the other, or never; it is there for the first, once."""
    server = ScriptedServer(tokens={ADA, BOB})
    if not is_idempotent:
        server.capabilities = ("me",)
    world = World(server)
    world.start(ADA)
    world.attach()
    world.server.post("s1", "for Ada")
    world.advance(SETTLED)
    world.say("from Ada")
    server.loses = lambda request: loses_answer and request.url.endswith("/interact")
    world.advance(DISK_LATENCY + LATENCY)
    assert len(server.asked("/interact")) == 1, "the text is not in the air"

    of_ada, server.sessions, server.account = server.sessions, {}, "user-2"
    world.sign_in_as(BOB)
    world.advance(60.0)

    assert world.texts() == []
    assert list(world.show().pending) == []
    assert len(server.asked("/interact")) == 1
    server.sessions, server.account, server.loses = of_ada, "user-1", lambda _: False
    world.sign_in_as(ADA)
    world.attach()
    world.advance(60.0)
    assert world.texts() == ["for Ada", "from Ada"]
    assert list(world.show().pending) == []
    assert world.rows == {}

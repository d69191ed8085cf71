"""`core.answers`: what the answers to wishes about the session list lead to."""

from __future__ import annotations

from tests.support.scripted_server import LIST_CAPABILITIES, ScriptedServer, reply
from tests.support.world import World


def test_wishes_about_the_session_list_are_answered() -> None:
    """Ux.md S6: taken, turned down, unanswered, and dropped with the token."""
    world = World(ScriptedServer(capabilities=LIST_CAPABILITIES))
    world.server.store("s1", "Hello")
    world.start()
    world.attach()
    world.advance(2.0)
    world.ask("rename_session", session="s1", title="Mine")
    world.advance(1.0)
    assert world.server.titles == {"s1": "Mine"}
    world.server.is_up = False
    world.ask("rename_session", session="s1", title="Yours")
    world.advance(1.0)
    assert world.show().list_problem == "It could not be renamed: The server cannot be reached."
    world.server.is_up = True
    world.ask("rename_session", session="s1", title="Theirs")
    world.change_settings(pusherKey="another")

    assert world.show().list_problem == "It could not be renamed: The settings changed meanwhile."


def test_a_session_that_the_list_leaves_out_keeps_its_title() -> None:
    """Design section 3: the list holds the newest only, so it says nothing of the others."""
    world = World()
    world.server.store("s1", "Hello")
    world.start()
    world.attach()
    world.advance(2.0)
    assert world.show().title == "About s1"

    world.server.intercept = lambda one: (
        reply(200, sessions=[{"sessionId": "s2", "title": "Newer"}])
        if "/api/session?" in one.url
        else None
    )
    world.attach(2, "s1")
    world.advance(2.0)

    assert [one.title for one in world.show().sessions if one.id == "s2"] == ["Newer"]
    assert world.show().title == "About s1"

"""`core.session_list`: what the list shows, and what the person does with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.scripted_server import LIST_CAPABILITIES, ScriptedServer, reply
from tests.support.world import World
from threadline.core.session_deletions import UNDO_LIMIT

SAID = {"action": None, "thought": "Hm"}


def begun(*capabilities: str) -> World:
    """Return a world with two sessions, the first on show; the server offers `capabilities`."""
    world = World(ScriptedServer(capabilities=capabilities))
    world.server.store("s1", "Do the first", role="user")
    world.server.store("s2", "Do the second", role="user")
    world.start()
    world.attach(1, "s1")
    world.advance(1.0)
    return world


@pytest.fixture
def world() -> World:
    """Return such a world whose server renames and deletes."""
    return begun(*LIST_CAPABILITIES)


@pytest.fixture
def alone() -> World:
    """Return such a world whose server knows neither a list nor anything to do with one."""
    return begun("me")


def titles(world: World) -> list[str]:
    """Return what view 1 lists."""
    return [one.title for one in world.show().sessions]


def marks(world: World) -> Any:
    """Return what is written of marks, whosever they are."""
    accounts = json.loads(world.storage["sessionMarks"])
    return next(iter(accounts.values()), {})


# --- what is shown --------------------------------------------------------------------------------


def test_without_a_list_the_sessions_of_this_device_are_listed(alone: World) -> None:
    """Ux.md M4: by how the person's first text begins, the newest first, also after a restart."""
    assert titles(alone) == ["Do the first"]
    alone.ask("open_session", session="s2")
    alone.advance(1.0)
    assert sorted(titles(alone)) == ["Do the first", "Do the second"]
    alone.leave()
    alone.advance(1.0)

    after = alone.next_life()
    after.start()
    after.attach(1, "s2")
    after.advance(1.0)

    assert sorted(titles(after)) == ["Do the first", "Do the second"]
    assert after.show().title == "Do the second"


def test_an_empty_list_of_the_servers_is_empty(world: World) -> None:
    """What is here of conversations that the server has no more is not offered."""
    assert titles(world) == ["About s1", "About s2"]

    world.server.sessions.clear()
    world.ask("list_sessions")
    world.advance(1.0)

    assert titles(world) == []


def test_an_empty_session_of_this_device_is_not_listed(alone: World) -> None:
    """There is nothing to go back to."""
    alone.server.sessions["s3"] = []
    alone.ask("open_session", session="s3")
    alone.advance(1.0)

    assert titles(alone) == ["Do the first"]


def test_the_list_says_where_an_agent_is_at_work_and_how_it_ended(world: World) -> None:
    """Ux.md B5: also of a session that is listened to and not on show."""
    world.ask("open_session", session="s2")
    world.advance(1.0)
    step = {"taskId": "t", "status": "running", "currentStepIndex": 0, **SAID}
    world.server.publish("s1", "interact_response", {"sessionId": "s1", **step})
    world.advance(0.5)
    status = {str(one.id): one.status for one in world.show().sessions}
    assert status["s1"] == "running"

    world.server.publish("s1", "interact_response", {"sessionId": "s1", **step, "status": "failed"})
    world.advance(0.5)

    status = {str(one.id): one.status for one in world.show().sessions}
    assert status["s1"] == "failed"


def test_the_list_is_asked_for_when_it_is_looked_at(world: World, alone: World) -> None:
    """SPEC.md L28: only where the server has one."""
    before = len(world.server.asked("/api/session"))
    world.server.store("s3", "New")
    world.ask("list_sessions")
    alone.ask("list_sessions")
    world.advance(0.5)

    assert len(world.server.asked("/api/session")) == before + 1
    assert titles(world) == ["About s1", "About s2", "About s3"]
    assert alone.server.asked("/api/session") == []


def test_a_search_is_one_views_own_and_outlives_a_switch(world: World) -> None:
    """Ux.md S7: the words that the view searches for."""
    world.attach(2, "s1")
    world.ask("search_sessions", query="sec")
    world.ask("open_session", session="s2")
    world.ask("new_chat")

    assert (world.show(1).session_search, world.show(2).session_search) == ("sec", "")
    world.ask("search_sessions", 9, query="from a view that is gone")


# --- pins and titles ------------------------------------------------------------------------------


def test_pinned_sessions_stand_first_on_this_device(world: World) -> None:
    """Ux.md S6: the next engine knows, and another account does not."""
    world.ask("pin_session", session="s2", isPinned=True)
    assert titles(world) == ["About s2", "About s1"]
    after = world.next_life()
    after.start()
    after.attach(1, "s1")
    after.advance(1.0)
    assert [one.pinned for one in after.show().sessions] == [True, False]
    after.ask("pin_session", session="s2", isPinned=False)

    assert titles(after) == ["About s1", "About s2"]


def test_a_title_is_the_servers_where_it_renames(world: World) -> None:
    """Ux.md S6: shown at once, in the list and above the conversation."""
    world.ask("rename_session", session="s1", title="  Mine ")
    assert titles(world)[0] == world.show().title == "Mine"
    world.advance(0.5)

    assert world.server.titles == {"s1": "Mine"}
    assert "sessionMarks" not in world.storage


def test_a_rename_that_fails_is_taken_back_in_words(world: World) -> None:
    """Ux.md S6: refused, or not answered."""
    world.server.intercept = lambda asked: (
        reply(400, error="Too rude.") if asked.method == "PATCH" else None
    )
    world.ask("rename_session", session="s1", title="Mine")
    world.advance(0.5)
    assert titles(world)[0] == world.show().title == "About s1"
    assert world.show().list_problem == "It could not be renamed: Too rude."
    world.server.is_up = False
    world.ask("rename_session", session="s1", title="Mine")
    assert world.show().list_problem is None
    world.advance(0.5)

    assert world.show().list_problem == "It could not be renamed: The server cannot be reached."


def test_another_token_ends_what_was_asked(world: World) -> None:
    """What was asked with the old one is not answered any more."""
    world.ask("rename_session", session="s1", title="Mine")
    world.change_settings(pusherKey="another")

    assert world.show().list_problem == "It could not be renamed: The settings changed meanwhile."


def test_a_title_is_this_devices_where_the_server_does_not_rename(alone: World) -> None:
    """Ux.md 3: plainly local, and kept."""
    assert not alone.show().can_rename_sessions
    alone.ask("rename_session", session="s1", title="Mine")

    assert titles(alone) == ["Mine"]
    assert alone.show().title == "Mine"
    assert marks(alone) == {"s1": {"pinned": False, "title": "Mine", "hidden": False}}


def test_nothing_is_renamed_without_a_token(world: World) -> None:
    """Nobody would do it, and nobody's marks would be changed."""
    world.sign_in_as(None)
    world.ask("rename_session", session="s1", title="Mine")
    world.ask("pin_session", session="s1", isPinned=True)

    assert world.show().list_problem is None
    assert "sessionMarks" not in world.storage


# --- deletions ------------------------------------------------------------------------------------


def test_a_deletion_can_be_undone(world: World) -> None:
    """SPEC.md V11: back in its place, and on show again where it was."""
    world.ask("pin_session", session="s1", isPinned=True)
    world.attach(2, "s1")
    world.ask("delete_session", session="s1")
    shown = world.show()
    assert (titles(world), shown.session_id) == (["About s2"], None)
    assert shown.deleted is not None
    world.ask("open_session", 2, session="s2")

    world.advance(UNDO_LIMIT - 0.5)
    world.ask("undo_delete")
    world.ask("undo_delete")
    world.advance(2.0)

    assert titles(world) == ["About s1", "About s2"]
    assert (world.show().session_id, world.show().deleted) == ("s1", None)
    assert world.show(2).session_id == "s2"
    assert "s1" in world.server.sessions


def test_a_deletion_is_carried_out_and_leaves_nothing(world: World) -> None:
    """SPEC.md V11: on the server, in the list, in memory and on disk; no view is led there."""
    world.ask("pin_session", session="s1", isPinned=True)
    world.ask("delete_session", session="s1")
    world.attach(2, "s1")
    assert world.show(2).session_id != "s1"
    world.advance(UNDO_LIMIT + 1.0)

    assert "s1" not in world.server.sessions
    assert titles(world) == ["About s2"]
    assert marks(world) == {}
    [database] = world.disk.databases.values()
    assert "s1" not in str(database)
    world.attach(3, "s1")
    assert world.show(3).session_id != "s1"


def test_one_that_is_gone_already_is_deleted(world: World) -> None:
    """Another device was quicker: 404 is no failure."""
    world.ask("delete_session", session="s1")
    world.server.sessions.pop("s1")
    world.advance(UNDO_LIMIT + 1.0)

    assert (titles(world), world.show().list_problem) == (["About s2"], None)


def test_a_second_deletion_carries_out_the_first(world: World) -> None:
    """One at a time can be undone; an unknown one is none."""
    world.ask("delete_session", session="s1")
    world.ask("delete_session", session="s2")
    world.ask("delete_session", session="s9")
    world.advance(0.5)
    assert list(world.server.sessions) == []
    world.ask("undo_delete")

    assert titles(world) == []


def test_with_nobody_to_undo_it_a_deletion_is_carried_out(world: World) -> None:
    """The last view has gone."""
    world.ask("delete_session", session="s2")
    world.leave()
    world.advance(0.5)

    assert list(world.server.sessions) == ["s1"]


@pytest.mark.parametrize("is_up", [True, False])
def test_a_deletion_that_fails_is_taken_back_in_words(world: World, *, is_up: bool) -> None:
    """Ux.md S6: it is in the list again."""
    world.server.is_up = is_up
    world.server.intercept = lambda asked: reply(500) if asked.method == "DELETE" else None
    world.ask("delete_session", session="s2")
    world.advance(UNDO_LIMIT + 1.0)
    words = "The server failed (500)." if is_up else "The server cannot be reached."

    assert titles(world) == ["About s1", "About s2"]
    assert world.show().list_problem == f"It could not be deleted: {words}"


def test_what_is_not_sent_keeps_its_session(world: World) -> None:
    """SPEC.md V11: no text goes with a conversation; the way out is said."""
    world.server.is_up = False
    world.say("not yet")
    world.advance(0.5)
    world.ask("delete_session", session="s1")
    assert world.show().list_problem == (
        "Something in it is not sent yet. Send or remove that first."
    )
    assert world.show().session_id == "s1"
    world.ask("discard", clientMessageId="c1")
    world.ask("delete_session", session="s1")
    world.ask("send", clientMessageId="c2", session="s1", content="x", createdAt=0, ordinal=2)
    world.advance(UNDO_LIMIT + 1.0)

    assert (len(titles(world)), world.show().list_problem) == (2, None)


def test_without_a_token_the_server_is_not_asked(world: World) -> None:
    """What was about to go stays."""
    world.ask("delete_session", session="s2")
    world.server.tokens.clear()
    world.ask("load_history")
    world.wake()
    world.advance(UNDO_LIMIT + 1.0)

    assert "s2" in world.server.sessions


def test_a_session_is_removed_from_this_device_where_the_server_deletes_none(alone: World) -> None:
    """Ux.md 3: and is listed again once it is opened again."""
    assert not alone.show().can_delete_sessions
    alone.ask("delete_session", session="s1")
    alone.attach(2, None)
    assert alone.show(2).session_id is None
    alone.advance(UNDO_LIMIT + 1.0)
    assert (titles(alone), marks(alone)["s1"]["hidden"]) == ([], True)
    assert alone.server.asked("/s1") == []

    alone.ask("open_session", session="s1")
    alone.advance(1.0)

    assert (titles(alone), marks(alone)) == (["Do the first"], {})


def test_a_removed_session_is_hidden_in_the_servers_list_too() -> None:
    """A server may list and not delete."""
    world = begun("me", "listSessions")
    world.ask("delete_session", session="s2")
    world.advance(UNDO_LIMIT + 1.0)
    world.ask("list_sessions")
    world.advance(0.5)

    assert titles(world) == ["About s1"]


def test_a_session_that_is_not_here_is_renamed_all_the_same(world: World) -> None:
    """The list may show one that memory does not hold, and memory one that the list does not."""
    world.ask("rename_session", session="s2", title="Second")
    world.ask("rename_session", session="s9", title="Ninth")
    world.advance(0.5)

    assert titles(world) == ["About s1", "Second"]
    assert world.server.titles == {"s2": "Second", "s9": "Ninth"}
    world.sign_in_as(None)
    world.ask("rename_session", session="s2", title="Third")
    assert world.server.titles["s2"] == "Second"


def test_a_file_is_made_for_whom_asks(world: World) -> None:
    """Ux.md S8: `exporting` makes it, once the session is here."""
    world.ask("export_session", session="s2", format="json")
    world.advance(0.5)

    [(view, text)] = world.answers
    assert (view, json.loads(text)["name"]) == (1, "about-s2")

"""The roadmap's sections 2.3, 5 and 7: switching sessions, loading them, and what a turn shows."""

from __future__ import annotations

import json

from tests.support.scripted_server import ScriptedServer
from tests.support.world import World
from threadline.core.connection import ConnectionState
from threadline.core.session_view import Loading
from threadline.ui.working import working

SETTLED = 1.0  # seconds in which everything on the network has arrived


def world_with(server: ScriptedServer | None = None) -> World:
    """Return a world whose one view shows session s1, joined and read."""
    world = World(server)
    world.start()
    world.attach()
    world.advance(SETTLED)
    return world


def subscribed(world: World) -> list[str]:
    """Return the channels that were joined on the first socket, in order."""
    sent = [json.loads(text) for text in world.sockets[0].sent]
    return [one["data"]["channel"] for one in sent if one["event"] == "pusher:subscribe"]


def test_switching_sessions_keeps_the_socket() -> None:
    """Roadmap 5.2 and TODO 5c: another channel on the same socket, and its messages stream."""
    world = world_with()
    world.server.post("s1", "in the first")
    world.ask("open_session", session="s2")
    world.advance(SETTLED)
    world.server.post("s2", "in the second")
    world.server.post("s1", "in the first again")
    world.advance(0.05)

    assert (world.texts(), len(world.sockets)) == (["in the second"], 1)
    assert subscribed(world) == ["private-session-s1", "private-session-s2"]
    assert world.show().connection.state is ConnectionState.CONNECTED

    world.ask("open_session", session="s1")
    assert world.texts() == ["in the first", "in the first again"]
    assert world.show().connection.state is ConnectionState.CONNECTED


def test_a_session_that_was_left_long_ago_is_unsubscribed() -> None:
    """Roadmap 5.1: the old session is left, by its channel; five recent ones stay joined."""
    world = world_with()
    for number in range(2, 8):
        world.ask("open_session", session=f"s{number}")
        world.advance(SETTLED)

    left = [json.loads(text) for text in world.sockets[0].sent]
    assert [one["data"]["channel"] for one in left if one["event"] == "pusher:unsubscribe"] == [
        "private-session-s1",
        "private-session-s2",
    ]
    assert len(world.sockets) == 1


def test_one_load_serves_all_who_ask_for_it() -> None:
    """Roadmap 2.3: loads of one session are one request, however many views ask."""
    world = World()
    world.start()
    for view in range(5):
        world.attach(view)
        world.ask("load_history", view)
    world.advance(0.03)
    assert len(world.server.reads()) == 1
    assert all(world.show(view).loading.state is Loading.LOADING for view in range(5))

    world.advance(SETTLED)
    assert all(world.show(view).loading.state is Loading.LOADED for view in range(5))


def test_an_impatient_person_cannot_hammer_a_failing_server() -> None:
    """Roadmap 2.3: the rate of loads is limited, six in ten seconds, and the error is told."""
    world = World()
    world.server.is_up = False
    world.start()
    world.attach()
    for _ in range(100):
        world.ask("load_history")
        world.advance(0.1)

    assert len(world.server.reads()) <= 7

    world.advance(10.0)
    assert world.show().loading.state is Loading.FAILED
    assert world.show().loading.error == "The server cannot be reached."


def test_an_agents_step_is_provisional_until_its_message_is_here() -> None:
    """Roadmap TODO 3b: shown at once, then replaced by the stored message, never both."""
    world = world_with()
    world.server.post("s1", "do it", "user")
    world.advance(SETTLED)
    step = {"taskId": "t", "action": "click", "status": "running", "currentStepIndex": 0}
    metadata = {"taskId": "t", "stepIndex": 0}
    world.server.store("s1", "clicked", metadata=metadata, status="running")
    world.server.publish("s1", "interact_response", {"sessionId": "s1", "data": step})
    world.advance(0.03)

    shown = world.show()
    assert [one.step.action for one in shown.provisional] == ["click"]
    assert [one.content for one in shown.messages] == ["do it"]

    world.advance(SETTLED)

    shown = world.show()
    assert shown.provisional == ()
    assert [one.content for one in shown.messages] == ["do it", "clicked"]


def test_every_member_of_a_step_is_told() -> None:
    """Roadmap 11.11: taskId, action, thought, status, currentStepIndex, verification, correction.

    They are shown as they are told, and `completed` ends the run.
    """
    world = world_with()
    step = {
        "taskId": "t",
        "action": "click",
        "thought": "It is there.",
        "status": "completed",
        "currentStepIndex": 2,
        "verification": "It opened.",
        "correction": "Waited first.",
    }
    world.server.publish(
        "s1", "interact_response", {"type": "interact_response", "sessionId": "s1", "data": step}
    )
    world.advance(0.05)

    shown = world.show()
    (told,) = shown.provisional
    assert (told.status, shown.run_ended) == ("completed", "completed")
    assert (told.step.task_id, told.step.index) == ("t", 2)
    assert (told.step.action, told.step.thought) == ("click", "It is there.")
    assert (told.step.verification, told.step.correction) == ("It opened.", "Waited first.")


def test_typing_is_inferred_where_no_server_tells_it() -> None:
    """Roadmap, protocol mapping: between the send and `interact_response`, on a bare server."""
    world = world_with(ScriptedServer(is_numbered=False, capabilities=()))
    assert working(world.show()) is None

    world.say("do it")
    line = working(world.show())
    assert line is not None
    assert (line.context, line.words) == ("thinking", "Thinking")

    world.advance(SETTLED)
    done = {"taskId": "t", "action": None, "status": "completed", "currentStepIndex": 0}
    world.server.publish("s1", "interact_response", {"sessionId": "s1", "data": done})
    world.advance(SETTLED)
    assert working(world.show()) is None


def test_the_contexts_of_typing_are_the_roadmaps() -> None:
    """Roadmap 6.1 and 9.1: thinking, executing, verifying, and processing for all else."""
    world = world_with()
    seen = []
    for context in ("thinking", "executing", "verifying", "pondering", None):
        told = {"sessionId": "s1", "isTyping": True, "context": context}
        world.server.publish("s1", "typing", {"type": "typing", "sessionId": "s1", "payload": told})
        world.advance(0.05)
        line = working(world.show())
        assert line is not None
        seen.append((line.context, line.words))

    assert seen == [
        ("thinking", "Thinking"),
        ("executing", "Working"),
        ("verifying", "Checking the result"),
        ("processing", "Working on it"),
        ("processing", "Working on it"),
    ]


def test_where_we_were_is_used_by_the_next_engine() -> None:
    """Roadmap 5.1: the session of `wsConnectionState` is shown and joined again."""
    first = world_with()
    first.ask("open_session", session="s2")
    first.advance(SETTLED)
    kept = json.loads(first.storage["wsConnectionState"])
    assert (kept["sessionId"], kept["wasConnected"]) == ("s2", True)
    assert set(kept) == {"sessionId", "lastConnectedAt", "wasConnected"}

    second = World()
    second.start(last=kept["sessionId"])
    second.attach(1, None)
    second.advance(SETTLED)

    assert second.show().session_id == "s2"
    assert second.show().connection.state is ConnectionState.CONNECTED


def test_no_address_holds_the_token_and_nothing_removed_is_asked_for() -> None:
    """Roadmap 11.11: neither a token in the query nor `/api/ws/token` nor a path `/ws/`."""
    world = World(ScriptedServer(tokens={"hunter2"}))
    world.start("hunter2")
    world.attach()
    world.advance(SETTLED)
    world.say("hello")
    world.cut()
    world.advance(60.0)

    addresses = [one.url for one in world.server.requests] + [one.url for one in world.sockets]
    assert [one for one in addresses if "hunter2" in one or "/ws/" in one] == []
    asked = [one.token for one in world.server.requests]
    assert all(one is not None and one.get_secret_value() == "hunter2" for one in asked)

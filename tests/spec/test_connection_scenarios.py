"""The line as the person sees it: whole engines losing it and finding it again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.scripted_server import ScriptedServer
from tests.support.world import World
from threadline.core.connection import ConnectionState
from threadline.core.session_view import Health

SETTLED = 1.0  # seconds in which everything on the network has arrived


def connected(server: ScriptedServer | None = None) -> World:
    """Return a world whose one view shows session s1, joined and read."""
    world = World(server)
    world.start()
    world.attach()
    world.advance(SETTLED)
    assert world.show().connection.state is ConnectionState.CONNECTED
    return world


def state(world: World) -> ConnectionState:
    """Return the state on the badge."""
    return world.show().connection.state


def health(world: World) -> Health:
    """Return the richer truth behind it."""
    return world.show().connection.health


def stored(world: World) -> dict[str, Any]:
    """Return what `wsConnectionState` holds."""
    value: dict[str, Any] = json.loads(world.storage["wsConnectionState"])
    return value


def test_connect_then_sign_out() -> None:
    """SPEC.md C2, C17: disconnected, connecting, connected, and disconnected again."""
    world = World()
    seen = [state(world)]
    world.start()
    world.attach()
    seen.append(state(world))
    world.advance(SETTLED)
    seen.append(state(world))

    world.sign_in_as(None)
    world.advance(SETTLED)

    seen.append(state(world))
    assert [one.value for one in seen] == [
        "disconnected",
        "connecting",
        "connected",
        "disconnected",
    ]
    assert all(socket.is_gone for socket in world.sockets)
    assert health(world) is Health.NO_TOKEN


def test_five_failed_retries_then_polling() -> None:
    """SPEC.md C3, C4: retries after 1, 2, 4, 8 and 16 s, then `fallback`, and push goes on."""
    world = connected()
    lost_at = world.clock.monotonic
    world.server.sockets_do = "refuse"

    world.cut()
    seen = []
    for _ in range(5):
        retries = len(world.sockets)
        while len(world.sockets) == retries:
            world.advance(0.1)
        seen.append(state(world))
    world.advance(0.1)

    waits = [at - lost_at for at in world.opened_at()[1:]]
    assert waits == pytest.approx([1, 3, 7, 15, 31], abs=0.2)
    assert seen == [ConnectionState.RECONNECTING] * 5
    assert (state(world), health(world)) == (ConnectionState.FALLBACK, Health.POLLING)
    world.advance(21.0)
    assert len(world.sockets) == 7


def test_rest_is_read_from_three_seconds_after_the_loss() -> None:
    """SPEC.md H7: what is posted meanwhile is on show although push never comes back."""
    world = connected()
    world.server.sockets_do = "refuse"
    world.cut()
    world.server.post("s1", "while you were away")

    world.advance(2.5)
    assert world.texts() == []
    world.advance(SETTLED)

    assert world.texts() == ["while you were away"]
    assert state(world) is ConnectionState.RECONNECTING


def test_polling_slows_when_nothing_happens() -> None:
    """SPEC.md H7: every 3 s for a minute, then every 30 s."""
    world = connected()
    world.server.sockets_do = "refuse"
    world.cut()

    world.advance(60.0)
    busy = len(world.server.reads())
    world.advance(60.0)
    quiet = len(world.server.reads()) - busy

    assert 17 <= busy <= 24
    assert quiet <= 3


def test_push_comes_back_from_polling() -> None:
    """SPEC.md C4, roadmap section 10.1: the network returns, the WebSocket resumes."""
    world = connected()
    world.server.sockets_do = "refuse"
    world.cut()
    world.advance(40.0)
    assert state(world) is ConnectionState.FALLBACK

    world.server.sockets_do = "greet"
    world.advance(60.0)

    assert (state(world), health(world)) == (ConnectionState.CONNECTED, Health.LIVE)


def test_a_stable_minute_resets_the_count() -> None:
    """SPEC.md C5: after it the five retries are there again."""
    world = connected()
    for _ in range(4):
        world.cut()
        world.advance(20.0)
    assert state(world) is ConnectionState.CONNECTED

    world.advance(60.0)
    world.server.sockets_do = "refuse"
    world.cut()
    world.advance(0.1)

    assert world.show().connection.attempt == 1


def test_a_flapping_line_opens_at_most_twelve_sockets_a_minute() -> None:
    """SPEC.md C6: fault 9 of sync.md, up two seconds and down again, for five minutes."""
    world = connected()
    for _ in range(150):
        world.cut(4200)
        world.wake()
        world.advance(2.0)

    opened = world.opened_at()
    busiest = max(sum(at <= other < at + 60.0 for other in opened) for at in opened)

    assert busiest <= 12


def test_an_impatient_person_opens_at_most_twelve_sockets_a_minute() -> None:
    """SPEC.md C6: however often a refused line is tried by hand."""
    world = World(ScriptedServer(sockets_do="refuse", refuse_code=4001))
    world.start()
    world.attach()
    for _ in range(29):
        world.advance(2.0)
        world.ask("reconnect")

    assert len(world.sockets) == 12


def test_a_healthy_quiet_line_asks_at_most_three_times_a_minute() -> None:
    """SPEC.md H6: no poll, only the tail probe."""
    world = connected()
    world.advance(60.0)
    before = len(world.server.requests)

    world.advance(600.0)

    assert len(world.server.requests) - before <= 30


def test_a_dead_line_is_noticed_and_replaced() -> None:
    """SPEC.md C8: half-open, nothing comes: ping after 20 s, given up 10 s later."""
    world = connected()
    world.server.is_silent = True
    world.advance(31.0)
    assert state(world) is ConnectionState.RECONNECTING

    world.server.is_silent = False
    world.advance(15.0)

    assert state(world) is ConnectionState.CONNECTED


def test_sleep_is_noticed_by_the_clocks() -> None:
    """SPEC.md C8: a wall clock that ran on is a wake-up; the line is tested within five seconds."""
    world = connected()
    world.server.is_silent = True

    world.sleep(3600.0)
    world.wake()
    world.advance(6.1)

    assert len(world.sockets) == 2


def test_a_refused_app_stays_refused_until_the_person_acts() -> None:
    """SPEC.md C11: no retry for a hundred seconds; REST is read all the same."""
    server = ScriptedServer(sockets_do="refuse", refuse_code=4001)
    world = World(server)
    world.start()
    world.attach()
    server.store("s1", "by REST")
    world.advance(100.0)
    assert (state(world), health(world)) == (ConnectionState.FAILED, Health.REFUSED)
    assert (len(world.sockets), world.texts()) == (1, ["by REST"])

    server.sockets_do = "greet"
    world.ask("reconnect")
    world.advance(SETTLED)

    assert state(world) is ConnectionState.CONNECTED


def test_without_a_push_server_rest_is_polled() -> None:
    """SPEC.md V3: `fallback` from the start, and no socket is ever opened."""
    world = World(pusherKey="", pusherHost="")
    world.start()
    world.attach()
    world.server.store("s1", "by REST")
    world.advance(10.0)

    assert (state(world), health(world)) == (ConnectionState.FALLBACK, Health.NOT_CONFIGURED)
    assert (world.sockets, world.texts()) == ([], ["by REST"])


def test_a_forbidden_session_is_said_and_the_others_work() -> None:
    """SPEC.md V3: the refusal is the channel's, not the line's."""
    world = World(ScriptedServer(forbidden={"s2"}))
    world.start()
    world.attach(1, "s1")
    world.attach(2, "s2")
    world.advance(SETTLED)

    assert state(world) is ConnectionState.CONNECTED
    refused = world.show(2).connection
    assert (refused.state, refused.health) == (ConnectionState.FAILED, Health.FORBIDDEN)


def test_a_token_that_is_turned_down_stops_all_asking_until_it_changes() -> None:
    """SPEC.md C11, O6: `failed`, no request more; another token works without a reload."""
    world = World()
    world.start("expired")
    world.attach()
    world.advance(SETTLED)
    assert (state(world), health(world)) == (ConnectionState.FAILED, Health.SIGNED_OUT)
    asked = len(world.server.requests)
    world.advance(600.0)
    assert len(world.server.requests) == asked

    world.sign_in_as("token")
    world.advance(SETTLED)

    assert state(world) is ConnectionState.CONNECTED


def test_a_view_without_a_session_is_offline() -> None:
    """SPEC.md V3: there is nothing to be connected to."""
    world = World()
    world.start()
    world.attach(1, None)
    world.advance(SETTLED)

    assert (state(world), health(world)) == (ConnectionState.DISCONNECTED, Health.NO_SESSION)


def test_a_socket_that_opens_and_says_nothing_is_given_up() -> None:
    """SPEC.md C14: after ten seconds."""
    world = World(ScriptedServer(sockets_do="hang"))
    world.start()
    world.attach()

    world.advance(9.9)
    assert state(world) is ConnectionState.CONNECTING
    world.advance(0.2)

    assert state(world) is ConnectionState.RECONNECTING


def test_an_authorization_for_an_old_socket_is_not_used() -> None:
    """SPEC.md C7, C15: its answer comes late, and the new socket gets a signature of its own."""
    world = World()
    world.start()
    world.attach()
    world.advance(0.05)
    assert len(world.server.asked("/pusher/auth")) == 1

    world.cut()
    world.advance(3.0)

    sent = [json.loads(text) for text in world.sockets[1].sent]
    (joined,) = [one for one in sent if one["event"] == "pusher:subscribe"]
    assert joined["data"]["auth"] == "key:7.2:private-session-s1"
    assert state(world) is ConnectionState.CONNECTED


def test_many_sessions_are_joined_six_at_a_time() -> None:
    """SPEC.md C10: the seventh waits for an answer."""
    world = World()
    world.start()
    for view in range(9):
        world.attach(view, f"s{view}")
    while not world.server.asked("/pusher/auth"):
        world.advance(0.01)

    assert len(world.server.asked("/pusher/auth")) == 6
    world.advance(SETTLED)
    assert len(world.server.asked("/pusher/auth")) == 9


def test_a_subscription_that_is_never_answered_costs_the_socket() -> None:
    """SPEC.md C16: asked for twice, ten seconds each."""
    server = ScriptedServer()
    world = World(server)
    world.start()
    world.attach()
    world.advance(0.03)
    server.is_deaf = True

    world.advance(22.0)

    assert len(world.sockets) == 2


def test_three_malformed_frames_cost_the_socket() -> None:
    """SPEC.md C18: one alone is reported, and looked after by REST."""
    world = connected()
    world.server.say(1, "<html>")
    world.advance(SETTLED)
    assert (len(world.sockets), state(world)) == (1, ConnectionState.CONNECTED)

    world.server.say(1, "<html>")
    world.server.say(1, "<html>")
    world.advance(2.0)

    assert len(world.sockets) == 2


def test_a_restarting_push_server_is_returned_to_at_once() -> None:
    """SPEC.md C13: within half a second, the first time."""
    world = connected()

    world.cut(4200)
    world.advance(0.2)

    assert state(world) is ConnectionState.CONNECTED


def test_where_we_were_is_written_down() -> None:
    """SPEC.md V7: `wsConnectionState`, whenever the state or the session changes."""
    world = connected()
    assert stored(world)["sessionId"] == "s1"
    assert stored(world)["wasConnected"] is True

    world.server.sockets_do = "refuse"
    world.cut()
    lost_at = round(world.clock.wall * 1000)
    world.advance(SETTLED)

    assert stored(world)["wasConnected"] is False
    assert stored(world)["lastConnectedAt"] == pytest.approx(lost_at, abs=100)


def test_where_we_were_is_where_a_view_begins() -> None:
    """SPEC.md V7: a view without a wish shows the session that was shown last."""
    world = World()
    world.start(last="s2")
    world.attach(1, None)

    assert world.show().session_id == "s2"

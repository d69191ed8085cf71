"""`core.health`: the badge says live only where that can be known (sync.md 2.16, S11)."""

from __future__ import annotations

import pytest

from tests.support.builders import moment, row, settings, token
from tests.support.scripted_server import Reply, reply
from tests.support.world import World
from threadline.core import health
from threadline.core.connection import ConnectionState
from threadline.core.health import HEAD_TRUST, INBOUND_TRUST
from threadline.core.session_view import Health
from threadline.core.state import State


def live() -> World:
    """Return a world whose one view shows session s1, joined and read."""
    world = World()
    world.server.store("s1", "Welcome")
    world.start()
    world.attach()
    world.advance(1.0)
    assert badge(world) == (ConnectionState.CONNECTED, Health.LIVE)
    return world


def badge(world: World) -> tuple[ConnectionState, Health]:
    """Return the badge's state, and why."""
    report = world.show().connection
    return report.state, report.health


def break_reads(world: World) -> None:
    """Let no message be read any more, while push works."""
    world.server.intercept = lambda asked: reply(500) if "/session/s1/" in asked.url else None


def test_live_needs_a_look_at_the_head_within_a_minute() -> None:
    """SPEC.md V3: push cannot prove that the last message came; the views are told in time."""
    world = live()
    break_reads(world)
    world.advance(HEAD_TRUST - 5.0)
    assert badge(world) == (ConnectionState.CONNECTED, Health.LIVE)
    told = world.published

    world.advance(6.0)

    assert badge(world) == (ConnectionState.CONNECTED, Health.CHECKING)
    assert world.published > told
    assert world.show().connection.looked_at is not None
    world.server.intercept = lambda _: None
    world.advance(30.0)
    assert badge(world) == (ConnectionState.CONNECTED, Health.LIVE)
    assert world.show().connection.looked_at is None


def test_live_needs_a_frame_within_half_a_minute() -> None:
    """SPEC.md V3: a timer that rings late does not make the line look alive."""
    world = live()
    world.server.is_silent = True

    world.clock.push(INBOUND_TRUST + 1.0)

    assert badge(world)[1] is Health.CHECKING
    world.advance(11.0)
    assert badge(world)[0] is ConnectionState.RECONNECTING


def test_live_needs_a_look_since_the_channel_was_joined() -> None:
    """SPEC.md V3: what came while the line was away is here before it is said to be."""
    world = live()
    break_reads(world)
    world.cut()
    world.advance(5.0)
    assert badge(world) == (ConnectionState.CONNECTED, Health.CHECKING)
    told = world.published

    world.server.intercept = lambda _: None
    world.advance(15.0)

    assert badge(world) == (ConnectionState.CONNECTED, Health.LIVE)
    assert world.published > told


def test_what_is_missing_before_the_window_is_no_gap() -> None:
    """SPEC.md V3: the visible range counts."""
    world = live()
    bad = Reply(200, '{"messages": [{}], "latestSequence": 3}')
    world.server.intercept = lambda one: bad if "/messages" in one.url else None
    world.server.publish("s1", "new_message", {"message": row(3)})
    world.advance(0.1)
    assert badge(world)[1] is Health.CATCHING_UP

    world.advance(40.0)

    assert badge(world)[1] is Health.GAP
    session = world.engine._state.session(world.engine._state.shown()[0])
    shown, why = health.health_of(world.engine._state, session, world.clock.now(), first=3)
    assert shown is ConnectionState.CONNECTED
    assert why is not Health.GAP


@pytest.mark.parametrize("seconds", [5.0, 90.0])
def test_offline_means_that_nothing_comes_in(seconds: float) -> None:
    """ux.md 5.3: neither push nor REST; the state stays that of the connection."""
    world = live()
    world.server.sockets_do = "refuse"
    world.server.is_up = False
    world.cut()
    world.advance(seconds)
    state, why = badge(world)

    assert why is Health.OFFLINE
    assert state in (ConnectionState.RECONNECTING, ConnectionState.FALLBACK)
    assert world.show().connection.looked_at is not None


def test_what_waits_is_counted() -> None:
    """ux.md 5.3: "2 messages wait"; what failed does not wait."""
    world = live()
    world.server.intercept = lambda asked: Reply(503) if asked.url.endswith("/interact") else None
    world.say("One", "c1", 1)
    world.say("Two", "c2", 2)
    world.advance(1.0)

    assert world.show().connection.waiting == 2


def test_a_session_that_is_not_joined_is_never_too_old() -> None:
    """There is nothing to take back, and so no deadline."""
    state = State.begin(settings(), token(), "0.1.0", lambda: 0.0)

    health.settle(state, moment())

    assert (state.fresh, health.next_deadline(state)) == (set(), None)


def test_without_a_token_or_a_session_there_is_no_connection() -> None:
    """SPEC.md section 1.3: these come before the phase."""
    signed_out, nowhere = World(), World()
    for world, who in ((signed_out, None), (nowhere, "token")):
        world.start(who)
        world.attach(1, None)

    assert badge(signed_out) == (ConnectionState.DISCONNECTED, Health.NO_TOKEN)
    assert badge(nowhere) == (ConnectionState.DISCONNECTED, Health.NO_SESSION)


def test_a_token_that_is_turned_down_and_a_push_server_that_is_none() -> None:
    """SPEC.md section 1.3: 401; settings without a push server."""
    expired, polled = World(), World(pusherKey="", pusherHost="")
    for world, who in ((expired, "expired"), (polled, "token")):
        world.start(who)
        world.attach(1, "s1")
        world.advance(10.0)

    assert badge(expired) == (ConnectionState.FAILED, Health.SIGNED_OUT)
    assert badge(polled) == (ConnectionState.FALLBACK, Health.NOT_CONFIGURED)


def test_a_refused_channel_and_one_that_is_not_joined_yet() -> None:
    """SPEC.md section 1.3: the session's own channel counts."""
    world = live()
    world.server.forbidden.add("s2")
    world.ask("open_session", session="s3")
    assert badge(world) == (ConnectionState.CONNECTING, Health.JOINING)

    world.ask("open_session", session="s2")
    world.advance(2.0)

    assert badge(world) == (ConnectionState.FAILED, Health.FORBIDDEN)


def test_a_line_without_a_channel_is_of_no_use() -> None:
    """SPEC.md section 1.3: six failed authorizations are polled for, and the line is kept."""
    world = live()
    world.server.intercept = lambda asked: reply(500) if "/pusher/auth" in asked.url else None
    world.ask("open_session", session="s2")
    world.advance(300.0)

    assert badge(world) == (ConnectionState.FALLBACK, Health.POLLING)

"""The auth endpoint fails in the middle of a session: what is asked, what the person is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.builders import push_error
from tests.support.scripted_server import Reply, ScriptedServer, reply
from tests.support.world import World
from threadline.core.connection import ConnectionState
from threadline.core.session_view import Health
from threadline.ui.banner import banner

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadline.core.effects import SendRequest

AUTH = "/pusher/auth"


def connected(server: ScriptedServer | None = None, sessions: int = 1) -> World:
    """Return a world whose views show sessions s1 and following, joined and read."""
    world = World(server, jitter=lambda: 0.5)
    world.start()
    for number in range(1, sessions + 1):
        world.attach(number, f"s{number}")
    world.advance(2.0)
    assert world.show().connection.state is ConnectionState.CONNECTED
    return world


def at_auth(answer: Reply) -> Callable[[SendRequest], Reply | None]:
    """Return an intercept that gives this answer at the auth endpoint, and none elsewhere."""
    return lambda asked: answer if asked.url.endswith(AUTH) else None


def told(world: World, seconds: float) -> list[str]:
    """Let time run; return the kinds of banner that the person saw, each once in a row."""
    seen: list[str] = []
    for _ in range(round(seconds / 0.1)):
        world.advance(0.1)
        shown = banner(world.show())
        kind = "" if shown is None else shown.kind
        if seen[-1:] != [kind]:
            seen.append(kind)
    return seen


def test_a_token_that_ended_is_read_again_once_and_its_change_waited_for() -> None:
    """SPEC.md C19: 401 in mid-session; the new token is taken without a word of ours in between."""
    world = connected()
    world.server.tokens = {"renewed"}
    world.cut()
    asked = len(world.server.requests)

    assert told(world, 60.0) == ["", "signed_out"]
    assert len(world.server.requests) - asked <= 4
    world.sign_in_as("renewed")
    world.advance(2.0)

    assert world.show().connection.health is Health.LIVE


def test_a_token_that_was_renewed_unheard_is_found() -> None:
    """SPEC.md C19: storage holds another one already; nobody is told that the sign-in ended."""
    world = connected()
    world.server.tokens = {"renewed"}
    world.stored_token = "renewed"

    world.cut()

    assert "signed_out" not in told(world, 10.0)[2:]
    assert world.show().connection.health is Health.LIVE


def test_a_401_of_the_endpoint_alone_leaves_rest_at_work() -> None:
    """SPEC.md C19: what is written meanwhile arrives all the same, and texts go out."""
    world = connected()
    world.server.intercept = at_auth(reply(401, error="No."))
    world.cut()
    world.advance(2.0)
    world.server.store("s1", "by REST")
    world.say("hello")
    world.advance(5.0)

    report = world.show().connection
    assert world.texts() == ["by REST", "hello"]
    assert (report.state, report.health) == (ConnectionState.FAILED, Health.SIGNED_OUT)
    assert report.last_error == "the auth endpoint turned your sign-in down (401)"
    assert len(world.server.asked(AUTH)) == 2


def test_a_403_is_told_once_and_concerns_its_session_alone() -> None:
    """SPEC.md C11, V3: the other session is live, and nothing is asked again."""
    world = connected(sessions=2)
    world.server.forbidden.add("s1")
    world.cut()

    assert told(world, 60.0) == ["", "forbidden"]
    assert world.show(2).connection.health is Health.LIVE
    assert len(world.server.asked(AUTH)) == 4


@pytest.mark.parametrize(
    "answer", [Reply(500, "<html>"), reply(503, error="later"), Reply(200, "<html>"), Reply(404)]
)
def test_an_endpoint_that_fails_is_asked_on_quietly_and_polling_is_said(answer: Reply) -> None:
    """SPEC.md C21: no banner, since there is nothing to do; live again when it answers."""
    world = connected()
    world.server.intercept = at_auth(answer)
    world.cut()

    assert told(world, 120.0) == [""]
    report = world.show().connection
    assert (report.state, report.health) == (ConnectionState.FALLBACK, Health.POLLING)
    assert report.last_error is not None
    assert "auth endpoint" in report.last_error
    assert report.rest_works
    assert len(world.server.asked(AUTH)) <= 16
    world.server.intercept = lambda _: None
    world.advance(25.0)
    assert world.show().connection.health is Health.LIVE


def test_an_endpoint_that_never_answers_is_given_up_each_time() -> None:
    """SPEC.md C21: ten seconds each, one request at a time."""
    world = connected()
    hanging: list[int] = []

    def hang(asked: SendRequest) -> Reply | None:
        if asked.url.endswith(AUTH):
            hanging.append(asked.request)
        return None

    world.server.intercept = hang
    world.server.is_up = True
    world.server.loses = lambda asked: asked.url.endswith(AUTH)
    world.cut()
    world.advance(60.0)

    assert 4 <= len(hanging) <= 6
    assert world.show().connection.last_error == "the auth endpoint did not answer in time"


@pytest.mark.parametrize("losses", [1, 5])
def test_no_more_than_six_requests_are_under_way_over_losses(losses: int) -> None:
    """SPEC.md C10, C20: what was asked for a socket that is gone is cancelled."""
    world = connected(sessions=9)
    under_way: set[int] = set()
    most = 0

    def hang(asked: SendRequest) -> Reply | None:
        nonlocal most
        if asked.url.endswith(AUTH):
            under_way.add(asked.request)
            most = max(most, len(under_way - world.cancelled))
        return None

    world.server.intercept = hang
    world.server.loses = lambda asked: asked.url.endswith(AUTH)
    for _ in range(losses):
        world.cut()
        world.advance(0.1)
        world.wake()
        world.advance(0.1)

    assert len(under_way) == 6 * losses
    assert most == 6


def test_an_error_without_a_channel_on_a_joined_line_refuses_nobody() -> None:
    """X9: 4009 about something else is told in the panel, and no channel is left."""
    world = connected(sessions=3)
    number = world.sockets[-1].number

    world.server.say(number, push_error("Something else", 4009))
    told(world, 2.0)

    assert {world.show(n).connection.health for n in (1, 2, 3)} == {Health.LIVE}


def test_a_wrong_secret_is_told_once_with_its_cure() -> None:
    """X9: the push server turns every signature down, naming no channel."""
    world = World(ScriptedServer())
    world.server.intercept = at_auth(reply(200, auth="key:wrong"))
    world.start()
    for number in (1, 2, 3):
        world.attach(number, f"s{number}")

    assert told(world, 60.0)[-1:] == ["refused"]
    assert world.show().connection.last_error == (
        "the push server did not accept the server's signature"
    )
    subscribed = [json.loads(text)["event"] for text in world.sockets[0].sent]
    assert subscribed.count("pusher:subscribe") <= 9


def test_a_server_that_never_answers_the_subscribe_ends_in_polling() -> None:
    """SPEC.md C16: never "Checking access…" for ever."""
    world = World(ScriptedServer(is_deaf=True))
    world.start()
    world.attach()

    assert told(world, 300.0) == [""]
    assert world.show().connection.state is ConnectionState.FALLBACK
    assert len(world.sockets) <= 10

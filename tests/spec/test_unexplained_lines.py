"""A line that ends without a word: what the person reads in the panel behind the badge."""

from __future__ import annotations

import pytest

from tests.support.scripted_server import ScriptedServer
from tests.support.world import World
from threadline.core.connection import ConnectionState
from threadline.core.events import Woke
from threadline.ui.badge import panel

BY_HTTP = "/app/key"


def refusing(server: ScriptedServer | None = None, *, tls: bool = False) -> World:
    """Return a world whose push server drops every socket before its greeting."""
    server = server or ScriptedServer()
    server.sockets_do = "refuse"
    world = World(server, pusherTls=tls)
    world.start()
    world.attach()
    return world


def said(world: World) -> dict[str, str]:
    """Return the lines of the panel behind the badge."""
    return {line.name: line.words for line in panel(world.show().connection).lines}


@pytest.mark.parametrize(
    ("http", "https", "tls", "cause", "cure"),
    [
        (400, None, False, "does not know the app key", "Compare the app key"),
        (429, None, False, "too often", "Wait a minute"),
        (503, None, False, "is there, but fails", "Ask whoever runs it"),
        (None, None, False, "nothing answers", "Compare host, port and TLS"),
        (None, 400, False, "with TLS only", "Turn TLS on"),
        (400, None, True, "without TLS only", "Turn TLS off"),
        (None, 0, True, "does not know the app key", "Compare the app key"),
    ],
)
def test_the_panel_says_why_and_what_helps(
    http: int | None, https: int | None, tls: bool, cause: str, cure: str
) -> None:
    """SPEC.md D2: unknown key, rate limit, illness, nobody, TLS; a browser shows 1006 for each."""
    server = ScriptedServer(push_answers=lambda scheme: http if scheme == "http" else https)
    world = refusing(server, tls=tls)
    world.advance(3.0)

    lines = said(world)
    assert cause in lines["Last error"]
    assert lines["What helps"].startswith(cure)
    world.advance(120.0)
    assert said(world)["Last error"] == lines["Last error"]


def test_a_server_that_is_down_with_all_it_has_is_told_apart() -> None:
    """SPEC.md D2: REST does not answer either."""
    server = ScriptedServer(is_up=False, push_answers=lambda _: None)
    world = refusing(server)
    world.advance(3.0)

    assert said(world)["Last error"] == "neither the server nor the push server can be reached"


def test_a_computer_without_a_network_is_told_at_once_and_asks_nobody() -> None:
    """SPEC.md D2: the browser's own word; a line that is joined again takes it back."""
    world = World()
    world.start()
    world.attach()
    world.advance(1.0)
    world.server.sockets_do, world.server.is_silent = "refuse", True
    world.server.is_up = False
    world.feed(Woke("offline"))
    world.advance(8.0)
    assert said(world)["Last error"] == "this computer is offline"
    assert world.server.asked(BY_HTTP) == []

    world.server.sockets_do, world.server.is_silent = "greet", False
    world.server.is_up = True
    world.wake()
    world.advance(1.0)

    assert world.show().connection.state is ConnectionState.CONNECTED
    assert "Last error" not in said(world)


def test_a_server_on_this_computer_needs_no_network() -> None:
    """SPEC.md D2: it answers, so the browser's word does not explain why push fails."""
    world = refusing()
    world.feed(Woke("offline"))
    world.advance(30.0)

    assert "does not know the app key" in said(world)["Last error"]


def test_when_the_network_goes_a_dead_line_is_noticed_in_five_seconds() -> None:
    """B54: and one that answers is kept."""
    world = World()
    world.start()
    world.attach()
    world.advance(1.0)

    world.feed(Woke("offline"))
    world.advance(10.0)
    assert world.show().connection.state is ConnectionState.CONNECTED
    world.server.is_silent = True
    world.feed(Woke("offline"))
    world.advance(5.5)

    assert world.show().connection.state is ConnectionState.RECONNECTING


def test_other_settings_and_another_failure_forget_what_was_found() -> None:
    """SPEC.md D2: no word of the old server is shown for the new one."""
    server = ScriptedServer(push_answers=lambda _: None)
    world = refusing(server)
    world.advance(3.0)
    assert "nothing answers" in said(world)["Last error"]

    world.server.push_answers = lambda _: 429
    world.change_settings(pusherPort=4000)
    world.advance(0.2)
    assert "nothing answers" not in said(world).get("Last error", "")
    world.advance(3.0)
    assert "too often" in said(world)["Last error"]
    world.server.refuse_code = 4001
    world.advance(60.0)

    assert said(world)["Last error"] == "the push server does not know the app key (4001)"


@pytest.mark.parametrize("network_flaps", [False, True])
def test_the_push_server_is_asked_seldom_and_without_the_token(network_flaps: bool) -> None:
    """SPEC.md D2, C6: connects and questions together stay under 20 a minute, Sockudo's limit."""
    world = refusing()
    while world.clock.monotonic < 59.0:
        world.advance(0.5)
        world.ask("reconnect")
        if network_flaps:
            world.wake()

    asked = world.server.asked(BY_HTTP)
    assert 1 <= len(asked) <= 3
    assert len(world.sockets) + len(asked) < 20
    assert all(one.token is None and one.body is None for one in asked)

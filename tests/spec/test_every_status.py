"""Every status that a server or a proxy may answer with, at every call: words, and a way out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.support.scripted_server import Reply, ScriptedServer
from tests.support.world import World
from threadline.core.connection import ConnectionState
from threadline.core.model import Delivery
from threadline.core.session_view import Loading

if TYPE_CHECKING:
    from threadline.core.effects import SendRequest

STATUSES = (
    200, 201, 204, 206, 301, 304, 307, 400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 413, 415,
    418, 422, 425, 429, 431, 451, 500, 501, 502, 503, 504, 507, 511, 520, 599,
)  # fmt: skip
CALLS = (
    "/messages",
    "/api/agent/interact",
    "/api/pusher/auth",
    "/api/capabilities",
    "/api/me",
    "/api/session",
)
BODIES = ("", "<html>Bad gateway</html>", '{"error": 7, "code": []}', "[]")
A_WHILE = 90.0  # seconds: longer than any look for a text, and than any pause between requests
LONG = 400.0  # seconds: longer than the longest pause that a server may ask for
TEXT = "Written by the person"


def spoilt(call: str, status: int) -> ScriptedServer:
    """Return a server that answers one call so, with another senseless body each time."""
    bodies = iter(BODIES * 1000)

    def intercept(asked: SendRequest) -> Reply | None:
        if urlsplit(asked.url).path.endswith(call):
            return Reply(status, next(bodies))
        return None

    return ScriptedServer(intercept=intercept)


def world_on(server: ScriptedServer) -> World:
    """Return a world whose view shows a session with one message, and where a text was sent."""
    server.store("s1", "Stored")
    world = World(server)
    world.start()
    world.attach()
    world.say(TEXT)
    world.advance(A_WHILE)
    return world


def copies(server: ScriptedServer) -> int:
    """Return how often the server has the person's text."""
    return sum(one["content"] == TEXT for one in server.sessions["s1"])


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("call", CALLS)
def test_any_answer_to_any_call_loses_nothing_and_passes(call: str, status: int) -> None:
    """SPEC.md E1, O7: the text is in view throughout, and there once when the server is well."""
    server = spoilt(call, status)
    world = world_on(server)
    shown = world.show()
    assert (*world.texts(), *(one.content for one in shown.pending)).count(TEXT) == 1
    for entry in shown.pending:
        assert entry.delivery is not Delivery.FAILED or entry.reason

    server.intercept = lambda _: None
    server.tokens.add("new")
    world.sign_in_as("new")
    world.advance(LONG)
    for entry in world.show().pending:  # said to have failed: the person may try again
        assert entry.delivery is Delivery.FAILED
        world.ask("retry", clientMessageId=entry.client_message_id)
    world.advance(A_WHILE)

    assert world.texts() == ["Stored", TEXT]
    assert copies(server) == 1
    assert world.show().connection.state is ConnectionState.CONNECTED


@pytest.mark.parametrize("status", [one for one in STATUSES if one != 200])
def test_a_history_that_cannot_be_read_is_said(status: int) -> None:
    """SPEC.md V8: in words; where asking again may help, it is asked again."""
    shown = world_on(spoilt("/messages", status)).show()

    assert shown.loading.state is Loading.FAILED
    assert shown.loading.error


@pytest.mark.parametrize("status", STATUSES)
def test_a_sign_in_that_fails_is_answered_in_words(status: int) -> None:
    """SPEC.md E4: each question of the options page gets one answer, with what is wrong."""
    world = World(spoilt("/api/auth/sign-in", status))
    world.start(who=None)
    world.attach(2, None, is_options=True)

    world.ask("sign_in", 2, request=1, name="Ada", password="secret")
    world.advance(A_WHILE)

    (answer,) = [json.loads(text) for view, text in world.answers if view == 2]
    assert answer["ok"] is False
    assert answer["errors"]["password"]
    assert "secret" not in json.dumps(answer)


@pytest.mark.parametrize("is_numbered", [True, False])
def test_no_answer_to_anything_loses_nothing(is_numbered: bool) -> None:
    """SPEC.md E1, O5: where nothing answers, and nobody knows what the server has done."""
    server = ScriptedServer(is_numbered=is_numbered)
    server.store("s1", "Stored")
    world = World(server)
    world.start()
    world.attach()
    world.advance(1.0)
    server.is_up = False
    world.say(TEXT)
    world.advance(A_WHILE)
    assert [one.content for one in world.show().pending] == [TEXT]

    server.is_up = True
    world.wake()
    world.advance(LONG)

    assert world.texts() == ["Stored", TEXT]
    assert copies(server) == 1

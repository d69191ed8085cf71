"""`core.options`: each request of the options page gets exactly one answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.scripted_server import Reply
from tests.support.world import World
from threadline.core.model import DamagedRow


@pytest.fixture
def world() -> World:
    """Return a world with an options page, signed out."""
    made = World()
    made.start(who=None)
    made.attach(9, None, is_options=True)
    return made


def ask(world: World, kind: str, **members: Any) -> dict[str, Any]:
    """Ask, and return the one answer."""
    world.ask(kind, 9, request=7, **members)
    world.advance(1.0)
    [(view, text)] = world.answers
    answer: dict[str, Any] = json.loads(text)
    assert (view, answer["type"], answer["request"]) == (9, "answer", 7)
    return answer


def test_tells_the_settings_in_force(world: World) -> None:
    """Border 1: `get_settings`."""
    answer = ask(world, "get_settings")

    assert answer["ok"]
    assert answer["settings"]["apiBase"] == "http://api.test"
    assert answer["account"] is None


def test_names_the_account() -> None:
    """Border 1: `account`; by its name where the server tells it."""
    world = World()
    world.start()
    world.attach(9, None, is_options=True)
    world.advance(1.0)

    assert ask(world, "get_settings")["account"] == "Ada"


def test_keeps_good_settings(world: World) -> None:
    """Design section 3, "Storage": the stored choice wins over the build's."""
    answer = ask(world, "save_settings", settings={"apiBase": "http://other.test"})

    assert answer["ok"]
    assert json.loads(world.storage["settings"]) == {"apiBase": "http://other.test"}
    assert answer["settings"] == {"apiBase": "http://other.test"}


def test_keeps_no_bad_settings(world: World) -> None:
    """The words stand at the field that is wrong."""
    answer = ask(world, "save_settings", settings={"apiBase": "ftp://x"})

    assert not answer["ok"]
    assert list(answer["errors"]) == ["apiBase"]
    assert "settings" not in world.storage


def test_signs_in(world: World) -> None:
    """Design section 3: `accessToken` is written, and is in no answer."""
    answer = ask(world, "sign_in", name="ada", password="secret")

    assert answer["ok"]
    assert json.loads(world.storage["accessToken"]) == "token"
    assert "token" not in world.answers[0][1].replace("accessToken", "")
    assert world.server.requests[-1].token is None


@pytest.mark.parametrize(("name", "password"), [("", "secret"), ("ada", "")])
def test_asks_for_both(world: World, name: str, password: str) -> None:
    """The server is not asked for what cannot succeed."""
    answer = ask(world, "sign_in", name=name, password=password)

    assert answer["errors"] == {"name": "Give a name and a password."}
    assert world.server.requests == []


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(401, "{}"), "Name or password is wrong."),
        (Reply(403, '{"error": "Locked."}'), "Locked."),
        (Reply(404), "This server has no sign-in of its own. Paste a token instead."),
        (Reply(500, "<html>"), "The server failed (500)."),
        (Reply(500, '{"error": "Full."}'), "Full."),
        (Reply(200, "<html>"), "The server's answer could not be read."),
    ],
)
def test_says_why_a_sign_in_failed(world: World, reply: Reply, words: str) -> None:
    """SPEC.md L22: In words, with a way out; what was typed is kept by the page."""
    world.server.intercept = lambda _: reply

    answer = ask(world, "sign_in", name="ada", password="secret")

    assert answer["errors"] == {"password": words}
    assert "accessToken" not in world.storage


def test_signs_out(world: World) -> None:
    """Border 1: `sign_out` forgets the token."""
    world.storage["accessToken"] = '"old"'

    assert ask(world, "sign_out")["ok"]
    assert "accessToken" not in world.storage


def test_a_connection_test_begins_with_settings_that_can_be_right() -> None:
    """SPEC.md D1: wrong ones are told at their fields, good ones are tried."""
    world = World()
    world.start()
    world.attach(9, None, is_options=True)

    world.ask("test_connection", 9, request=7, settings={"pusherPort": 0})
    world.ask("test_connection", 9, request=8, settings={})

    told = [json.loads(text) for _, text in world.answers]
    assert told[0]["type"] == "answer"
    assert "pusherPort" in told[0]["errors"]
    assert told[-1]["type"] == "checkup"


def test_a_text_that_cannot_be_read_is_removed(world: World) -> None:
    """SPEC.md S13: the answer tells what is left."""
    world.engine._state.damaged = (DamagedRow(key="c9", text="{}"),)

    assert ask(world, "remove_damaged", key="c9")["damaged"] == []


def test_clears_what_is_stored() -> None:
    """Border 1, `clear_stored`: `leaving` does it."""
    world = World()
    world.server.store("s1", "Hello")
    world.start()
    world.attach(1, "s1")
    world.advance(2.0)
    world.leave(1)
    world.attach(9, None, is_options=True)

    assert ask(world, "clear_stored")["ok"]
    [database] = world.disk.databases.values()
    assert "Hello" not in str(database)

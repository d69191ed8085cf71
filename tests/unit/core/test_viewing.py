"""`core.viewing`: what views ask."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.builders import EPOCH
from tests.support.reader import tell_reading
from tests.support.scripted_server import ScriptedServer, reply
from tests.support.world import World
from threadline.core.events import ViewAttached
from threadline.core.model import Delivery
from threadline.core.session_view import Health, Loading
from threadline.core.state import WINDOW


@pytest.fixture
def world() -> World:
    """Return a world with two sessions; nobody looks yet."""
    made = World()
    made.server.store("s1", "One")
    made.server.store("s2", "Two")
    made.start()
    made.advance(1.0)
    return made


def test_a_view_without_a_wish_shows_what_was_shown_last(world: World) -> None:
    """Border 1, `hello`: else the first of the list, else nothing."""
    world.attach(1, None)
    assert world.show().session_id == "s1"
    world.ask("open_session", session="s2")
    world.attach(2, None)

    assert world.show(2).session_id == "s2"
    fresh = World()
    fresh.start(last="s9")
    fresh.attach(1, None)
    assert fresh.show().session_id == "s9"


def test_nothing_is_shown_where_nothing_was() -> None:
    """A first start, on a server without a list."""
    world = World()
    world.start()
    world.attach(1, None)
    for kind in ("load_history", "load_older", "hello"):
        world.ask(kind)

    assert world.show().session_id is None


def test_switching_reads_each_session_once(world: World) -> None:
    """sync.md 2.10: a view is only a view."""
    world.attach(1, "s1")
    world.advance(1.0)
    world.ask("open_session", session="s2")
    world.advance(1.0)
    assert world.texts() == ["Two"]
    before = len(world.server.reads())

    world.ask("open_session", session="s1")

    assert world.texts() == ["One"]
    assert len(world.server.reads()) == before


def test_two_views_show_what_each_wants(world: World) -> None:
    """ARCHITECTURE: one engine, any number of views."""
    world.attach(1, "s1")
    world.attach(2, "s2")
    world.advance(1.0)

    assert (world.texts(1), world.texts(2)) == (["One"], ["Two"])
    world.leave(1)
    assert world.show(1).session_id is None
    world.ask("new_chat", view=1)
    assert world.show(1).session_id is None


def test_an_options_page_shows_no_session(world: World) -> None:
    """Border 1: `surface`."""
    world.attach(9, "s1", is_options=True)

    assert world.show(9).session_id is None
    assert world.engine.views == ()


def test_a_new_chat_is_empty_until_the_first_text(world: World) -> None:
    """Border 1: `new_chat`."""
    world.attach(1, "s1")
    world.ask("new_chat")
    assert world.show().session_id is None
    world.say("Hello")

    assert [one.delivery for one in world.show().pending] == [Delivery.SENDING]
    assert world.show().connection.health is Health.NO_SESSION


def test_a_text_goes_where_the_view_says(world: World) -> None:
    """Border 1, `send`: `session` wins over what is on show."""
    world.attach(1, "s1")
    text: dict[str, Any] = {"content": "Hello", "createdAt": EPOCH * 1000, "ordinal": 1}
    world.ask("send", clientMessageId="c1", session="s2", **text)
    world.advance(1.0)

    assert [one["content"] for one in world.server.sessions["s2"]] == ["Two", "Hello"]


def test_older_messages_come_in_pages(world: World) -> None:
    """Border 1: `load_older`."""
    for number in range(200):
        world.server.store("s3", f"text {number}")
    world.attach(1, "s3")
    tell_reading(world)
    world.advance(1.0)
    assert len(world.texts()) == 50
    for _ in range(3):
        assert world.show().loading.has_older
        world.ask("load_older")
        world.advance(1.0)

    assert len(world.texts()) == 200
    for number in range(WINDOW):
        world.server.post("s3", f"more {number}")
    world.advance(1.0)
    before = len(world.server.requests)
    shown = len(world.texts())
    world.ask("load_older")
    assert len(world.texts()) > shown
    assert len(world.server.requests) == before


def test_older_messages_that_are_here_are_read_again_without_a_feed() -> None:
    """sync.md E2: a change outside every re-read is seen when the person comes there."""
    world = World(ScriptedServer(has_feed=False))
    world.start()
    world.attach(1, "s3")
    tell_reading(world)
    world.advance(1.0)
    for number in range(200):
        world.server.post("s3", f"text {number}")
    world.advance(60.0)
    world.server.loses_push = lambda _session, _event: True
    world.server.change("s3", 70, content="changed")
    world.advance(60.0)

    world.ask("load_older")
    world.ask("load_older")
    assert "text 69" in world.texts()
    world.advance(1.0)
    assert "changed" in world.texts()


def test_the_person_decides_about_failed_texts_and_loads(world: World) -> None:
    """Border 1: `retry`, `discard`, `load_history`."""
    world.attach(1, "s1")
    world.advance(1.0)
    world.server.intercept = lambda one: reply(403, error="No.") if "/api/" in one.url else None
    for ordinal, name in enumerate(("c1", "c2"), start=1):
        world.say(name, name, ordinal)
        world.advance(1.0)
    world.wake()
    world.advance(1.0)
    assert world.show().loading.state is Loading.FAILED
    world.server.intercept = lambda _: None

    world.ask("retry", clientMessageId="c1")
    world.ask("discard", clientMessageId="c2")
    world.ask("load_history")
    world.advance(1.0)

    assert world.texts() == ["One", "c1"]
    assert world.show().pending == ()
    assert world.show().loading.state is Loading.LOADED


def test_another_server_is_another_history(world: World) -> None:
    """What was read does not belong to it."""
    world.attach(1, "s1")
    world.attach(2, None)
    world.ask("new_chat", view=2)
    world.advance(1.0)
    world.server.sessions["s1"] = []
    world.server.heads.clear()

    world.change_settings(apiBase="http://other.test")
    world.advance(1.0)

    assert world.texts() == []
    assert world.show(2).session_id is None


def test_the_person_may_ask_for_the_line_at_once(world: World) -> None:
    """Border 1: `reconnect`, whatever the schedule says."""
    world.attach(1, "s1")
    world.advance(1.0)
    world.server.sockets_do = "refuse"
    world.cut()
    world.advance(200.0)
    world.server.sockets_do = "greet"

    world.ask("reconnect")
    world.advance(1.0)

    assert world.show().connection.health is Health.LIVE


def test_without_a_token_a_reconnect_sends_nothing() -> None:
    """sync.md O6."""
    world = World()
    world.start(who=None)
    world.attach(1, "s1")
    world.say("Hello")

    world.ask("reconnect")
    world.advance(10.0)

    assert world.server.requests == []


@pytest.mark.parametrize("reason", ["visible", "online", "pageshow"])
def test_a_page_that_wakes_tests_the_line_and_reads(world: World, reason: str) -> None:
    """sync.md C3."""
    world.attach(1, "s1")
    world.advance(1.0)
    world.server.loses_push = lambda _session, _event: True
    world.server.post("s1", "Missed")

    world.ask("wake", reason=reason)
    world.advance(0.1)

    assert world.texts() == ["One", "Missed"]


def test_what_belongs_to_another_account_goes(world: World) -> None:
    """sync.md V6: nothing of one account is drawn for another."""
    world.attach(1, "s1")
    world.attach(2, None)
    world.ask("new_chat", view=2)
    world.advance(1.0)

    world.sign_in_as(None)
    assert (world.texts(1), world.show(2).session_id) == ([], None)
    world.sign_in_as("token")
    world.advance(1.0)

    assert world.texts(1) == ["One"]


def test_a_new_chat_stays_a_new_chat(world: World) -> None:
    """ARCHITECTURE, border 1, `hello`: a view in a new chat is not led to the last session."""
    world.attach(1, "s1")

    world.feed(ViewAttached(2, None, is_new_chat=True))

    assert world.show(2).session_id is None


def test_views_without_a_wish_are_led_to_the_newest_session() -> None:
    """ux.md M2: a fresh profile begins where the server says there is something."""
    world = World()
    world.server.store("s7", "Here")
    world.start()
    world.feed(ViewAttached(1, None))
    world.feed(ViewAttached(2, None, is_new_chat=True))
    world.feed(ViewAttached(3, None, is_options=True))

    world.advance(2.0)

    assert world.show(1).session_id == "s7"
    assert world.show(2).session_id is None
    assert world.engine.views == (1, 2)


def test_the_session_list_is_asked_for_when_a_view_comes(world: World) -> None:
    """SPEC.md L21: Roadmap task 6: the list is as old as the view, no older."""
    world.advance(2.0)
    before = len(lists_asked(world))

    world.attach(5, "s1")
    world.advance(1.0)

    assert len(lists_asked(world)) == before + 1


def lists_asked(world: World) -> list[str]:
    """Return the requests for the session list."""
    return [one.url for one in world.server.requests if "/api/session?" in one.url]


def test_a_text_is_taken_back_into_the_view_that_asks(world: World) -> None:
    """Border 1, `edit`: the answer goes to that view alone."""
    world.attach(1, "s1")
    world.attach(2, "s1")
    world.advance(1.0)
    world.server.intercept = lambda one: reply(422, error="No.") if "/api/" in one.url else None
    world.say("Hello")
    world.advance(1.0)

    world.ask("edit", 2, clientMessageId="c1")

    assert [view for view, _ in world.answers] == [2]


def test_a_view_says_whether_somebody_looks(world: World) -> None:
    """Border 1, `reading`: of the session on show, and of each one anew."""
    world.attach(1, "s1")
    tell_reading(world)
    world.ask("open_session", session="s2")
    world.advance(1.0)
    world.server.post("s2", "Three")
    world.advance(1.0)
    world.ask("reading", asked=0, isReading=True, isWatched=True)  # it crossed with the wish for s2
    assert world.unread == 1
    assert world.engine._state.views[1].is_watched, "that is of the page, whatever it shows"

    tell_reading(world)

    assert world.unread == 0


def test_a_view_is_not_led_to_what_is_being_deleted(world: World) -> None:
    """Ux.md S6: it shows the next one; what was removed from the list is listed again if opened."""
    world.attach(1, "s1")
    world.ask("delete_session", session="s1")
    world.attach(2, "s1")
    world.attach(3, None)
    assert (world.show(2).session_id, world.show(3).session_id) == ("s2", "s2")
    world.advance(7.0)
    world.ask("open_session", session="s1")

    assert {str(one.id) for one in world.show().sessions} == {"s1", "s2"}


def test_the_browsers_leave_is_a_views_to_tell(world: World) -> None:
    """Ux.md M21: with it given, the line is tried at once."""
    world.attach(1, "s1")
    world.attach(2, "s1")
    world.server.is_up = False
    world.advance(120.0)
    world.ask("access", missing="api.test")
    world.ask("open_session", session="s2")
    world.advance(1.0)
    assert (world.show(1).missing_access, world.show(2).missing_access) == ("api.test", "")
    assert world.show(1).access_origins == "http://api.test/*"
    world.server.is_up = True
    world.ask("access", missing="")
    world.advance(0.5)

    assert (world.show(1).missing_access, world.texts(1)) == ("", ["Two"])


def test_a_window_that_grew_stays_while_its_session_is_on_show(world: World) -> None:
    """Border 1, `reach` and `open_session`: one that is on show already is not left."""
    for number in range(WINDOW * 2):
        world.server.store("s3", f"text {number}")
    world.attach(1, "s3")
    world.attach(2, "s3")
    world.advance(1.0)
    for _ in range(8):
        world.ask("load_older", view=2)
        world.advance(1.0)
    far = world.show(2).messages[0].key
    assert far not in {one.key for one in world.show(1).messages}

    world.ask("reach", message=far)
    world.ask("open_session", session="s3")

    assert far in {one.key for one in world.show(1).messages}


def test_what_is_asked_of_a_conversation_is_about_the_one_on_show(world: World) -> None:
    """Border 1: `find`, `copy` and `stop`; the answers go to the view that asks."""
    world.attach(1, "s1")
    world.attach(2, "s2")
    world.advance(1.0)
    world.say("Go on", view=2)
    world.advance(1.0)
    key = world.show(2).messages[0].key
    assert (world.show(1).typing, world.show(2).typing) == (None, "thinking")

    world.ask("find", 2, request=1, text="tw")
    world.ask("copy", 2, message=key)
    world.ask("stop", 2)

    found = {"type": "found", "request": 1, "keys": [key]}
    source = {"type": "source", "message": key, "content": "Two"}
    assert [(view, json.loads(text)) for view, text in world.answers] == [(2, found), (2, source)]
    assert world.show(2).typing is None

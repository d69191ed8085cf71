"""`core.engine`: facts in, orders out."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from tests.support.builders import EPOCH, configuration, entry, moment, request
from tests.support.scripted_server import ScriptedServer
from tests.support.world import World
from threadline.core.connection import ConnectionState
from threadline.core.engine import Engine
from threadline.core.events import (
    Fenced,
    SocketOpened,
    StoreLost,
    TimerRang,
    ViewAttached,
    ViewSaid,
    Woke,
)
from threadline.core.model import Delivery, SessionId
from threadline.core.moment import Moment
from threadline.core.session_view import Health

NO_PUSH: dict[str, Any] = {"pusherKey": "", "pusherHost": ""}


def web_token(subject: str) -> str:
    """Return a JSON Web Token that speaks for `subject`."""
    claims = base64.urlsafe_b64encode(json.dumps({"sub": subject}).encode()).decode().rstrip("=")
    return f"e30.{claims}.x"


def begin(**build: Any) -> World:
    """Return a world whose view shows a session of one message, live."""
    world = World(**build)
    world.server.tokens |= {web_token("ada"), web_token("eve")}
    world.server.store("s1", "Welcome", status="completed")
    world.start()
    world.attach(1, "s1")
    world.advance(1.0)
    return world


def test_knows_nothing_before_it_starts() -> None:
    """Views may be there before storage was read."""
    engine = Engine(configuration(), "0.1.0", lambda: 0.0)

    engine.handle(ViewAttached(1, SessionId("s1")), moment())
    engine.handle(TimerRang(), moment())

    assert engine.show(1, moment()).connection.health is Health.NO_TOKEN
    assert engine.show(2, moment()).session_id is None
    assert engine.next_deadline() is None


def test_a_view_from_before_the_start_is_shown_its_session() -> None:
    """A panel that opened while the engine booted."""
    world = World(pusherKey="", pusherHost="")
    world.server.store("s1", "Welcome")
    world.attach(1, "s1")
    world.start()
    world.advance(1.0)

    assert world.texts() == ["Welcome"]


def test_an_open_socket_is_not_yet_a_connection() -> None:
    """Pusher protocol: nothing may be sent before the handshake."""
    engine = Engine(configuration(), "0.1.0", lambda: 0.0)

    engine.handle(TimerRang(), moment())

    assert engine.handle(SocketOpened(1), moment(1.0)) == []


def test_options_requests_are_answered() -> None:
    """Border 1."""
    world = begin()
    world.feed(ViewSaid(9, request("get_settings", request=1)))

    assert len(world.answers) == 1


@pytest.mark.parametrize("configured", [True, False])
def test_signing_in_again_shows_the_session_again(configured: bool) -> None:
    """Design section 3: a token that appears takes effect at once, push or not."""
    world = begin(**({} if configured else NO_PUSH))
    world.sign_in_as(None)
    world.advance(5.0)
    assert world.show().connection.health is Health.NO_TOKEN
    before = len(world.server.requests)
    world.sign_in_as("token")
    world.sign_in_as("token")
    world.advance(5.0)

    assert world.texts() == ["Welcome"]
    assert before < len(world.server.requests) < before + 12


def test_a_renewed_token_of_the_same_account_keeps_all() -> None:
    """Design section 3: only another account begins anew."""
    world = begin()
    world.server.tokens.add("renewed")
    history = world.engine._state.session(SessionId("s1")).history

    world.sign_in_as("renewed")
    world.advance(2.0)

    assert world.engine._state.session(SessionId("s1")).history is history
    assert world.show().connection.health is Health.LIVE


def test_another_account_neither_sees_nor_sends_what_this_one_wrote() -> None:
    """sync.md V6: the rows stay on disk."""
    world = begin()
    world.sign_in_as(web_token("ada"))
    world.advance(1.0)
    world.server.is_up = False
    world.say("Ada's secret")
    world.advance(1.0)
    world.sign_in_as(None)
    world.server.is_up = True
    world.server.account = "user-2"

    world.sign_in_as(web_token("eve"))
    world.advance(60.0)

    assert world.show().pending == ()
    senders = {one.token.get_secret_value() for one in world.server.asked("/interact") if one.token}
    assert senders == {web_token("ada")}
    assert "Ada's secret" not in world.texts()
    assert list(world.rows) == ["c1"]


def test_the_settings_page_can_test_the_connection() -> None:
    """SPEC.md D1: the test's answers are led to it, and the one timer serves it."""
    world = begin()
    world.attach(9, None, is_options=True)
    world.ask("test_connection", 9, request=3, settings={})

    world.advance(30.0)

    assert '"done": true' in world.answers[-1][1]


def test_what_an_account_wrote_is_sent_when_it_is_back() -> None:
    """sync.md V6: sealed, not lost."""
    world = begin()
    world.sign_in_as(web_token("ada"))
    world.advance(1.0)
    world.server.is_up = False
    world.say("Ada's text")
    world.advance(1.0)
    world.server.is_up = True
    world.server.account = "user-2"
    world.sign_in_as(web_token("eve"))
    world.advance(60.0)

    world.server.account = "user-1"
    world.sign_in_as(web_token("ada"))
    world.advance(120.0)

    assert "Ada's text" in world.texts()


def test_changed_settings_take_effect_at_once() -> None:
    """Design section 3: another push server, another back end; the same changes nothing."""
    world = begin()
    opened = len(world.sockets)
    world.change_settings()
    assert len(world.sockets) == opened

    world.change_settings(pusherHost="other.test")
    world.advance(1.0)
    assert world.sockets[-1].url.startswith("ws://other.test")
    assert world.texts() == ["Welcome"]
    world.server.tokens = {"token"}
    world.change_settings(apiBase="http://other.test")
    world.advance(1.0)
    assert world.server.requests[-1].url.startswith("http://other.test")
    assert world.texts() == ["Welcome"]


def test_another_server_may_take_the_token_that_this_one_refused() -> None:
    """A 401 is one server's word."""
    world = World(pusherKey="", pusherHost="")
    world.server.tokens = set()
    world.server.store("s1", "Welcome")
    world.start()
    world.attach(1, "s1")
    world.advance(1.0)
    world.server.tokens = {"token"}

    world.change_settings(apiBase="http://other.test", pusherKey="", pusherHost="")
    world.advance(1.0)

    assert world.texts() == ["Welcome"]


def test_a_laptop_that_slept_reads_what_it_missed() -> None:
    """sync.md C3: the wall clock ran on; frames are gone, the socket looks alive."""
    world = begin()
    world.server.loses_push = lambda _session, _event: True
    world.server.post("s1", "Missed")
    world.sleep(600.0)

    world.feed(TimerRang())
    world.advance(0.2)

    assert world.texts() == ["Welcome", "Missed"]


def test_a_network_that_goes_is_a_doubt_and_one_that_comes_back_a_chance() -> None:
    """B54, B55: the line is asked; when it is lost, the next attempt waits for no schedule."""
    world = begin()
    sent = len(world.sockets[0].sent)
    world.feed(Woke("offline"))
    assert len(world.sockets[0].sent) == sent + 1
    world.cut()
    world.server.sockets_do, world.server.is_up = "refuse", False
    world.advance(60.0)
    assert "offline" in str(world.show().connection.last_error)
    opened = len(world.sockets)
    world.feed(Woke("offline"))
    assert len(world.sockets) == opened

    world.server.sockets_do, world.server.is_up = "greet", True
    world.feed(Woke("pageshow"))
    world.feed(Woke("online"))
    world.advance(1.0)

    assert world.show().connection.state is ConnectionState.CONNECTED


def test_waking_up_sends_what_waits_and_signed_out_nothing() -> None:
    """sync.md C3 and O6."""
    world = begin()
    world.server.is_up = False
    world.say("Hello")
    world.advance(1.0)
    world.server.is_up = True
    world.wake()
    world.advance(1.0)
    assert world.texts()[-1] == "Hello"

    world.sign_in_as(None)
    before = len(world.server.requests)
    world.wake()
    world.advance(1.0)
    assert len(world.server.requests) == before


def test_rest_is_read_from_three_seconds_after_push_is_lost() -> None:
    """Design section 3: whatever the state says."""
    world = begin()
    world.server.sockets_do = "refuse"
    world.cut()
    world.advance(0.1)
    world.server.store("s1", "By REST", status="completed")
    world.advance(8.0)

    assert world.texts() == ["Welcome", "By REST"]


def test_an_answer_that_comes_by_rest_alone_ends_the_run() -> None:
    """Design section 3, "Turns": with no push at all the working line goes away."""
    world = begin(pusherKey="", pusherHost="")
    world.say("Hello")
    world.advance(4.0)
    assert world.show().typing == "thinking"

    world.server.store("s1", "Done", status="completed")
    world.advance(4.0)

    assert world.show().typing is None
    assert world.show().run_ended == "completed"


def test_silence_ends_a_run_on_screen() -> None:
    """Design section 3: five silent minutes."""
    world = begin()
    world.say("Hello")
    world.advance(1.0)
    assert world.show().typing == "thinking"

    world.advance(301.0)

    assert world.show().typing is None


def test_keeps_the_connection_state_in_storage() -> None:
    """Design section 3, "Storage": `wsConnectionState`."""
    world = begin()
    live = json.loads(world.storage["wsConnectionState"])
    world.server.sockets_do = "refuse"
    world.advance(10.0)
    world.cut()
    world.advance(0.1)
    lost = json.loads(world.storage["wsConnectionState"])

    assert live == {
        "sessionId": "s1",
        "lastConnectedAt": pytest.approx(EPOCH * 1000, abs=1000),
        "wasConnected": True,
    }
    assert not lost["wasConnected"]
    assert lost["lastConnectedAt"] > live["lastConnectedAt"]


def test_an_early_ring_is_no_ring() -> None:
    """A timer may ring a hair early: nothing happens, and the deadline stays."""
    world = begin()
    due = world.engine.next_deadline()
    assert due is not None

    world.engine.handle(TimerRang(), Moment(due - 0.001, EPOCH + due - 0.001))

    assert world.engine.next_deadline() == due


def test_a_restart_sends_a_text_that_was_never_begun() -> None:
    """sync.md S7."""
    world = World()
    world.server.store("s1", "Welcome")
    world.start(unsent=(entry("c1"), replace(entry("c2", ordinal=2), delivery=Delivery.FAILED)))
    world.attach(1, "s1")
    world.advance(2.0)

    assert world.texts() == ["Welcome", "do c1"]
    assert [one.client_message_id for one in world.show().pending] == ["c2"]


def test_views_come_and_go() -> None:
    """ARCHITECTURE: any number of views; the last session is shown again."""
    world = World()
    world.start(last="s9")
    world.attach(1, None)
    world.attach(2, "s1")
    world.attach(3, None, is_options=True)
    assert list(world.engine.views) == [1, 2]
    assert world.show(1).session_id == "s9"

    world.leave(2)
    world.advance(60.0)

    assert list(world.engine.views) == [1]
    asked = [one.url for one in world.server.asked("/messages") if "/s1/" in one.url]
    assert len(asked) <= 4


def test_a_server_that_has_only_three_calls_is_enough() -> None:
    """Design section 3: the client must lose nothing on it."""
    world = World(ScriptedServer(is_numbered=False, capabilities=()))
    world.server.store("s1", "Welcome")
    world.start()
    world.attach(1, "s1")
    world.advance(1.0)
    world.server.loses_push = lambda _session, event: event == "new_message"
    world.say("Hello")
    world.advance(2.0)
    world.server.store("s1", "Hi")
    world.advance(30.0)

    assert world.texts() == ["Welcome", "Hello", "Hi"]
    assert world.show().connection.state is ConnectionState.CONNECTED


def test_an_engine_that_was_followed_does_nothing_any_more() -> None:
    """SPEC.md S5: whatever happens to it."""
    world = begin()
    world.feed(Fenced())

    assert world.has_let_go
    assert world.engine.next_deadline() is None
    assert world.engine.handle(TimerRang(), world.clock.now()) == []


def test_what_the_disk_says_is_led_to_the_sessions() -> None:
    """SPEC.md S10: a database that is gone is opened again."""
    world = begin()
    world.advance(2.0)
    (name,) = world.disk.databases
    world.disk.databases.clear()

    world.feed(StoreLost(name))
    world.advance(1.0)

    assert name in world.disk.databases

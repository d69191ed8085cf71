"""`core.showing`: what a view shows of the engine's state."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.builders import EPOCH, row
from tests.support.reader import tell_reading
from tests.support.scripted_server import Reply, reply
from tests.support.world import World
from threadline.core.connection import ConnectionState
from threadline.core.session_view import GapState, Health
from threadline.core.state import FOLLOWED
from threadline.core.transcript import STEP


def begin(who: str | None = "token", session: str | None = "s1", **build: Any) -> World:
    """Return a world that began, with one view."""
    world = World(**build)
    world.server.store("s1", "Welcome")
    world.start(who)
    world.attach(1, session)
    return world


def badge(world: World) -> tuple[ConnectionState, Health]:
    """Return the badge's state, and why."""
    report = world.show().connection
    return report.state, report.health


def test_says_that_there_is_no_token() -> None:
    """Design section 3, the badge's table."""
    assert badge(begin(None)) == (ConnectionState.DISCONNECTED, Health.NO_TOKEN)


def test_says_that_there_is_no_session() -> None:
    """Design section 3, the badge's table."""
    world = begin(session=None)

    assert badge(world) == (ConnectionState.DISCONNECTED, Health.NO_SESSION)
    assert world.show().session_id is None


def test_says_that_the_token_was_turned_down() -> None:
    """Design section 3, the badge's table: 401."""
    world = begin("expired")
    world.advance(1.0)

    assert badge(world) == (ConnectionState.FAILED, Health.SIGNED_OUT)


def test_says_that_there_is_no_push_server() -> None:
    """Design section 3, the badge's table: REST is polled."""
    world = begin(pusherKey="", pusherHost="")
    world.advance(1.0)

    assert badge(world) == (ConnectionState.FALLBACK, Health.NOT_CONFIGURED)
    assert world.show().connection.server == ""


def test_follows_a_connection_from_its_opening_to_its_loss() -> None:
    """Design section 3: joined, not open, is connected; sync.md 2.16."""
    world = begin()
    seen = [badge(world)]
    for _ in range(12):
        world.advance(0.02)
        seen += [badge(world)] if badge(world) != seen[-1] else []

    assert seen == [
        (ConnectionState.CONNECTING, Health.OPENING),
        (ConnectionState.CONNECTING, Health.JOINING),
        (ConnectionState.CONNECTED, Health.LIVE),
    ] or seen[-1] == (ConnectionState.CONNECTED, Health.LIVE)
    report = world.show().connection
    assert report.server == "push.test:3005"
    assert report.connected_since == pytest.approx(EPOCH, abs=1.0)
    assert report.last_event_at == pytest.approx(EPOCH, abs=1.0)
    assert report.next_attempt_at is None

    world.cut()
    world.advance(0.1)
    report = world.show().connection

    assert badge(world) == (ConnectionState.RECONNECTING, Health.WAITING)
    assert report.attempt == 1
    assert report.next_attempt_at is not None
    assert report.connected_since is None


def test_another_session_may_not_be_joined_yet() -> None:
    """The badge speaks of the session on show."""
    world = begin()
    world.advance(1.0)

    world.ask("open_session", session="s2")

    assert badge(world) == (ConnectionState.CONNECTING, Health.JOINING)


def test_a_forbidden_session_is_failed() -> None:
    """Design section 3, the badge's table: 403."""
    world = World()
    world.server.forbidden.add("s1")
    world.start()
    world.attach(1, "s1")
    world.advance(1.0)

    assert badge(world) == (ConnectionState.FAILED, Health.FORBIDDEN)


def test_a_line_that_is_of_no_use_is_said_to_be_polling() -> None:
    """SPEC.md C21: the socket is there, and the channel cannot be authorized."""
    world = World()
    world.server.intercept = lambda one: Reply(500) if "/pusher/" in one.url else None
    world.start()
    world.attach()
    world.advance(0.5)
    assert badge(world) == (ConnectionState.CONNECTING, Health.JOINING)

    world.advance(10.0)

    assert badge(world) == (ConnectionState.FALLBACK, Health.POLLING)


def test_a_line_that_ends_without_a_word_is_explained() -> None:
    """SPEC.md D2: cause and cure, once they are found out; not in place of the server's own."""
    world = World()
    world.server.sockets_do = "refuse"
    world.start()
    world.attach()
    world.advance(0.5)
    assert world.show().connection.cure is None

    world.advance(2.0)
    assert "does not know the app key" in str(world.show().connection.last_error)
    assert "Compare the app key" in str(world.show().connection.cure)
    world.server.refuse_code = 4100
    world.advance(10.0)

    assert world.show().connection.last_error == "the push server is full (4100)"


def test_says_that_it_catches_up_and_that_it_cannot() -> None:
    """sync.md 2.16: never more than is known."""
    world = begin()
    bad = Reply(200, '{"messages": [{}], "latestSequence": 3}')
    world.advance(1.0)
    world.server.intercept = lambda one: bad if "/messages" in one.url else None
    world.server.publish("s1", "new_message", {"message": row(3)})
    world.advance(0.1)
    assert badge(world) == (ConnectionState.CONNECTED, Health.CATCHING_UP)

    world.advance(60.0)

    assert badge(world) == (ConnectionState.CONNECTED, Health.GAP)
    assert [gap.state for gap in world.show().gaps] == [GapState.STUCK]


def test_shows_a_window_and_the_way_to_older_messages() -> None:
    """Design section 5: the engine holds all, a view a window of it."""
    world = begin()
    tell_reading(world)
    world.advance(1.0)
    for number in range(FOLLOWED + STEP + 1):
        world.server.post("s1", f"text {number}")
    world.advance(1.0)
    assert len(world.texts()) == FOLLOWED + 2
    assert world.show().loading.has_older

    world.ask("load_older")

    assert len(world.texts()) == FOLLOWED + STEP + 2
    assert not world.show().loading.has_older


def test_shows_all_that_belongs_to_a_session() -> None:
    """Border 1: one state for every view."""
    world = begin()
    world.advance(1.0)
    world.server.publish("s1", "error", {"message": "Quota used up."})
    world.server.intercept = lambda one: (
        reply(400, error="No.") if one.url.endswith("/interact") else None
    )
    world.say("Hello")
    world.advance(1.0)
    view = world.show()

    assert view.title == "About s1"
    assert view.problem == "Quota used up."
    assert [one.content for one in view.pending] == ["Hello"]


def test_a_session_that_is_not_in_the_list_has_no_title() -> None:
    """The panel then names it by itself."""
    world = begin(session="unknown")
    world.advance(1.0)

    assert world.show().title is None
    assert world.texts() == []


def test_a_message_without_a_number_hides_no_gap() -> None:
    """sync.md H1: the gap is shown where it is."""
    world = begin(session="s2")
    world.server.is_up = False
    world.server.publish("s2", "new_message", {"message": row(None, messageId="x")})
    world.advance(0.1)

    assert world.show().gaps == ()


def test_texts_that_wait_say_their_place_in_line() -> None:
    """ux.md S2: behind the one that goes first; what failed goes nowhere by itself."""
    world = World()
    world.server.store("s1", "Hello")
    world.start()
    world.attach()
    world.advance(1.0)
    world.server.is_up = False
    for place in range(1, 4):
        world.say(f"Text {place}", f"c{place}", place)
    world.advance(0.1)

    assert [one.place for one in world.show().pending] == [None, 2, 3]
    world.ask("edit", clientMessageId="c2")
    assert [one.place for one in world.show().pending] == [None, None, 2]

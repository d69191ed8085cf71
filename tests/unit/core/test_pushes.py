"""`core.pushes`: what the Pusher client tells becomes facts about sessions."""

from __future__ import annotations

import pytest

from tests.support.builders import channel, frame, moment, settings, token
from tests.support.world import World
from threadline.core.channels import Refusal
from threadline.core.events import TextReceived
from threadline.core.model import SessionId
from threadline.core.notices import ChannelEvent, ChannelJoined, ChannelRefused
from threadline.core.pushes import take_notices
from threadline.core.session_view import Health
from threadline.core.state import State


@pytest.fixture
def world() -> World:
    """Return a world whose view shows `s1`, live."""
    made = World()
    made.server.store("s1", "Welcome", status="completed")
    made.start()
    made.attach(1, "s1")
    made.advance(20.0)
    return made


def test_a_published_message_is_shown_at_once(world: World) -> None:
    """sync.md P1: push is a fact; no read is needed for it."""
    before = len(world.server.requests)

    world.server.post("s1", "Hello")
    world.advance(0.1)

    assert world.texts() == ["Welcome", "Hello"]
    assert len(world.server.requests) == before


def test_an_own_message_that_comes_by_push_is_the_persons_own(world: World) -> None:
    """sync.md O4 and O8."""
    world.say("Mine")
    world.advance(0.1)

    assert [one.key for one in world.show().messages][-1] == "c1"


def test_other_events_are_facts_too(world: World) -> None:
    """Design section 3: "Push"."""
    world.server.publish("s1", "typing", {"isTyping": True, "context": "verifying"})
    world.advance(0.1)

    assert world.show().typing == "verifying"


def test_an_unknown_event_is_counted_and_nothing_else(world: World) -> None:
    """sync.md P6."""
    published = world.published
    world.server.publish("s1", "no_such_event", {"a": 1})
    world.advance(0.1)

    assert world.reports == []
    assert world.published == published


@pytest.mark.parametrize(
    "data",
    [
        "words",
        {"message": {"role": "user"}},
        {"message": {"messageId": 5, "role": "user", "timestamp": 0}},
        {"sessionId": "s2", "message": {}},
        [],
    ],
)
def test_a_payload_that_cannot_be_read_makes_us_look(world: World, data: object) -> None:
    """sync.md 2.3, rule 2: reported without its text, and what it told of is in REST."""
    world.server.store("s1", "Hello")
    world.server.publish("s1", "new_message", data)
    world.advance(0.3)

    assert world.texts() == ["Welcome", "Hello"]
    assert [one.level for one in world.reports] == ["warning"]


def test_a_frame_that_cannot_be_read_makes_us_look(world: World) -> None:
    """sync.md P4."""
    world.server.store("s1", "Hello")
    world.feed(TextReceived(1, "{no frame"))
    world.advance(0.3)

    assert world.texts() == ["Welcome", "Hello"]
    assert "not a Pusher frame" in world.reports[0].text


def test_a_burst_of_bad_payloads_is_few_requests(world: World) -> None:
    """sync.md 2.17: at most 6 reads in 10 s."""
    before = len(world.server.requests)
    for _ in range(300):
        world.server.publish("s1", "new_message", {})
        world.advance(0.1)

    assert len(world.server.requests) - before <= 6 * 4


def test_the_catch_up_begins_only_after_the_join(world: World) -> None:
    """sync.md C1: position before data."""
    world.cut()
    world.server.store("s1", "Missed")
    world.advance(5.0)

    assert world.texts() == ["Welcome", "Missed"]
    assert world.show().connection.health is Health.LIVE


def test_a_line_that_fails_without_a_word_is_asked_about(world: World) -> None:
    """SPEC.md D2."""
    world.server.sockets_do = "refuse"
    world.cut()

    world.advance(5.0)

    assert world.server.asked("/app/key")


def test_a_refused_channel_is_reported(world: World) -> None:
    """sync.md C7: the badge says it, the log too."""
    world.server.forbidden.add("s2")
    world.ask("open_session", session="s2")
    world.advance(1.0)

    assert world.show().connection.health is Health.FORBIDDEN
    assert world.reports[0].text == "private-session-s2: refused (forbidden)"


def test_a_frame_of_another_channel_is_not_drawn(world: World) -> None:
    """sync.md S10."""
    data = {"message": {"messageId": "x", "role": "user", "timestamp": 1}}
    world.feed(TextReceived(1, frame("new_message", data, channel("s7"))))

    assert world.texts() == ["Welcome"]


def test_channels_that_are_no_sessions_are_left_alone() -> None:
    """Only `private-session-…` is ours."""
    state = State.begin(settings(), token(), "0.1.0", lambda: 0.0)
    state.client._notices += [
        ChannelJoined("presence-x"),
        ChannelEvent("presence-x", "new_message", {}),
        ChannelRefused("presence-x", Refusal.FORBIDDEN),
    ]

    take_notices(state, moment())

    assert state.sessions == {}
    assert SessionId("x") not in state.sessions


def test_a_changed_session_is_looked_up_in_the_list(world: World) -> None:
    """Roadmap section 6, SESSION_UPDATE: its status, and perhaps its title, is another one."""
    before = len(world.server.requests)

    world.server.publish("s1", "session_update", {"sessionId": "s1", "status": "completed"})
    world.advance(0.1)

    assert [one.url for one in world.server.requests[before:] if "/api/session?" in one.url]

"""`core.answers`: what a REST answer means for all that asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.builders import EPOCH, iso, page_text, row
from tests.support.scripted_server import Reply, ScriptedServer, reply
from tests.support.world import World
from threadline.core.connection import ConnectionState
from threadline.core.events import RequestAnswered, RequestFailed
from threadline.core.session_view import Health, Loading

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadline.core.effects import SendRequest


def on(path: str, *answers: Reply) -> Callable[[SendRequest], Reply | None]:
    """Answer the first requests whose address holds `path` like this."""
    left = list(answers)

    def intercept(request: SendRequest) -> Reply | None:
        return left.pop(0) if path in request.url and left else None

    return intercept


@pytest.fixture
def world() -> World:
    """Return a world whose session holds three messages, before the engine's start."""
    made = World()
    for number in range(3):
        made.server.store("s1", f"text {number}", status="completed")
    return made


def begin(world: World, seconds: float = 1.0) -> World:
    """Begin, with a view that shows the session."""
    world.start()
    world.attach(1, "s1")
    world.advance(seconds)
    return world


def test_the_history_is_shown(world: World) -> None:
    """Roadmap section 2.3."""
    begin(world)

    assert world.texts() == ["text 0", "text 1", "text 2"]
    assert world.show().loading.state is Loading.LOADED
    assert world.show().connection.rest_works


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "This account cannot open this conversation."),
        (404, "This conversation does not exist."),
        (400, "In its own words."),
        (418, "The history could not be loaded (418)."),
    ],
)
def test_a_history_that_cannot_be_had_is_said(world: World, status: int, words: str) -> None:
    """sync.md C7: asking again by itself cannot help; the person can."""
    body = json.dumps({"error": "In its own words."}) if status == 400 else "no JSON"
    world.server.intercept = on("/messages", *[Reply(status, body)] * 2)
    begin(world, 100.0)
    loading = world.show().loading

    assert (loading.state, loading.error, loading.can_retry) == (Loading.FAILED, words, True)
    assert len(world.server.reads()) == 1
    world.ask("load_history")
    world.advance(1.0)
    world.ask("load_history")
    world.advance(1.0)
    assert len(world.texts()) == 3


@pytest.mark.parametrize(
    "answer",
    [
        Reply(500),
        Reply(429, "{}", {"retry-after": "3"}),
        Reply(204, ""),
        Reply(304, ""),
        Reply(200, "<html>"),
        Reply(200, "[]"),
        Reply(200, '{"messages": 5}'),
    ],
)
def test_a_history_that_may_come_is_asked_again(world: World, answer: Reply) -> None:
    """sync.md faults 34 and 43: by itself, after a pause."""
    world.server.intercept = on("/messages", answer)
    begin(world, 0.1)
    assert world.show().loading.state is Loading.FAILED

    world.advance(5.0)

    assert len(world.texts()) == 3


def test_a_bad_row_does_not_hide_the_others(world: World) -> None:
    """sync.md 2.3, rule 2: reported, and its number stays a hole."""
    good, bad = row(1, status="completed"), row(2, messageId=None)
    page = Reply(200, page_text(good, bad, row(3), latestSequence=3, hasMore=False))
    world.server.intercept = on("/messages", *[page] * 99)
    begin(world, 60.0)

    assert world.texts() == ["text 1", "text 3"]
    assert [(gap.first, gap.last) for gap in world.show().gaps] == [(2, 2)]
    assert "messageId" in world.reports[0].text
    assert len(world.server.reads()) < 12


def test_a_message_of_five_megabytes_is_a_message(world: World) -> None:
    """sync.md O10 limits what we send, not what we read."""
    huge = row(1, messageId="s1-m1", content="x" * 5_000_000, timestamp=iso(EPOCH))
    world.server.intercept = on("/messages", *[Reply(200, page_text(huge, latestSequence=1))] * 3)
    begin(world)

    assert len(world.texts()[0]) == 5_000_000


def test_a_long_history_is_read_page_by_page(world: World) -> None:
    """sync.md 2.6: what was missed while away may be many pages."""
    begin(world)
    world.cut()
    for number in range(500):
        world.server.store("s1", f"more {number}")
    world.advance(10.0)

    assert world.texts()[-1] == "more 499"
    assert world.show().gaps == ()


def test_an_answer_that_is_not_waited_for_is_nothing(world: World) -> None:
    """ARCHITECTURE: every answer carries the number of its question."""
    begin(world)
    published = world.published

    world.feed(RequestAnswered(999, 500, {}, ""))
    world.feed(RequestFailed(999, "network"))
    first = world.server.requests[0].request
    world.feed(RequestAnswered(first, 401, {}, ""))

    assert world.published == published
    assert world.show().connection.state is ConnectionState.CONNECTED


def test_what_contradicts_the_server_makes_us_read_all_anew(world: World) -> None:
    """sync.md 2.11: what the server answers counts; a ghost leaves no trace."""
    begin(world)
    world.wake()
    ghost = row(3, messageId="other")
    world.server.publish("s1", "new_message", {"message": ghost})

    world.advance(60.0)

    assert world.texts() == ["text 0", "text 1", "text 2"]


def test_a_failure_of_the_network_is_said(world: World) -> None:
    """sync.md 2.16: `rest_works` says whether the last answer was a good one."""
    begin(world)
    world.server.is_up = False
    world.advance(30.0)
    assert world.show().connection.rest_works is False

    world.server.is_up = True
    world.advance(60.0)

    assert world.show().connection.rest_works


@pytest.mark.parametrize(
    ("answer", "health"),
    [
        (reply(403, error="No."), Health.FORBIDDEN),
        (Reply(500), Health.JOINING),
        (Reply(200, "{}"), Health.JOINING),
        (Reply(429, "{}", {"retry-after": "40"}), Health.JOINING),
    ],
)
def test_a_channel_that_is_not_signed_is_not_joined(
    world: World, answer: Reply, health: Health
) -> None:
    """sync.md C7: 403 stops that channel; what may pass is tried again."""
    world.server.intercept = on("/pusher/auth", answer)
    begin(world, 0.3)

    assert world.show().connection.health is health
    assert world.texts() != []
    world.advance(60.0)
    expected = Health.FORBIDDEN if health is Health.FORBIDDEN else Health.LIVE
    assert world.show().connection.health is expected


def test_an_auth_endpoint_that_cannot_be_reached_is_tried_again(world: World) -> None:
    """sync.md C6: never give up."""
    world.start()
    world.attach(1, "s1")
    world.advance(0.05)
    world.server.is_up = False
    world.advance(1.0)
    world.server.is_up = True
    world.advance(60.0)

    assert world.show().connection.health is Health.LIVE


def test_a_token_that_is_turned_down_stops_everything_until_it_changes(world: World) -> None:
    """Design section 4: no refresh endpoint, so 401 waits for `accessToken` to change."""
    world.server.tokens = {"better"}
    begin(world, 300.0)

    assert world.show().connection.health is Health.SIGNED_OUT
    assert len(world.server.requests) <= 3
    world.sign_in_as("better")
    world.advance(2.0)
    assert world.show().connection.health is Health.LIVE
    assert len(world.texts()) == 3


def test_a_401_of_the_auth_endpoint_alone_is_one_of_the_token(world: World) -> None:
    """sync.md C7."""
    world.server.intercept = on("/pusher/auth", reply(401, error="No."))
    begin(world)

    assert world.show().connection.health is Health.SIGNED_OUT


def test_what_the_server_can_do_is_learnt(world: World) -> None:
    """Design section 3: capabilities, the account, the session list."""
    begin(world)
    view = world.show()

    assert view.can_list_sessions
    assert view.can_create_session
    assert view.account is not None
    assert view.account.name == "Ada"
    assert [one.title for one in view.sessions] == ["About s1"]


def test_a_server_without_them_is_no_error() -> None:
    """Design section 3: the panel works from what it knows itself."""
    world = World(ScriptedServer(capabilities=()))
    begin(world, 60.0)

    assert world.reports == []
    assert len(world.server.asked("/capabilities")) == 1
    assert not world.show().can_list_sessions


def test_an_account_that_cannot_be_read_is_reported(world: World) -> None:
    """The panel goes on with what the token itself says."""
    world.server.intercept = on("/me", Reply(200, "{}"))
    begin(world)

    assert world.show().account is not None
    assert world.reports[0].text.startswith("GET me")


@pytest.mark.parametrize("body", ["[]", '{"capabilities": 5}'])
def test_capabilities_that_say_nothing_are_none(world: World, body: str) -> None:
    """SPEC.md L27: never guessed; once more is asked, as it may be a proxy that spoke."""
    world.server.intercept = on("/capabilities", Reply(200, body), Reply(200, body))
    begin(world, 60.0)

    assert not world.show().can_list_sessions
    assert len(world.server.asked("/capabilities")) == 2
    assert world.server.asked("/me") == []


def test_no_capabilities_are_none(world: World) -> None:
    """Design section 3: that is an answer."""
    world.server.intercept = on("/capabilities", Reply(200, '{"capabilities": []}'))
    begin(world, 60.0)

    assert not world.show().can_list_sessions
    assert len(world.server.asked("/capabilities")) == 1


@pytest.mark.parametrize("fails", ["down", "500"])
def test_capabilities_are_asked_again_once_the_server_is_there(world: World, fails: str) -> None:
    """SPEC.md L13: A panel that is opened before its server shows the session list all the same."""
    if fails == "down":
        world.server.is_up = False
    else:
        world.server.intercept = on("/capabilities", Reply(500))
    begin(world, 0.02 if fails == "500" else 5.0)
    world.server.is_up = True
    world.advance(60.0)

    assert world.show().can_list_sessions
    assert len(world.server.asked("/capabilities")) == 2


def test_other_questions_that_fail_are_let_go(world: World) -> None:
    """Neither the account nor the list is needed."""
    world.start()
    world.advance(0.045)
    world.server.is_up = False
    world.attach(1, "s1")
    world.server.is_up = True
    world.advance(5.0)

    assert len(world.texts()) == 3


def test_a_change_of_token_drops_every_question(world: World) -> None:
    """ARCHITECTURE: answers to the old token are not taken for the new one's."""
    world.server.tokens |= {"other"}
    begin(world)
    world.wake()
    world.say("Hello")
    world.attach(9, None, is_options=True)
    world.ask("sign_in", 9, request=4, name="ada", password="secret")
    world.cut()
    world.advance(1.2)
    world.sign_in_as("other")
    world.advance(90.0)

    assert world.texts() == ["text 0", "text 1", "text 2", "Hello"]
    assert world.show().connection.health is Health.LIVE


def test_a_change_of_token_answers_a_sign_in_that_was_asked(world: World) -> None:
    """Each request of the options page gets exactly one answer."""
    begin(world)
    world.attach(9, None, is_options=True)
    world.ask("sign_in", 9, request=4, name="ada", password="secret")
    world.sign_in_as("other")
    world.advance(20.0)

    answers = [json.loads(text) for _, text in world.answers]
    assert [(one["request"], one["ok"]) for one in answers] == [(4, False)]


def test_a_sign_in_that_cannot_be_asked_is_answered(world: World) -> None:
    """Each request of the options page gets exactly one answer."""
    world.start(who=None)
    world.attach(9, None, is_options=True)
    world.server.is_up = False
    world.ask("sign_in", 9, request=4, name="ada", password="secret")
    world.advance(1.0)
    world.server.is_up = True
    world.ask("sign_in", 9, request=5, name="ada", password="secret")
    world.advance(1.0)

    answers = [json.loads(text) for _, text in world.answers]
    assert [one["ok"] for one in answers] == [False, True]
    assert answers[0]["errors"] == {"password": "The server cannot be reached."}


def test_sessions_that_cannot_be_read_are_reported(world: World) -> None:
    """The list stays as it was; whose token it is was no question."""
    world.server.intercept = on("/api/session?", Reply(200, "{}"))
    begin(world)

    assert [one.text.partition(":")[0] for one in world.reports] == ["GET session.sessions"]
    assert len(world.server.asked("/capabilities")) == 1


def test_a_server_that_cannot_say_what_it_can_do_is_asked_again(world: World) -> None:
    """sync.md 2.6: an error of its own is no answer."""
    world.server.intercept = on("/capabilities", Reply(503))
    begin(world, 60.0)

    assert world.show().can_list_sessions
    assert len(world.server.asked("/capabilities")) == 2


def test_a_feed_that_is_refused_is_no_failed_history() -> None:
    """sync.md 2.6: the server has no such call after all; its messages are read instead."""
    world = World(ScriptedServer(has_feed=True))
    world.server.store("s1", "text 0", status="completed")
    world.server.intercept = on("/changes", reply(404, error="No such page."))
    begin(world, 60.0)

    assert len(world.server.asked("/changes")) == 1
    assert world.texts() == ["text 0"]
    assert world.show().loading.state is Loading.LOADED

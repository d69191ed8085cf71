"""B106, B107, X7, X10, X11, X20: what is asked of the auth endpoint, and what its answers do."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from tests.support.builders import channel, frame, settings, token
from tests.support.pusher_line import Line
from tests.support.scripted_server import Reply, ScriptedServer, reply
from tests.support.world import World
from threadline.core.channels import MAX_AUTHORIZATIONS, Membership, Refusal
from threadline.core.connection import ConnectionState
from threadline.core.effects import SendRequest
from threadline.core.failures import Failure
from threadline.core.rest import AUTHORIZATION_TIMEOUT, Rest

AUTH = "/pusher/auth"


def world_answering(*answers: Reply) -> World:
    """Return a world whose auth endpoint gives these answers, and then good ones."""
    given = list(answers)
    server = ScriptedServer()
    server.intercept = lambda asked: given.pop(0) if asked.url.endswith(AUTH) and given else None
    world = World(server)
    world.start()
    world.attach()
    return world


def test_b106_the_endpoint_is_asked_by_form() -> None:
    """Ours: the bearer token is a header; everything is percent-encoded."""
    rest = Rest(settings(), token("secret"))

    rest.authorize("private-session-a&b=c d", "7.1")

    [order] = rest.drain()
    assert isinstance(order, SendRequest)
    assert (order.method, order.url) == ("POST", "http://api.test/api/pusher/auth")
    assert order.content_type == "application/x-www-form-urlencoded"
    assert order.body == "socket_id=7.1&channel_name=private-session-a%26b%3Dc+d"
    assert parse_qsl(str(order.body))[1] == ("channel_name", "private-session-a&b=c d")
    assert order.token == token("secret")
    assert order.timeout == AUTHORIZATION_TIMEOUT == 10.0


def test_b107_an_answer_that_is_not_json_is_named_and_a_good_one_passed_on_unchanged() -> None:
    """The signature reaches the push server as the endpoint wrote it."""
    world = world_answering(Reply(200, "<html>"))
    world.advance(0.2)
    assert world.show().connection.last_error == (
        "the answer of the auth endpoint could not be read"
    )

    world.advance(3.0)

    assert f'"auth":"key:7.1:{channel()}"' in world.sockets[0].sent[0]


def test_x007_an_answer_for_an_old_socket_is_thrown_away() -> None:
    """Good or bad: it neither sends anything nor clears the new request."""
    line = Line("s1")
    line.greet()
    line.lose()
    line.next_attempt()
    line.greet()
    line.forget()

    line.sign(socket_id="7.1")
    line.client.authorization_failed(channel(), "7.1", Failure("late"), line.now)
    line.client.authorization_refused(
        channel(), "7.1", Refusal.FORBIDDEN, Failure("late"), line.now
    )
    line.drain()

    assert (line.frames, line.notices) == ([], [])
    assert line.membership() is Membership.AUTHORIZING
    line.sign(socket_id="7.2")
    assert line.sent == ["pusher:subscribe"]


@pytest.mark.parametrize(
    "body", ["null", "{}", "[]", '"key:sig"', '{"auth": null}', '{"auth": 7}', '{"auth": ""}', "x"]
)
def test_x010_an_answer_without_a_signature_is_a_failure_that_may_pass(body: str) -> None:
    """Not an exception, and not pending for ever: it is asked again."""
    world = world_answering(Reply(200, body))
    world.advance(0.2)
    assert world.sockets[0].sent == []

    world.advance(3.0)

    assert world.show().connection.state is ConnectionState.CONNECTED


@pytest.mark.parametrize("status", [201, 204, 301, 400, 404, 408, 425, 429, 500, 502, 503, 504])
def test_x011_a_failure_that_may_pass_is_asked_again(status: int) -> None:
    """Only 200 is an answer; all but 401 and 403 may pass."""
    world = world_answering(*[reply(status, auth="key:sig")] * 2)
    world.advance(15.0)

    assert len(world.server.asked(AUTH)) == 3
    assert world.show().connection.state is ConnectionState.CONNECTED


def test_x011_the_servers_pause_is_kept() -> None:
    """`Retry-After` counts where it is longer than ours."""
    world = world_answering(Reply(503, "{}", {"retry-after": "30"}))

    world.advance(29.0)
    assert len(world.server.asked(AUTH)) == 1
    world.advance(3.0)

    assert len(world.server.asked(AUTH)) == 2


@pytest.mark.parametrize(("status", "state"), [(401, "failed"), (403, "failed")])
def test_x011_a_refusal_is_not_asked_again_by_itself(status: int, state: str) -> None:
    """401 waits for another token, 403 for the person."""
    world = world_answering(*[reply(status, error="No.")] * 9)
    world.advance(300.0)

    assert len(world.server.asked(AUTH)) == 1
    assert world.show().connection.state.value == state


def test_x011_an_endpoint_that_never_answers_is_given_up_after_ten_seconds() -> None:
    """And asked again; pusher-js waits for ever."""
    line = Line("s1")
    line.greet()
    line.client.authorization_failed(
        channel(), "7.1", Failure("The server did not answer in time."), 10.0
    )
    line.now = 10.0
    line.drain()
    line.forget()

    line.advance(0.5)

    assert line.asked == [channel()]


def test_x020_at_most_six_are_asked_for_at_a_time_the_most_urgent_first() -> None:
    """One request per channel; the next goes out when one is answered."""
    sessions = [f"s{n}" for n in range(40)]
    line = Line(*sessions)
    line.greet()
    assert line.asked == [channel(one) for one in sessions[:MAX_AUTHORIZATIONS]]

    for number, session in enumerate(sessions):
        assert len(line.asked) == min(40, MAX_AUTHORIZATIONS + number)
        line.sign(session)
        line.hear(frame("pusher_internal:subscription_succeeded", {}, channel(session)))

    assert line.asked == [channel(one) for one in sessions]
    assert line.joins == [channel(one) for one in sessions]

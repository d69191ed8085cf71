"""X1-X18: what pusher-js 8.6 gets wrong or leaves open, and we must not."""

from __future__ import annotations

import gc
import weakref

import pytest

from tests.support.builders import channel, frame, greeting, joined, published, push_error
from tests.support.pusher_line import Line
from tests.support.world import World
from threadline.core.channels import Membership, Refusal
from threadline.core.connection import Phase
from threadline.core.failures import Failure
from threadline.core.notices import ChannelRefused, StateChanged
from threadline.core.pusher_client import PusherClient


@pytest.mark.parametrize("first", ["<html>", "{}", frame("welcome"), greeting("")])
def test_x001_a_bad_handshake_does_not_wedge(first: str) -> None:
    """It is retried by itself, and by hand."""
    line = Line("s1")
    for _ in range(3):
        line.hear(first)
        line.next_attempt()
    line.hear(first)
    line.client.reconnect(line.now)
    line.drain()

    line.join()

    assert (line.phase(), len(line.opened)) == (Phase.LIVE, 5)


@pytest.mark.parametrize("code", [1006, 4100, 4200])
def test_x002_stopping_wins_over_every_planned_retry(code: int) -> None:
    """Also over several wake-ups that had each planned one."""
    line = Line("s1")
    line.join()
    line.lose(code)
    line.probe()
    line.probe()
    line.advance(0.3)

    line.want()
    line.forget()
    opened = len(line.opened)
    line.probe()
    line.advance(100.0)

    assert (line.phase(), len(line.opened), line.notices) == (Phase.IDLE, opened, [])


@pytest.mark.parametrize("code", [1006, 4001, 4100, 4200])
def test_x003_stopping_in_answer_to_a_failure_stays_stopped(code: int) -> None:
    """News is collected, not called back: whoever hears it may stop, and nothing follows."""
    line = Line("s1")
    line.join()
    line.lose(code)
    assert StateChanged() in line.notices

    line.want()
    line.advance(100.0)

    assert (line.phase(), line.client.next_deadline()) == (Phase.IDLE, None)


@pytest.mark.parametrize("code", [1000, 1006, 3999, 4000, 4001, 4100, 4200, 4300])
@pytest.mark.parametrize("was_live", [True, False])
def test_x004_each_failure_is_told_once(code: int, was_live: bool) -> None:
    """In one shape: that the state changed, with words, code and cure to be read."""
    line = Line("s1")
    if was_live:
        line.join()
    line.forget()

    line.lose(code)

    assert line.notices.count(StateChanged()) == 1
    assert line.client.failure is not None


def test_x006_failures_while_connecting_are_seen() -> None:
    """Each, with the number of the attempt and the moment of the next."""
    line = Line("s1")
    seen = []
    for _ in range(3):
        line.forget()
        line.lose()
        assert line.notices.count(StateChanged()) == 1
        seen.append((line.client.attempts.failures, line.client.next_attempt_at))
        line.next_attempt()

    assert seen == [(1, 1.0), (2, 3.0), (3, 7.0)]


def test_x008_a_channel_left_while_pending_stays_left() -> None:
    """Over a reconnect, over its late signature, and over a failed authorization."""
    line = Line("s1", "s2", "s3")
    line.greet()
    line.sign("s2")
    line.want("s1")
    line.client.authorization_failed(channel("s3"), "7.1", Failure("late"), line.now)
    line.drain()
    line.lose()
    line.next_attempt()
    line.forget()

    line.greet()
    line.hear(joined("s2"))

    assert (line.asked, line.joins) == ([channel("s1")], [])


@pytest.mark.parametrize(
    "refusal",
    [
        frame("pusher:subscription_error", {"type": "AuthError", "status": 401}, channel()),
        push_error("Invalid signature", 4009),
        push_error("Invalid signature", None),
    ],
)
def test_x009_a_refusal_by_the_push_server_ends_the_pending_state(refusal: str) -> None:
    """By name or without: tried once more with a fresh signature, then told, and final."""
    line = Line("s1")
    line.greet()
    line.sign()
    line.hear(refusal)
    assert line.membership() is Membership.WAITING
    line.advance(0.5)
    line.sign()

    line.hear(refusal)

    assert ChannelRefused(channel(), Refusal.SIGNATURE) in line.notices
    assert line.words == "the push server did not accept the server's signature"
    line.forget()
    line.advance(15.0)
    assert line.asked == []
    line.client.retry_refused(line.now)
    line.drain()
    assert line.asked == [channel()]


def test_x009_a_refusal_that_names_no_channel_is_told_apart_among_several() -> None:
    """All ask again, one at a time; the one with the bad signature is refused, the others join."""
    line = Line("s1", "s2", "s3")
    line.greet()
    for session in ("s1", "s2", "s3"):
        line.sign(session)

    line.hear(push_error("Invalid signature", 4009))
    for _ in range(40):
        pending = [one for one in ("s1", "s2", "s3") if line.membership(one).name == "AUTHORIZING"]
        assert len(pending) <= 1
        for session in pending:
            line.sign(session)
            line.hear(push_error("Invalid signature", 4009) if session == "s2" else joined(session))
        line.advance(0.25)

    assert line.membership("s2") is Membership.REFUSED
    assert {line.membership("s1"), line.membership("s3")} == {Membership.JOINED}
    assert line.phase() is Phase.LIVE


def test_x009_a_subscription_that_is_never_answered_ends() -> None:
    """After ten seconds it is made once more, after ten more the socket is replaced."""
    line = Line("s1")
    line.greet()
    line.sign()
    line.advance(10.0)
    assert line.asked == [channel()] * 2
    line.sign()
    line.hear(frame("pusher:pong"))
    line.advance(10.0)

    assert line.closed == [(1, 3000)]
    assert line.words == "the push server did not answer the subscription"


def test_x013_one_payload_that_cannot_be_used_stops_no_other() -> None:
    """It is reported; what comes next is shown."""
    world = World()
    world.start()
    world.attach()
    world.advance(1.0)
    world.server.publish("s1", "new_message", {"message": 7})
    world.server.post("s1", "after")

    world.advance(1.0)

    assert world.texts() == ["after"]
    assert world.reports


def test_x015_there_is_no_socket_id_without_a_socket() -> None:
    """Nothing is signed for one that is gone, and an answer for it is dropped."""
    line = Line("s1")
    line.join()
    line.lose()
    line.want("s1", "s2")
    line.sign("s2", socket_id="7.1")

    assert (line.asked, line.frames) == ([], [])


@pytest.mark.parametrize("payload", [0, "", False, None, [], {}])
def test_x016_empty_payloads_are_delivered(payload: object) -> None:
    """Nothing is dropped for being falsy."""
    line = Line("s1")
    line.join()

    line.hear(published("new_message", payload))

    assert [one.data for one in line.events] == [payload]


def test_x017_nothing_holds_a_client_that_is_let_go() -> None:
    """There is no registry of clients."""
    client = PusherClient(lambda: 0.0)
    client.configure("ws://push.test:3005/app/key", 0.0)
    client.want([channel()], 0.0)
    held = weakref.ref(client.channels)

    del client
    gc.collect()

    assert held() is None


def test_x018_late_news_of_a_replaced_socket_is_not_heard() -> None:
    """Frames and closes are told apart by the socket's number."""
    line = Line("s1")
    line.join()
    line.lose()
    line.next_attempt()
    line.greet()
    line.sign()
    line.forget()

    line.hear(joined(), socket=1)
    line.hear(greeting("9.9"), socket=1)
    line.hear("<html>", socket=1)
    line.lose(4001, socket=1)

    assert (line.phase(), line.notices, line.closed) == (Phase.REJOINING, [], [])

"""Joining and leaving private channels over the line."""

from __future__ import annotations

import pytest

from tests.support.builders import channel, frame, joined, published, push_error
from tests.support.pusher_line import Line
from threadline.core.channels import Membership, Refusal
from threadline.core.connection import Phase
from threadline.core.failures import Failure
from threadline.core.notices import AuthorizationWanted, ChannelEvent, ChannelRefused


def test_a_private_channel_is_authorized_first() -> None:
    """B64: with the channel and the current socket id, and nothing is sent yet."""
    line = Line("s1")

    line.greet()

    assert AuthorizationWanted(channel(), "7.1") in line.notices
    assert line.sent == []


def test_a_signature_sends_the_subscription() -> None:
    """B65: pending until it is acknowledged."""
    line = Line("s1")
    line.greet()

    line.sign()

    assert line.frames == [
        {"event": "pusher:subscribe", "data": {"channel": channel(), "auth": "key:sig"}}
    ]
    assert line.membership() is Membership.REQUESTED
    assert line.joins == []


def test_the_acknowledgement_joins() -> None:
    """B66: told once, however often the server says it."""
    line = Line("s1")
    line.greet()
    line.sign()

    line.hear(joined())
    line.hear(joined())

    assert line.joins == [channel()]
    assert line.membership() is Membership.JOINED


@pytest.mark.parametrize("refusal", [Refusal.UNAUTHORIZED, Refusal.FORBIDDEN])
def test_a_refused_signature_sends_nothing(refusal: Refusal) -> None:
    """B67: no longer pending, told with its reason, and the socket stays."""
    line = Line("s1")
    line.greet()

    line.client.authorization_refused(channel(), "7.1", refusal, Failure("Not yours."), line.now)
    line.drain()
    line.advance(15.0)

    assert ChannelRefused(channel(), refusal) in line.notices
    assert line.words == "Not yours."
    assert "pusher:subscribe" not in line.sent
    assert line.membership() is Membership.REFUSED


def test_a_refused_channel_asks_again_when_something_changed() -> None:
    """SPEC.md C11: on the same socket."""
    line = Line("s1")
    line.greet()
    line.client.authorization_refused(channel(), "7.1", Refusal.UNAUTHORIZED, Failure(""), line.now)
    line.drain()
    line.forget()

    line.client.retry_refused(line.now)
    line.drain()

    assert line.asked == [channel()]


def test_an_endpoint_that_fails_is_asked_again() -> None:
    """X11: after a pause of ours or of the server's."""
    line = Line("s1")
    line.greet()
    line.forget()

    line.client.authorization_failed(
        channel(), "7.1", Failure("Try later."), line.now, retry_after=3.0
    )
    line.drain()
    line.advance(2.9)
    assert line.asked == []
    line.advance(0.1)

    assert line.asked == [channel()]
    assert line.words == "Try later."


def test_the_pause_of_an_endpoint_outlives_the_socket_it_was_asked_for() -> None:
    """SPEC.md H8: the answer comes when that socket is gone; the next one does not ask earlier."""
    line = Line("s1")
    line.greet()
    line.lose()
    line.next_attempt()
    line.forget()

    line.client.authorization_failed(channel(), "7.1", Failure("Later."), line.now, retry_after=9.0)
    line.greet()
    line.drain()
    line.advance(8.9)
    assert line.asked == []
    line.advance(0.1)

    assert line.asked == [channel()]


def test_wanting_twice_asks_once() -> None:
    """B68: while pending, and when joined."""
    line = Line("s1")
    line.greet()
    line.want("s1")
    line.sign()
    line.want("s1")
    line.hear(joined())
    line.want("s1")

    assert line.asked == [channel()]
    assert line.sent == ["pusher:subscribe"]


def test_wanting_while_disconnected_only_registers() -> None:
    """B69: it is asked for when the socket is greeted."""
    line = Line("s1")
    line.lose()

    line.want("s1", "s2")
    assert line.asked == []
    line.advance(1.0)
    line.greet()

    assert line.asked == [channel("s1"), channel("s2")]


def test_a_new_socket_joins_everything_again() -> None:
    """B70, B76, SPEC.md C15: nothing counts as joined, and every channel is signed afresh."""
    line = Line("s1", "s2")
    line.join("s1", "s2")
    line.lose()
    assert line.phase() is Phase.WAITING
    line.advance(1.0)

    line.greet()

    assert line.asked == [channel("s1"), channel("s2")]
    assert line.membership("s1") is Membership.AUTHORIZING
    assert line.phase() is Phase.REJOINING


def test_leaving_a_joined_channel_says_so() -> None:
    """B71, B75: and nothing that is published on it is heard any more."""
    line = Line("s1", "s2")
    line.join("s1", "s2")

    line.want("s1")
    line.hear(published("new_message", {}, "s2"))

    assert line.frames == [{"event": "pusher:unsubscribe", "data": {"channel": channel("s2")}}]
    assert line.events == []


def test_leaving_a_channel_that_was_never_asked_for_says_nothing() -> None:
    """B72: and leaving it again neither."""
    line = Line("s1", "s2")
    line.greet()
    line.forget()

    line.want("s1")
    line.want("s1")

    assert line.sent == []


def test_leaving_while_pending_takes_the_subscription_back() -> None:
    """B73: the acknowledgement that still comes joins nothing."""
    line = Line("s1", "s2")
    line.greet()
    line.sign("s2")

    line.want("s1")
    line.hear(joined("s2"))

    assert line.sent == ["pusher:subscribe", "pusher:unsubscribe"]
    assert line.joins == []


def test_wanting_again_before_the_acknowledgement_is_a_new_subscription() -> None:
    """B74: the late acknowledgement of the first, which was taken back, does not count."""
    line = Line("s1", "s2")
    line.greet()
    line.sign("s2")
    line.want("s1")
    line.want("s1", "s2")

    line.hear(joined("s2"))
    assert line.membership("s2") is Membership.AUTHORIZING
    line.sign("s2")
    line.hear(joined("s2"))

    assert line.sent == ["pusher:subscribe", "pusher:unsubscribe", "pusher:subscribe"]
    assert line.joins == [channel("s2")]


def test_a_signature_for_an_old_socket_is_thrown_away() -> None:
    """X7, SPEC.md C7: and a late failure does not clear the new request."""
    line = Line("s1")
    line.greet()
    line.lose()
    line.advance(1.0)
    line.greet()
    line.forget()

    line.sign(socket_id="7.1")
    line.client.authorization_failed(channel(), "7.1", Failure("late"), line.now)
    line.client.authorization_refused(
        channel(), "7.1", Refusal.FORBIDDEN, Failure("late"), line.now
    )
    line.drain()

    assert line.sent == []
    assert line.membership() is Membership.AUTHORIZING
    assert line.words != "late"


def test_a_channel_left_while_pending_stays_left_over_a_reconnect() -> None:
    """X8: no zombie comes back, not even by its late signature."""
    line = Line("s1", "s2")
    line.greet()
    line.want("s1")
    line.sign("s2")
    line.lose()
    line.advance(1.0)
    line.forget()

    line.greet()

    assert line.asked == [channel("s1")]
    assert line.sent == []


def test_a_missing_acknowledgement_is_asked_for_once_more_then_the_socket_goes() -> None:
    """X9, SPEC.md C16: ten seconds each; a subscription never stays pending for ever."""
    line = Line("s1")
    line.greet()
    line.sign()
    line.forget()

    line.advance(10.0)
    assert line.sent == ["pusher:unsubscribe"]
    assert line.asked == [channel()]
    line.sign()
    line.hear(frame("pusher:pong"))
    line.advance(10.0)

    assert line.closed == [(1, 3000)]
    assert line.words == "the push server did not answer the subscription"


def test_an_acknowledgement_after_we_took_the_subscription_back_is_late() -> None:
    """X9: the server unsubscribed us after it."""
    line = Line("s1")
    line.greet()
    line.sign()
    line.advance(10.0)

    line.hear(joined())

    assert line.membership() is Membership.AUTHORIZING


def test_a_refused_subscription_is_tried_once_more() -> None:
    """X9: the wire may say so by name; the second time is final."""
    line = Line("s1")
    line.greet()
    line.sign()

    line.hear(frame("pusher:subscription_error", {"status": 401}, channel()))
    assert line.membership() is Membership.WAITING
    line.advance(0.5)
    line.sign()
    line.hear(frame("pusher:subscription_error", {"status": 401}, channel()))

    assert ChannelRefused(channel(), Refusal.SIGNATURE) in line.notices
    assert line.words == "the push server did not accept the server's signature"


@pytest.mark.parametrize("code", [4009, None])
def test_a_complaint_ends_the_pending_state(code: int | None) -> None:
    """X9: Sockudo's and Pusher's own way of refusing names no channel."""
    line = Line("s1")
    line.greet()
    line.sign()

    line.hear(push_error("Invalid signature", code))

    assert line.membership() is Membership.WAITING
    assert line.words == "the push server said: Invalid signature" + (f" ({code})" if code else "")


def test_an_acknowledgement_after_a_complaint_counts() -> None:
    """The complaint was about something else: the subscription was not taken back."""
    line = Line("s1")
    line.greet()
    line.sign()
    line.hear(push_error("?", 4009))

    line.hear(joined())

    assert line.membership() is Membership.JOINED
    assert line.phase() is Phase.LIVE


@pytest.mark.parametrize("name", [None, "private-session-other"])
def test_answers_about_channels_that_are_not_ours_change_nothing(name: str | None) -> None:
    """B77: neither joined nor refused."""
    line = Line("s1")
    line.greet()
    line.sign()
    line.forget()

    line.hear(frame("pusher_internal:subscription_succeeded", {}, name))
    line.hear(frame("pusher:subscription_error", {}, name))

    assert (line.membership(), line.notices) == (Membership.REQUESTED, [])


def test_a_refusal_of_what_is_not_pending_changes_nothing() -> None:
    """A joined channel stays joined."""
    line = Line("s1")
    line.join()

    line.hear(frame("pusher:subscription_error", {}, channel()))

    assert line.membership() is Membership.JOINED


def test_at_most_six_authorizations_are_under_way() -> None:
    """X20, SPEC.md C10: the rest follow in order of urgency, as answers come."""
    sessions = [f"s{n}" for n in range(9)]
    line = Line(*sessions)

    line.greet()
    assert line.asked == [channel(one) for one in sessions[:6]]
    line.sign("s3")
    line.client.authorization_refused(
        channel("s0"), "7.1", Refusal.FORBIDDEN, Failure(""), line.now
    )
    line.drain()

    assert line.asked == [channel(one) for one in sessions[:8]]


def test_what_is_published_reaches_its_channel_only() -> None:
    """B77: events without a channel, of others, and the protocol's own are not for us."""
    line = Line("s1")
    line.join()

    line.hear(published("new_message", {"a": 0}))
    line.hear(published("new_message", {}, "s9"))
    line.hear(frame("new_message", {}))
    line.hear(frame("pusher_internal:subscription_count", {}, channel()))
    line.hear(frame("pusher:cache_miss", {}, channel()))

    assert line.events == [ChannelEvent(channel(), "new_message", {"a": 0})]


@pytest.mark.parametrize("payload", [0, False, [], {}])
def test_empty_payloads_are_delivered(payload: object) -> None:
    """X16: nothing is dropped for being falsy."""
    line = Line("s1")
    line.join()

    line.hear(published("new_message", payload))

    assert [one.data for one in line.events] == [payload]


@pytest.mark.parametrize("event", ["__init__", "keys", "toString"])
def test_an_event_may_have_any_name(event: str) -> None:
    """B78: also one that the language knows."""
    line = Line("s1")
    line.join()

    line.hear(published(event, {"a": 1}))

    assert [one.event for one in line.events] == [event]

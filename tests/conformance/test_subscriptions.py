"""B61-B78: joining, leaving, and what is heard on a channel."""

from __future__ import annotations

import pytest

from tests.support.builders import channel, frame, joined, published
from tests.support.pusher_line import URL, Line
from threadline.core import pusher
from threadline.core.channels import Membership, Refusal
from threadline.core.failures import Failure
from threadline.core.notices import AuthorizationWanted, ChannelEvent, ChannelRefused


def test_b061_wanting_a_channel_twice_is_one_channel() -> None:
    """And two names are two."""
    line = Line("s1", "s2")
    first = line.client.channels.get(channel("s1"))

    line.want("s1", "s1", "s2")

    assert line.client.channels.get(channel("s1")) is first
    assert line.client.channels.get(channel("s2")) is not first


@pytest.mark.parametrize(
    "name", ["public", "presence-1", "private-encrypted-1", "#server-to-user-1", "private-1", ""]
)
def test_b062_only_a_sessions_private_channel_is_ours(name: str) -> None:
    """Ours: there is one kind of channel, and no way to ask for another."""
    assert pusher.session_of(name) is None
    assert pusher.session_of(channel("42")) == "42"


def test_b063_a_new_channel_is_neither_joined_nor_pending() -> None:
    """It waits for a socket."""
    line = Line("s1")

    assert line.membership() is Membership.WAITING
    assert line.asked == []


def test_b064_a_private_channel_is_authorized_before_anything_is_sent() -> None:
    """With its name and the id of the socket in use."""
    line = Line("s1")
    line.forget()

    line.greet()

    assert AuthorizationWanted(channel(), "7.1") in line.notices
    assert line.sent == []


def test_b065_a_signature_sends_the_subscription_which_stays_pending() -> None:
    """Until it is acknowledged."""
    line = Line("s1")
    line.greet()

    line.sign()

    data = {"channel": channel(), "auth": "key:sig"}
    assert line.frames == [{"event": "pusher:subscribe", "data": data}]
    assert (line.membership(), line.joins) == (Membership.REQUESTED, [])


def test_b066_the_acknowledgement_joins() -> None:
    """Told once, however often the server says it."""
    line = Line("s1")
    line.greet()
    line.sign()

    line.hear(joined())
    line.hear(joined())

    assert (line.membership(), line.joins) == (Membership.JOINED, [channel()])


@pytest.mark.parametrize("refusal", [Refusal.UNAUTHORIZED, Refusal.FORBIDDEN])
def test_b067_a_refused_authorization_sends_nothing_and_is_told(refusal: Refusal) -> None:
    """No longer pending; the line stays, and other channels with it."""
    line = Line("s1", "s2")
    line.greet()

    line.client.authorization_refused(channel(), "7.1", refusal, Failure("Not yours."), line.now)
    line.drain()
    line.sign("s2")
    line.hear(joined("s2"))

    assert ChannelRefused(channel(), refusal) in line.notices
    assert (line.membership("s1"), line.membership("s2")) == (
        Membership.REFUSED,
        Membership.JOINED,
    )
    assert line.sent == ["pusher:subscribe"]


def test_b068_wanting_what_is_pending_or_joined_sends_nothing_more() -> None:
    """Sub and sub is sub."""
    line = Line("s1")
    line.greet()
    line.want("s1")
    line.sign()
    line.want("s1")
    line.hear(joined())
    line.want("s1")

    assert (line.asked, line.sent) == ([channel()], ["pusher:subscribe"])


def test_b069_wanting_without_a_line_only_registers() -> None:
    """It is asked for when the socket is greeted."""
    line = Line("s1")
    line.lose()

    line.want("s1", "s2")
    assert line.asked == []
    line.next_attempt()
    line.greet()

    assert line.asked == [channel("s1"), channel("s2")]


@pytest.mark.parametrize("server", [URL, "wss://other.test:443/app/key"])
def test_b070_a_new_socket_joins_everything_again(server: str) -> None:
    """After a loss, and on another server."""
    line = Line("s1", "s2")
    line.join("s1", "s2")

    line.client.configure(server, line.now)
    line.lose()
    if line.client.next_attempt_at is not None:
        line.next_attempt()
    line.greet()

    assert line.asked == [channel("s1"), channel("s2")]


def test_b071_leaving_a_joined_channel_says_so() -> None:
    """And the channel is forgotten."""
    line = Line("s1", "s2")
    line.join("s1", "s2")

    line.want("s1")

    assert line.frames == [{"event": "pusher:unsubscribe", "data": {"channel": channel("s2")}}]
    assert line.client.channels.get(channel("s2")) is None


def test_b072_leaving_what_was_never_asked_for_says_nothing() -> None:
    """Once or twice."""
    line = Line("s1", "s2")

    line.want("s1")
    line.greet()
    line.want("s1")
    line.want("s1")

    assert (line.asked, line.sent) == ([channel("s1")], [])


def test_b073_leaving_while_pending_takes_the_subscription_back_at_once() -> None:
    """Ours: without waiting for the acknowledgement, which then joins nothing."""
    line = Line("s1", "s2")
    line.greet()
    line.sign("s2")

    line.want("s1")
    line.hear(joined("s2"))
    line.hear(published("new_message", {}, "s2"))

    assert line.sent == ["pusher:subscribe", "pusher:unsubscribe"]
    assert (line.joins, line.events) == ([], [])


def test_b074_wanting_again_before_the_acknowledgement_is_one_subscription() -> None:
    """Ours: a fresh one, signed anew; the acknowledgement of the first counts for nothing."""
    line = Line("s1", "s2")
    line.greet()
    line.sign("s2")
    line.want("s1")
    line.want("s1", "s2")

    line.hear(joined("s2"))
    assert line.joins == []
    line.sign("s2")
    line.hear(joined("s2"))

    assert line.sent == ["pusher:subscribe", "pusher:unsubscribe", "pusher:subscribe"]
    assert line.joins == [channel("s2")]


def test_b075_nothing_is_heard_on_a_channel_that_was_left() -> None:
    """Though the server may still be sending."""
    line = Line("s1", "s2")
    line.join("s1", "s2")
    line.want("s1")
    line.forget()

    line.hear(published("new_message", {"a": 1}, "s2"))

    assert line.notices == []


def test_b076_a_loss_leaves_no_channel_joined_or_pending() -> None:
    """Ours: seen in the phase at once, and in each channel when the next socket is greeted."""
    line = Line("s1", "s2")
    line.join("s1")
    line.sign("s2")

    line.lose()
    line.next_attempt()
    assert line.joins == []
    line.forget()
    line.greet()

    assert line.asked == [channel("s1"), channel("s2")]
    assert {line.membership("s1"), line.membership("s2")} == {Membership.AUTHORIZING}


def test_b077_an_event_reaches_its_own_channel_only() -> None:
    """Events of others, without a channel, and the protocol's own are not for us."""
    line = Line("s1")
    line.join()

    line.hear(published("new_message", {"a": 0}))
    line.hear(published("new_message", {}, "s9"))
    line.hear(frame("new_message", {}))
    line.hear(frame("pusher_internal:subscription_count", {"subscription_count": 2}, channel()))
    line.hear(frame("pusher:cache_miss", None, channel()))

    assert line.events == [ChannelEvent(channel(), "new_message", {"a": 0})]


@pytest.mark.parametrize("event", ["__init__", "keys", "toString", "__proto__", ""])
def test_b078_an_event_may_have_any_name(event: str) -> None:
    """Also one that the language knows."""
    line = Line("s1")
    line.join()

    line.hear(published(event, {"a": 1}))

    assert line.events == [ChannelEvent(channel(), event, {"a": 1})]

"""Each channel's way to being joined, and whose turn it is to ask."""

from __future__ import annotations

from threadline.core.channels import (
    ACK_TIMEOUT,
    MAX_AUTHORIZATIONS,
    Channel,
    Channels,
    Membership,
    Refusal,
)


def wanting(*names: str) -> Channels:
    """Return channels that want `names`, on a socket greeted at second 0."""
    channels = Channels(lambda: 0.0)
    channels.want(names, 0.0)
    channels.begin(0.0)
    return channels


def requested(*names: str) -> Channels:
    """Return channels whose subscribe frames went out at second 0."""
    channels = wanting(*names)
    for channel in channels.take_due(0.0):
        channels.requested(channel, 0.0)
    return channels


def the(channels: Channels, name: str) -> Channel:
    """Return a channel that must be here."""
    channel = channels.get(name)
    assert channel is not None
    return channel


def test_a_wanted_channel_is_due_at_once() -> None:
    """B69: registered, and asked for when there is a socket."""
    (channel,) = wanting("a").take_due(0.0)

    assert (channel.name, channel.membership) == ("a", Membership.AUTHORIZING)


def test_a_channel_is_asked_for_once() -> None:
    """B68: wanting it twice does not send twice."""
    channels = wanting("a", "a")
    channels.take_due(0.0)
    channels.want(["a"], 1.0)

    assert channels.take_due(1.0) == []


def test_at_most_six_ask_at_a_time_the_most_urgent_first() -> None:
    """SPEC.md C10, X20: bounded, in order of urgency."""
    names = [f"c{n}" for n in range(8)]
    channels = wanting(*names)

    first = channels.take_due(0.0)
    channels.requested(first[0], 0.0)
    second = channels.take_due(0.0)

    assert [one.name for one in first] == names[:MAX_AUTHORIZATIONS]
    assert [one.name for one in second] == [names[6]]


def test_wanting_keeps_what_is_joined_and_returns_what_is_gone() -> None:
    """B71: the caller says goodbye to what is no longer wanted."""
    channels = requested("a", "b")
    channels.joined(the(channels, "a"))

    gone = channels.want(["c", "a"], 1.0)

    assert [one.name for one in gone] == ["b"]
    assert the(channels, "a").membership is Membership.JOINED
    assert channels.get("b") is None


def test_an_acknowledgement_joins() -> None:
    """B66: and forgets what had failed before."""
    channels = requested("a")
    channel = the(channels, "a")
    channel.failures = channel.missed_acks = channel.signature_errors = 1
    channel.refusal = Refusal.SIGNATURE

    channels.joined(channel)

    assert channel == Channel("a", membership=Membership.JOINED)


def test_a_new_socket_begins_everything_afresh() -> None:
    """SPEC.md C15, B70, B76: a signature is good for one socket only."""
    channels = requested("joined", "refused")
    channels.joined(the(channels, "joined"))
    the(channels, "refused").refuse(Refusal.FORBIDDEN)

    channels.begin(5.0)

    assert [one.name for one in channels.take_due(5.0)] == ["joined", "refused"]
    assert the(channels, "refused").refusal is None


def test_a_failure_waits_and_asks_again() -> None:
    """SPEC.md L19: X11: with a growing pause."""
    channels = wanting("a")
    (channel,) = channels.take_due(0.0)

    channels.failed(channel, 0.0)

    assert channels.next_deadline() == 0.5
    assert channels.take_due(0.4) == []
    assert channels.take_due(0.5) == [channel]


def test_the_servers_pause_is_not_undercut() -> None:
    """SPEC.md H8: `Retry-After` counts where it is longer than ours."""
    channels = wanting("a")
    (channel,) = channels.take_due(0.0)

    channels.failed(channel, 0.0)
    channels.hold(0.0, 30.0)
    channels.hold(1.0, 0.0)

    assert channels.next_deadline() == 30.0
    channels.begin(4.0)  # a new socket does not undo what the endpoint asked for
    assert channels.next_deadline() == 30.0
    assert channels.take_due(29.9) == []
    assert channels.take_due(30.0) == [channel]


def test_what_was_refused_asks_again_only_when_something_changed() -> None:
    """SPEC.md C11: no timer leads out of a refusal."""
    channels = wanting("a", "b")
    refused, other = channels.take_due(0.0)
    refused.refuse(Refusal.UNAUTHORIZED)
    channels.requested(other, 0.0)
    channels.joined(other)

    assert channels.next_deadline() is None
    channels.retry_refused(9.0)

    assert channels.take_due(9.0) == [refused]
    assert other.membership is Membership.JOINED


def test_a_missing_acknowledgement_is_noticed() -> None:
    """X9: after ten seconds, and not before."""
    channels = requested("a")

    assert channels.next_deadline() == ACK_TIMEOUT
    assert channels.overdue(ACK_TIMEOUT - 0.1) == []
    assert channels.overdue(ACK_TIMEOUT) == [channels.get("a")]


def test_a_complaint_with_one_frame_out_means_that_one() -> None:
    """X9: the first time it is tried again, the second time refused."""
    channels = requested("a")
    channel = the(channels, "a")

    assert channels.complained(0.0) == [channel]
    assert channel.membership is Membership.WAITING
    channels.take_due(10.0)
    channels.requested(channel, 10.0)
    channels.complained(10.0)

    assert channel.refusal is Refusal.SIGNATURE


def test_a_complaint_with_several_out_makes_them_ask_one_at_a_time() -> None:
    """X9: so that the next complaint can be told apart."""
    channels = requested("a", "b")

    concerned = channels.complained(0.0)
    first = channels.take_due(0.0)
    channels.requested(first[0], 0.0)

    assert [one.name for one in concerned] == ["a", "b"]
    assert [one.name for one in first] == ["a"]
    assert channels.take_due(0.0) == []
    channels.joined(first[0])
    assert [one.name for one in channels.take_due(0.0)] == ["b"]


def test_a_complaint_with_nothing_out_concerns_nobody() -> None:
    """It is information only."""
    channels = wanting("a")

    assert channels.complained(0.0) == []
    assert the(channels, "a").membership is Membership.WAITING


def test_a_waiting_channel_without_a_free_slot_rings_no_timer() -> None:
    """SPEC.md C12: a deadline that has passed would ring for ever."""
    channels = wanting(*[f"c{n}" for n in range(7)])

    channels.take_due(0.0)

    assert channels.next_deadline() is None

"""Joining private channels: one small state machine per channel, and who may ask next.

`WAITING -> AUTHORIZING -> REQUESTED -> JOINED`, back to `WAITING` after a failure that may pass, to
`REFUSED` after one that will not until something changes. A lost socket takes every channel back to
`WAITING`, refused ones included: a signature is good for one socket only (pusher-protocol.md 1.6).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from .backoff import request_delay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["ACK_TIMEOUT", "MAX_AUTHORIZATIONS", "Channel", "Channels", "Membership", "Refusal"]

MAX_AUTHORIZATIONS: Final = 6  # authorization requests in flight (design section 4; X20)
ACK_TIMEOUT: Final = 10.0  # seconds from the subscribe frame to its acknowledgement (X9)
MAX_SIGNATURE_ERRORS: Final = 2  # a first one may be a race with a new socket


class Membership(Enum):
    """How far the join of one channel has come."""

    WAITING = auto()
    AUTHORIZING = auto()
    REQUESTED = auto()
    JOINED = auto()
    REFUSED = auto()


class Refusal(Enum):
    """Why a channel was refused until something changes."""

    UNAUTHORIZED = auto()  # 401: the token
    FORBIDDEN = auto()  # 403: this session
    SIGNATURE = auto()  # the push server did not accept what the endpoint signed


@dataclass(slots=True)
class Channel:
    """One channel's way.

    Attributes:
        name: e.g. `private-session-42`.
        due: While `WAITING`, the monotonic second to ask at; while `REQUESTED`, the second by
            which the acknowledgement must be here.
        failures: Failed tries in a row, on this socket and the ones before.
        refusal: Why, while `REFUSED`.
        missed_acks: Subscribe frames of this socket that were never answered.
        signature_errors: Signatures the push server turned down in a row.
        awaits_ack: A subscribe frame is out that was neither answered nor taken back. Without one
            an acknowledgement is late: it answers a subscription that was left again (B73).
    """

    name: str
    membership: Membership = Membership.WAITING
    due: float | None = None
    failures: int = 0
    refusal: Refusal | None = None
    missed_acks: int = 0
    signature_errors: int = 0
    awaits_ack: bool = False

    def wait(self, due: float) -> None:
        """Go back to the queue; ask at the monotonic second `due`."""
        self.membership, self.due, self.refusal = Membership.WAITING, due, None

    def refuse(self, refusal: Refusal) -> None:
        """Stop asking until something changes."""
        self.membership, self.due, self.refusal = Membership.REFUSED, None, refusal


class Channels:
    """The channels wanted, in order of urgency, and how far each has come.

    Args:
        jitter: Draws from [0, 1).
    """

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
        self._channels: dict[str, Channel] = {}
        self._one_at_a_time = False
        self._not_before = (
            0.0  # the endpoint asked all of us to wait; a new socket does not undo it
        )

    def get(self, name: str) -> Channel | None:
        """Return the channel `name`, if it is wanted."""
        return self._channels.get(name)

    def want(self, names: Iterable[str], now: float) -> list[Channel]:
        """Set what is wanted, most urgent first; return the channels no longer wanted."""
        wanted = list(dict.fromkeys(names))
        gone = [channel for name, channel in self._channels.items() if name not in wanted]
        self._channels = {
            name: self._channels.get(name) or Channel(name, due=now) for name in wanted
        }
        return gone

    def begin(self, now: float) -> None:
        """A new socket is established: every channel is to be joined afresh."""
        self._one_at_a_time = False
        for channel in self._channels.values():
            channel.missed_acks, channel.awaits_ack = 0, False
            channel.wait(now)

    def retry_refused(self, now: float) -> None:
        """Something changed (token, settings, the person asked): refused channels ask again."""
        for channel in self._channels.values():
            if channel.membership is Membership.REFUSED:
                channel.failures = channel.signature_errors = 0
                channel.wait(now)

    def take_due(self, now: float) -> list[Channel]:
        """Return the channels to authorize now, marked as being authorized."""
        if now < self._not_before:
            return []
        ready = [
            channel
            for channel in self._channels.values()
            if channel.membership is Membership.WAITING
            and channel.due is not None
            and channel.due <= now
        ][: self._free_slots()]
        for channel in ready:
            channel.membership, channel.due = Membership.AUTHORIZING, None
        return ready

    def requested(self, channel: Channel, now: float) -> None:
        """The subscribe frame of `channel` went out."""
        channel.membership, channel.due = Membership.REQUESTED, now + ACK_TIMEOUT
        channel.awaits_ack = True

    def joined(self, channel: Channel) -> None:
        """The push server acknowledged `channel`."""
        channel.membership, channel.due = Membership.JOINED, None
        channel.refusal, channel.awaits_ack = None, False
        channel.failures = channel.missed_acks = channel.signature_errors = 0

    def failed(self, channel: Channel, now: float) -> None:
        """A try failed in a way that may pass: wait longer each time."""
        channel.failures += 1
        channel.wait(now + request_delay(channel.failures, self._jitter()))

    def hold(self, now: float, seconds: float) -> None:
        """The endpoint asked for a pause of so many seconds: it is asked for no channel before."""
        self._not_before = max(self._not_before, now + seconds)

    def complained(self, now: float) -> list[Channel]:
        """An error without a channel came; return the channels that it concerned.

        Sockudo's 4009 names no channel. With one frame out it can only mean that one; with
        several, all ask again one at a time, so that the next error can be told apart.
        """
        pending = [c for c in self._channels.values() if c.membership is Membership.REQUESTED]
        if len(pending) == 1:
            self.signature_refused(pending[0], now)
            return pending
        for channel in pending:
            self._one_at_a_time = True
            channel.wait(now)
        return pending

    def signature_refused(self, channel: Channel, now: float) -> None:
        """The push server turned the signature of `channel` down; a second time is final."""
        channel.signature_errors += 1
        if channel.signature_errors >= MAX_SIGNATURE_ERRORS:
            channel.refuse(Refusal.SIGNATURE)
        else:
            self.failed(channel, now)

    def overdue(self, now: float) -> list[Channel]:
        """Return the channels whose acknowledgement did not come in time."""
        return [
            channel
            for channel in self._channels.values()
            if channel.membership is Membership.REQUESTED
            and channel.due is not None
            and channel.due <= now
        ]

    def next_deadline(self) -> float | None:
        """Return the next monotonic second at which one of them is due.

        With every slot taken a waiting channel is woken by an answer, not by the clock: a
        deadline in the past would ring for ever.
        """
        dues: list[float] = []
        for channel in self._channels.values():
            if channel.due is None:
                continue
            if channel.membership is Membership.REQUESTED:
                dues.append(channel.due)
            elif channel.membership is Membership.WAITING and self._free_slots():
                dues.append(max(channel.due, self._not_before))
        return min(dues, default=None)

    def _free_slots(self) -> int:
        busy = {Membership.AUTHORIZING}
        if self._one_at_a_time:
            busy.add(Membership.REQUESTED)
        limit = 1 if self._one_at_a_time else MAX_AUTHORIZATIONS
        return max(0, limit - sum(c.membership in busy for c in self._channels.values()))

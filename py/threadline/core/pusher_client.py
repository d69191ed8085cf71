"""The Pusher client: one socket, its liveness, its channels, and the way back after a loss.

Facts go in by method, each with `now` in monotonic seconds; orders and news are collected by
`drain`. After each call arm a timer for `next_deadline` and call `tick` when it rings.
Transitions are looked up in `connection`; this module only decides which signal a fact is.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from . import failures, pusher
from .attempts import Attempts
from .channels import Channel, Channels, Membership, Refusal
from .connection import Phase, Signal, step
from .effects import CloseSocket, OpenSocket, SendText
from .errors import MalformedFrame
from .liveness import PROBE_TIMEOUT, Liveness
from .notices import (
    AuthorizationWanted,
    ChannelEvent,
    ChannelJoined,
    ChannelRefused,
    FrameRejected,
    LineUnexplained,
    StateChanged,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .effects import Effect
    from .failures import Failure
    from .notices import Notice

__all__ = ["PusherClient"]

CONNECT_TIMEOUT: Final = 10.0  # seconds from opening to the handshake frame (design section 4)
MAX_MALFORMED: Final = 3  # frames per `MALFORMED_WINDOW`, then a new socket (sync.md P4)
MALFORMED_WINDOW: Final = 60.0  # seconds
CLOSE_NORMAL: Final = 1000  # the only code below 3000 that a browser lets us send
CLOSE_UNRESPONSIVE: Final = 3000  # ours: nothing was heard in time


class PusherClient:
    """Sans-I/O client of one Pusher server.

    Args:
        jitter: Draws from [0, 1).

    Attributes:
        phase: Where the connection stands.
        attempts: Failures in a row, and the limit on sockets.
        channels: What is to be joined, and how far each has come.
        failure: The last one, until the next join, or None.
        heard_at: Monotonic second of the last frame of any socket, or None.
        joined_at: Monotonic second of the first join of this socket, or None.
    """

    def __init__(self, jitter: Callable[[], float]) -> None:
        self.phase = Phase.IDLE
        self.attempts = Attempts(jitter)
        self.failure: Failure | None = None
        self.heard_at: float | None = None
        self.joined_at: float | None = None
        self.channels = Channels(jitter)
        self._url: str | None = None
        self._is_configured = False
        self._has_wants = False
        self._last_socket = 0  # counts sockets ever asked for; never reset
        self._socket: int | None = None  # the one in use; events of any other are late
        self._socket_id: str | None = None
        self._due: float | None = None  # next attempt, or the connect timeout
        self._liveness: Liveness | None = None
        self._malformed_at: deque[float] = deque(maxlen=MAX_MALFORMED)
        self._effects: list[Effect] = []
        self._notices: list[Notice] = []

    # --- what is wanted ---------------------------------------------------------------------

    def configure(self, url: str | None, now: float) -> None:
        """Use the server at `url`; None: there is none. A change begins afresh."""
        if self._is_configured and url == self._url:
            return
        self._url, self._is_configured = url, True
        self._stop(now)
        self._start(now)

    def want(self, names: Iterable[str], now: float) -> None:
        """Join exactly these channels, most urgent first. None at all closes the socket."""
        wanted = list(names)
        for channel in self.channels.want(wanted, now):
            if channel.membership is Membership.JOINED or channel.awaits_ack:
                self._send(pusher.unsubscribe(channel.name))
        self._has_wants = bool(wanted)
        if not wanted:
            self._stop(now)
        elif self.phase is Phase.IDLE:
            self._start(now)
        self._ask_for_channels(now)

    def retry_refused(self, now: float) -> None:
        """The token or the person changed something: what was refused is tried again."""
        self.channels.retry_refused(now)
        if self.phase is Phase.REFUSED:
            self.attempts.reset()
            self._signal(Signal.START, now)
        self._ask_for_channels(now)

    def reconnect(self, now: float) -> None:
        """The person asked: try now, whatever the schedule says."""
        self.retry_refused(now)
        self.probe(now)

    def doubt(self, now: float) -> None:
        """The line may be dead: ask it now."""
        if self._liveness is not None:
            if self._liveness.answer_due is None:
                self._send(pusher.PING)
            self._liveness = self._liveness.pinged(now, PROBE_TIMEOUT)

    def probe(self, now: float) -> None:
        """The line may be dead, or the network back: look at once (sync.md C3)."""
        self.doubt(now)
        if (
            self._liveness is None
            and self.phase in (Phase.WAITING, Phase.POLLING)
            and self._url is not None
        ):
            self._due = self.attempts.earliest(now)
            self.tick(now)

    # --- facts ------------------------------------------------------------------------------

    def text_received(self, socket: int, text: str, now: float) -> None:
        """A text frame came in. One of a superseded socket is dropped (X18)."""
        if socket != self._socket:
            return
        self.heard_at = now
        if self._liveness is not None:
            self._liveness = self._liveness.heard(now)
        try:
            frame = pusher.decode(text)
        except MalformedFrame as fault:
            self._malformed(str(fault), now)
            return
        if self._socket_id is None:
            self._greeted(frame, now)
        else:
            self._frame(frame, now)

    def socket_closed(self, socket: int, code: int, now: float, reason: str = "") -> None:
        """A socket is gone, with its WebSocket close code and the server's words, if any."""
        if socket != self._socket:
            return
        was_greeted = self._socket_id is not None
        self._forget_socket()
        self._lost(code, failures.closed(code, reason, was_greeted=was_greeted), now)

    def authorized(self, name: str, socket_id: str, auth: str, now: float) -> None:
        """The endpoint signed. An answer for an old socket is dropped (X7)."""
        channel = self._authorizing(name, socket_id)
        if channel is not None:
            self._send(pusher.subscribe(name, auth))
            self.channels.requested(channel, now)
            self._ask_for_channels(now)

    def authorization_refused(
        self, name: str, socket_id: str, refusal: Refusal, failure: Failure, now: float
    ) -> None:
        """The endpoint said no, in a way that asking again does not change."""
        channel = self._authorizing(name, socket_id)
        if channel is not None:
            channel.refuse(refusal)
            self.failure = failure
            self._notices += [ChannelRefused(name, refusal), StateChanged()]
            self._ask_for_channels(now)

    def authorization_failed(
        self,
        name: str,
        socket_id: str,
        failure: Failure | None,
        now: float,
        retry_after: float = 0.0,
    ) -> None:
        """The endpoint gave no usable answer, which may pass. `failure` is None if that is no news,
        `retry_after` the endpoint's word, in seconds: it holds for the next socket, too.
        """
        self.channels.hold(now, retry_after)
        channel = self._authorizing(name, socket_id)
        if channel is not None:
            self.channels.failed(channel, now)
            self.failure = failure
            self._notices.append(StateChanged())
            self._ask_for_channels(now)

    def tick(self, now: float) -> None:
        """A deadline has come, or may have."""
        if self._due is not None and now >= self._due:
            self._due = None
            if self.phase in (Phase.WAITING, Phase.POLLING):
                self._signal(Signal.DUE, now)
            elif self._socket is None:
                self._open(now)
            else:
                self._recycle(failures.UNANSWERED, now)
        if self._liveness is not None and self._liveness.is_dead(now):
            self._recycle(failures.SILENT, now)
        elif self._liveness is not None and self._liveness.wants_ping(now):
            self._send(pusher.PING)
            self._liveness = self._liveness.pinged(now)
        if self._socket_id is not None:
            self._check_acknowledgements(now)
            self._ask_for_channels(now)

    def next_deadline(self) -> float | None:
        """Return the monotonic second at which `tick` is due, if any."""
        dues = [self._due]
        if self._liveness is not None:
            dues += [self._liveness.deadline, self.channels.next_deadline()]
        return min((due for due in dues if due is not None), default=None)

    @property
    def next_attempt_at(self) -> float | None:
        """The monotonic second of the next attempt, while waiting for it."""
        return self._due if self.phase in (Phase.WAITING, Phase.POLLING) else None

    def drain(self) -> tuple[list[Effect], list[Notice]]:
        """Return the orders and the news since the last call, and forget them."""
        drained = self._effects, self._notices
        self._effects, self._notices = [], []
        return drained

    # --- inside -----------------------------------------------------------------------------

    def _greeted(self, frame: pusher.Frame, now: float) -> None:
        greeting = pusher.handshake(frame)
        if greeting is not None:
            self._due = None
            self._socket_id = greeting.socket_id
            self._liveness = Liveness.begin(now, greeting.activity_timeout)
            self.channels.begin(now)
            self._signal(Signal.ESTABLISHED, now)
            self._ask_for_channels(now)
            return
        failure = failures.refused(frame)
        self._close(CLOSE_NORMAL)
        self._lost(failure.code, failure, now)

    def _frame(self, frame: pusher.Frame, now: float) -> None:
        match frame.event:
            case "pusher:ping":
                self._send(pusher.PONG)
            case "pusher_internal:subscription_succeeded":
                self._acknowledged(frame.channel, now)
            case "pusher:subscription_error":
                self._subscription_refused(frame, now)
            case "pusher:error":
                self._complained(frame, now)
            case event if event.startswith(("pusher:", "pusher_internal:")):
                pass  # pong counts as life, which it already has; the rest is not for us
            case event:
                if frame.channel is not None and self.channels.get(frame.channel) is not None:
                    self._notices.append(ChannelEvent(frame.channel, event, frame.data))

    def _acknowledged(self, name: str | None, now: float) -> None:
        channel = self.channels.get(name) if name else None
        if channel is None or not channel.awaits_ack:
            return
        self.channels.joined(channel)
        if self.joined_at is None:
            self.joined_at = now
        self.failure = None
        self._notices.append(ChannelJoined(channel.name))
        self._signal(Signal.JOINED, now)
        self._notices.append(StateChanged())
        self._ask_for_channels(now)

    def _subscription_refused(self, frame: pusher.Frame, now: float) -> None:
        channel = self.channels.get(frame.channel) if frame.channel else None
        if channel is None or channel.membership is not Membership.REQUESTED:
            return
        self.channels.signature_refused(channel, now)
        self._after_signature_error([channel], now)

    def _complained(self, frame: pusher.Frame, now: float) -> None:
        # An error on a live line is information: the line stays (pusher-protocol.md 1.3). Its code
        # is not to be acted on, since Sockudo's 4000 is a catch-all (1.12).
        failure = failures.refused(frame)
        self.failure = failure
        if failure.code in (None, 4009):
            self._after_signature_error(self.channels.complained(now), now)
        self._notices.append(StateChanged())

    def _after_signature_error(self, channels: list[Channel], now: float) -> None:
        for channel in channels:
            if channel.refusal is not None:
                self.failure = failures.BAD_SIGNATURE
                self._notices.append(ChannelRefused(channel.name, channel.refusal))
        self._notices.append(StateChanged())
        self._ask_for_channels(now)

    def _check_acknowledgements(self, now: float) -> None:
        for channel in self.channels.overdue(now):
            channel.missed_acks += 1
            if channel.missed_acks > 1:
                self._recycle(failures.NOT_JOINED, now)
                return
            self._send(pusher.unsubscribe(channel.name))
            channel.awaits_ack = False
            channel.wait(now)

    def _ask_for_channels(self, now: float) -> None:
        if self._socket_id is None:
            return
        for channel in self.channels.take_due(now):
            self._notices.append(AuthorizationWanted(channel.name, self._socket_id))

    def _authorizing(self, name: str, socket_id: str) -> Channel | None:
        channel = self.channels.get(name)
        if channel is None or socket_id != self._socket_id:
            return None
        return channel if channel.membership is Membership.AUTHORIZING else None

    def _malformed(self, problem: str, now: float) -> None:
        self._notices.append(FrameRejected(problem))
        self._malformed_at.append(now)
        full = len(self._malformed_at) == MAX_MALFORMED
        if self._socket_id is None or (full and now - self._malformed_at[0] < MALFORMED_WINDOW):
            self._malformed_at.clear()
            self._recycle(failures.NOT_PUSHER, now)

    def _recycle(self, failure: Failure, now: float) -> None:
        """Give the socket up and come back with a new one."""
        self._close(CLOSE_UNRESPONSIVE)
        self._lost(None, failure, now)

    def _lost(self, code: int | None, failure: Failure, now: float) -> None:
        self.attempts.failed(now, self.joined_at)
        self.joined_at = None
        self.failure = failure
        if failure.is_silent:
            self._notices.append(LineUnexplained())
        action = pusher.close_action(code)
        if action is pusher.CloseAction.REFUSE:
            self._signal(Signal.DENIED, now)
            return
        self._signal(Signal.EXHAUSTED if self.attempts.exhausted else Signal.DROPPED, now)
        at_once = action is pusher.CloseAction.RETRY
        self._due = self.attempts.next_at(now, at_once=at_once)

    def _start(self, now: float) -> None:
        if self._has_wants and self._is_configured:
            self._signal(Signal.UNCONFIGURED if self._url is None else Signal.START, now)

    def _stop(self, now: float) -> None:
        self.attempts.reset()
        self.joined_at = self.failure = None
        self._signal(Signal.STOP, now)

    def _signal(self, signal: Signal, now: float) -> None:
        before, self.phase = self.phase, step(self.phase, signal)
        if self.phase is before:
            return
        self._notices.append(StateChanged())
        match self.phase:
            case Phase.OPENING | Phase.REOPENING | Phase.PROBING:
                self._open(now)
            case Phase.IDLE | Phase.REFUSED:
                self._close(CLOSE_NORMAL)
            case (  # pragma: no branch  (mypy proves that no phase is left)
                Phase.WAITING | Phase.POLLING | Phase.JOINING | Phase.REJOINING | Phase.LIVE
            ):
                pass

    def _open(self, now: float) -> None:
        assert self._url is not None
        earliest = self.attempts.earliest(now)
        if earliest > now:
            self._due = earliest  # too many sockets of late: `tick` comes back to it
            return
        self._last_socket += 1
        self._socket = self._last_socket
        self.attempts.opened(now)
        self._due = now + CONNECT_TIMEOUT
        self._effects.append(OpenSocket(self._socket, self._url))

    def _close(self, code: int) -> None:
        if self._socket is not None:
            self._effects.append(CloseSocket(self._socket, code))
        self._forget_socket()

    def _forget_socket(self) -> None:
        self._socket = self._socket_id = self._liveness = self._due = None

    def _send(self, text: str) -> None:
        if self._socket is not None and self._socket_id is not None:
            self._effects.append(SendText(self._socket, text))

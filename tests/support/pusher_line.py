"""A Pusher client with a clock you push and a server you speak for.

line = Line("s1")          # configured, and wanting the channel of session s1
line.join()                # greeted, authorized, acknowledged
line.advance(20.0)         # ticks when the client's deadlines come
assert line.sent == ["pusher:ping"]
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from threadline.core.effects import CloseSocket, OpenSocket, SendText
from threadline.core.notices import AuthorizationWanted, ChannelEvent, ChannelJoined
from threadline.core.pusher_client import PusherClient

from .builders import channel, greeting, joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadline.core.channels import Membership
    from threadline.core.connection import Phase
    from threadline.core.notices import Notice

URL: Final = "ws://push.test:3005/app/key"
MAX_TICKS: Final = 100  # at one moment, beyond which something turns in circles


class Line:
    """One client and all that came of it.

    Args:
        sessions: Whose channels it wants, most urgent first.
        jitter: Draws from [0, 1).

    Attributes:
        now: Monotonic seconds.
        opened: The seconds at which sockets were asked for.
        addresses: Where to, in the same order.
        closed: Sockets that the client closed, with the code.
        frames: What it sent since `forget`, decoded.
        notices: What it told since `forget`.
    """

    def __init__(self, *sessions: str, jitter: Callable[[], float] = lambda: 0.0) -> None:
        self.client = PusherClient(jitter)
        self.now = 0.0
        self.opened: list[float] = []
        self.addresses: list[str] = []
        self.closed: list[tuple[int, int]] = []
        self.frames: list[dict[str, object]] = []
        self.notices: list[Notice] = []
        if sessions:
            self.client.configure(URL, self.now)
            self.want(*sessions)

    @property
    def socket(self) -> int:
        """The number of the last socket asked for."""
        return len(self.opened)

    @property
    def sent(self) -> list[str]:
        """The events of the frames sent since `forget`."""
        return [str(one["event"]) for one in self.frames]

    @property
    def asked(self) -> list[str]:
        """The channels whose authorization was wanted since `forget`."""
        return [one.channel for one in self.notices if isinstance(one, AuthorizationWanted)]

    @property
    def joins(self) -> list[str]:
        """The channels that were joined since `forget`."""
        return [one.channel for one in self.notices if isinstance(one, ChannelJoined)]

    @property
    def events(self) -> list[ChannelEvent]:
        """What was published since `forget`."""
        return [one for one in self.notices if isinstance(one, ChannelEvent)]

    @property
    def words(self) -> str | None:
        """What a person is told of the last failure."""
        return None if self.client.failure is None else self.client.failure.words

    def phase(self) -> Phase:
        """Where the connection stands."""
        return self.client.phase

    def membership(self, session: str = "s1") -> Membership:
        """How far a session's channel is."""
        known = self.client.channels.get(channel(session))
        assert known is not None
        return known.membership

    def forget(self) -> None:
        """Look only at what comes from now on."""
        self.frames, self.notices = [], []

    def want(self, *sessions: str) -> None:
        """Want exactly these sessions' channels."""
        self.client.want([channel(one) for one in sessions], self.now)
        self.drain()

    def greet(self, timeout: float | None = 120) -> None:
        """The server greets the last socket; its id is `7.<number>`."""
        self.hear(greeting(self.socket_id, timeout))

    @property
    def socket_id(self) -> str:
        """The id with which the last socket is greeted."""
        return f"7.{self.socket}"

    def hear(self, text: str, socket: int | None = None) -> None:
        """A frame comes in, on the last socket if none is named."""
        self.client.text_received(self.socket if socket is None else socket, text, self.now)
        self.drain()

    def sign(self, session: str = "s1", socket_id: str | None = None) -> None:
        """The auth endpoint signs."""
        self.client.authorized(channel(session), socket_id or self.socket_id, "key:sig", self.now)
        self.drain()

    def join(self, *sessions: str) -> None:
        """Go all the way: greeted, signed, acknowledged."""
        self.greet()
        for session in sessions or ("s1",):
            self.sign(session)
            self.hear(joined(session))
        self.forget()

    def lose(self, code: int = 1006, socket: int | None = None, reason: str = "") -> None:
        """A socket closes, the last one if none is named."""
        number = self.socket if socket is None else socket
        self.client.socket_closed(number, code, self.now, reason)
        self.drain()

    def probe(self) -> None:
        """The machine or the network came back, or went."""
        self.client.probe(self.now)
        self.drain()

    def next_attempt(self) -> None:
        """Let time run until the next socket is asked for."""
        known, due = len(self.opened), self.client.next_attempt_at
        assert due is not None, "no attempt is planned"
        self.advance(max(0.0, due - self.now))
        assert len(self.opened) == known + 1

    def advance(self, seconds: float) -> None:
        """Let time run, and tick whenever the client asked for it."""
        until, ticks = self.now + seconds, 0
        while (due := self.client.next_deadline()) is not None and due <= until:
            ticks = ticks + 1 if due <= self.now else 0
            assert ticks < MAX_TICKS, "the timer rings without end"
            self.now = max(self.now, due)
            self.client.tick(self.now)
            self.drain()
        self.now = until

    def drain(self) -> None:
        """Collect what the client ordered and told."""
        effects, notices = self.client.drain()
        self.notices += notices
        for effect in effects:
            match effect:
                case OpenSocket(socket, url):
                    assert socket == len(self.opened) + 1
                    self.opened.append(self.now)
                    self.addresses.append(url)
                case SendText(socket, text):
                    assert socket == self.socket, "a frame for a socket that is gone"
                    self.frames.append(json.loads(text))
                case CloseSocket(socket, code):
                    self.closed.append((socket, code))
                case _:
                    raise AssertionError(effect)

"""What goes wrong during a soak, and what is written meanwhile: drawn from a seed."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.backend_server import BackendServer
    from tests.support.fault_proxy import FaultProxy
    from tests.support.sockudo_server import SockudoServer

PUSHED: Final = "new_message"  # in the frames that may be lost, doubled or late
READ: Final = "/api/session/*"
SENT: Final = "/api/agent/interact"


class Mischief:
    """Draws one thing after the other and does it.

    Args:
        seed: The same seed draws the same things.
        server: Whose messages they are.
        sockudo: The push server, which crashes now and then.
        proxy: What stands before both.
        session: Where messages are written.
        say: Sends a text as the person, in one of the clients.

    Attributes:
        done: How often each thing was done.
        said: The texts that the person has sent.
    """

    def __init__(
        self,
        seed: int,
        server: BackendServer,
        sockudo: SockudoServer,
        proxy: FaultProxy,
        session: str,
        say: Callable[[int, str], None],
    ) -> None:
        self.done: Counter[str] = Counter()
        self.said: list[str] = []
        self._random = random.Random(seed)
        self._server = server
        self._sockudo = sockudo
        self._proxy = proxy
        self._session = session
        self._say = say
        self._written = 0
        self._is_crashed = False
        self._kinds: Final[dict[Callable[[], None], int]] = {
            self._write: 30,
            self._speak: 10,
            self._lose_a_push: 8,
            self._double_a_push: 4,
            self._delay_a_push: 6,
            self._cut: 5,
            self._strand: 2,
            self._hold: 4,
            self._slow: 5,
            self._refuse: 3,
            self._fail_a_read: 6,
            self._lose_an_answer: 4,
            self._crash_sockudo: 2,
            self._heal: 12,
        }

    def step(self) -> float:
        """Do one thing and return the seconds until the next."""
        kinds = list(self._kinds)
        kind = self._random.choices(kinds, list(self._kinds.values()))[0]
        kind()
        self.done[kind.__name__.strip("_")] += 1
        return self._random.uniform(0.05, 0.6)

    def end(self) -> None:
        """Take every fault away, and let all run that should."""
        self._heal()

    def _write(self) -> None:
        """Write as another device would, a few at once."""
        for _ in range(self._random.randint(1, 4)):
            self._written += 1
            self._server.faults.add_messages(self._session, f"written {self._written}")

    def _speak(self) -> None:
        text = f"said {len(self.said) + 1}"
        self.said.append(text)
        self._say(self._random.randrange(1_000_000), text)

    def _lose_a_push(self) -> None:
        self._proxy.spoil_frames(PUSHED, "drop", times=self._random.randint(1, 3))

    def _double_a_push(self) -> None:
        self._proxy.spoil_frames(PUSHED, "duplicate")

    def _delay_a_push(self) -> None:
        self._proxy.spoil_frames(PUSHED, "hold_back", count=self._random.randint(1, 3))

    def _cut(self) -> None:
        way = self._random.choice([self._proxy.push, self._proxy.rest])
        self._random.choice([way.cut, way.reset])()

    def _strand(self) -> None:
        self._proxy.push.strand(up=self._random.random() < 0.5, down=True)

    def _hold(self) -> None:
        way = self._random.choice([self._proxy.push, self._proxy.rest])
        way.hold(up=self._random.random() < 0.5, down=True)

    def _slow(self) -> None:
        way = self._random.choice([self._proxy.push, self._proxy.rest])
        way.shape(latency=self._random.uniform(0.0, 0.4), jitter=0.3, slice_bytes=400)

    def _refuse(self) -> None:
        self._random.choice([self._proxy.push, self._proxy.rest]).shape(refused=True)

    def _fail_a_read(self) -> None:
        status = self._random.choice([500, 502, 503, 429])
        self._proxy.spoil(READ, status=status, times=2, headers={"Retry-After": "1"})

    def _lose_an_answer(self) -> None:
        self._proxy.spoil(SENT, loses_answer=True)

    def _crash_sockudo(self) -> None:
        if not self._is_crashed:
            self._sockudo.kill()
            self._is_crashed = True

    def _heal(self) -> None:
        self._proxy.heal()
        if self._is_crashed:
            self._sockudo.start()
            self._is_crashed = False

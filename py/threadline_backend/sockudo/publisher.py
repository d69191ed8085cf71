"""What follows from how a request to Sockudo ended: repeat, under which key, or give up.

| it ended | what follows |
|---|---|
| accepted | done |
| refused (4xx) | the event is given up: a repeat would be refused too |
| busy (429, 503) | a repeat after `Retry-After`, or a growing pause, under a new key: under the old one Sockudo turns down for two minutes what failed once |
| failed (other 5xx) | a repeat under the same key: some clients may have it |
| no answer | the same |

Once an event may have been published the key stays, whatever follows. An event is given up after `Patience.event`
seconds. Sockudo counts as away from then on, and its clients' reads repair what they missed.
"""  # noqa: E501

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from threadline_backend.realtime import NotPublished
from threadline_backend.sockudo.availability import Availability
from threadline_backend.sockudo.http_api import (
    Accepted,
    Address,
    Busy,
    HttpApi,
    Outcome,
    Refused,
    Unanswered,
)

LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long things are waited for, in seconds.

    Attributes:
        answer: For one answer.
        event: For one event in all, repeats and pauses included.
        first_pause, longest_pause: Between repeats; each pause is up to twice the last.
        probe_pause: Between two events that are tried while Sockudo is away.
        longest_silence: The most that a `Retry-After` is obeyed for.
    """

    answer: float = 2.0
    event: float = 5.0
    first_pause: float = 0.1
    longest_pause: float = 1.0
    probe_pause: float = 1.0
    longest_silence: float = 60.0


class SockudoPublisher:
    """A `realtime.Publisher` over the HTTP API.

    Args:
        api: The API.
        patience: How long things are waited for.
        jitter: A number from 0 to 1, another one each time.
    """

    def __init__(
        self,
        api: HttpApi,
        patience: Patience,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._api = api
        self._patience = patience
        self._jitter = jitter
        self._availability = Availability(patience.probe_pause)
        self._said = ""

    async def publish(self, channel: str, event: str, data: object) -> None:
        """Publish an event; takes `Patience.event` seconds at the most.

        Raises:
            NotPublished: It was given up.
        """
        is_probe = self._availability.is_away
        if not self._availability.admits(self._clock()):
            raise NotPublished("Sockudo is away")
        end = await self._deliver(channel, event, data, is_probe=is_probe)
        if isinstance(end, Accepted):
            self._returned()
            return
        if isinstance(end, Busy):
            silence = min(end.retry_after, self._patience.longest_silence)
            self._availability.lost(self._clock(), silence)
        elif isinstance(end, Unanswered):
            self._availability.lost(self._clock())
        self._say(f"Sockudo {end.words}")
        raise NotPublished(f"Sockudo {end.words}")

    async def _deliver(self, channel: str, event: str, data: object, *, is_probe: bool) -> Outcome:
        """Send an event until it is taken, refused, or not worth another wait."""
        patience = self._patience
        deadline = self._clock() + (patience.answer if is_probe else patience.event)
        key, is_out, pause = _new_key(), False, patience.first_pause
        outcome: Outcome = Unanswered("did not answer", was_sent=True)
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    outcome = await self._api.trigger(channel, event, data, key)
            except TimeoutError:
                return outcome
            wait = pause * (1 + self._jitter()) / 2
            match outcome:
                case Accepted() | Refused():
                    return outcome
                case Busy(_, retry_after, was_published):
                    wait = max(wait, retry_after)
                    is_out = is_out or was_published
                    if not is_out:
                        key = _new_key()
                case Unanswered(_, was_sent):
                    is_out = is_out or was_sent
            if is_probe or self._clock() + wait >= deadline:
                return outcome
            await asyncio.sleep(wait)
            pause = min(pause * 2, patience.longest_pause)

    async def look(self) -> None:
        """Say in the log whether Sockudo is there and takes our key and secret."""
        match await self._api.look():
            case Accepted():
                return
            case Refused(words) | Busy(words) | Unanswered(words):
                self._say(f"Sockudo {words}")

    def _returned(self) -> None:
        self._availability.returned()
        if self._said:
            LOG.warning("Sockudo takes events again")
            self._said = ""

    def _say(self, words: str) -> None:
        """Say what is wrong, once for as long as it stays the same."""
        if words != self._said:
            LOG.warning("%s; clients find what they miss by REST", words)
            self._said = words

    def _clock(self) -> float:
        return asyncio.get_running_loop().time()


@asynccontextmanager
async def sockudo_publisher(
    address: Address, patience: Patience | None = None
) -> AsyncIterator[SockudoPublisher]:
    """Publish to the Sockudo at `address` for as long as the block lasts."""
    patience = patience or Patience()
    async with HttpApi(address, patience.answer) as api:
        yield SockudoPublisher(api, patience)


def _new_key() -> str:
    return uuid4().hex

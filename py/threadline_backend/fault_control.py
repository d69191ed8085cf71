"""Test control: faults that a test orders and the back end then has.

It exists only with `--allow-faults` (`THREADLINE_FAULTS=1`), on this machine only; `fault_routes`
has the calls. A `FaultyPublisher` stands before the real publisher, `FaultyAnswers` before the
routes.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from threadline_backend.embedded.server import EmbeddedPusher
from threadline_backend.realtime import Publisher

LOG: Final = logging.getLogger(__name__)

FAULTS_PREFIX: Final = "/faults/"


@dataclass(slots=True, kw_only=True)
class AnswerFault:
    """What is to happen to the next `count` answers to a path.

    Attributes:
        path: A path, or a pattern with `*`.
        count: How many answers are still to go wrong.
        method: The HTTP method; None means any.
        delay: Seconds before anything happens.
        status: The answer's status; None leaves the real answer.
        body, headers: The rest of that answer.
        after: Whether the request is carried out all the same and only its answer lost.
        cut: Whether the connection breaks in the middle of the answer.
    """

    path: str
    count: int = 1
    method: str | None = None
    delay: float = 0.0
    status: int | None = None
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    after: bool = False
    cut: bool = False


class FaultControl:
    """The faults that have been ordered and are still to come.

    Attributes:
        publisher: Where events go that are not to be lost.
        pusher: The same where it is the embedded server, whose sockets can be ended and refused;
            those of a Sockudo are its own.
    """

    def __init__(self, publisher: Publisher) -> None:
        self.publisher: Final = publisher
        self.pusher: Final = publisher if isinstance(publisher, EmbeddedPusher) else None
        self._answers: list[AnswerFault] = []
        self._drops: dict[str, int] = {}

    def order(self, fault: AnswerFault) -> None:
        """Add a fault; those ordered earlier for the same path come first."""
        self._answers.append(fault)

    def drop_pushes(self, channel: str, count: int) -> None:
        """Lose the next `count` events on `channel`, a name or a pattern with `*`."""
        self._drops[channel] = count

    def is_dropped(self, channel: str) -> bool:
        """Say whether an event on `channel` is to be lost, and count it."""
        for pattern, count in self._drops.items():
            if count > 0 and fnmatchcase(channel, pattern):
                self._drops[pattern] = count - 1
                return True
        return False

    def take(self, method: str, path: str) -> AnswerFault | None:
        """Return the fault that this request is to meet, and count it."""
        for fault in self._answers:
            if fault.method in (None, method) and fnmatchcase(path, fault.path):
                fault.count -= 1
                if fault.count <= 0:
                    self._answers.remove(fault)
                return fault
        return None

    def reset(self) -> None:
        """Forget all that is still to come."""
        self._drops.clear()
        self._answers.clear()
        if self.pusher is not None:
            self.pusher.refuse_for(0)


class FaultyPublisher:
    """A publisher that loses the events that `FaultControl` wants lost."""

    def __init__(self, control: FaultControl) -> None:
        self._control = control

    async def publish(self, channel: str, event: str, data: object) -> None:
        """Publish, or not."""
        if self._control.is_dropped(channel):
            LOG.info("Dropped a push of %s", event)
            return
        await self._control.publisher.publish(channel, event, data)


class FaultyAnswers:
    """Middleware that spoils the answers that `FaultControl` wants spoilt."""

    def __init__(self, app: ASGIApp, control: FaultControl) -> None:
        self._app = app
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        fault = None
        if scope["type"] == "http" and not scope["path"].startswith(FAULTS_PREFIX):
            fault = self._control.take(scope["method"], scope["path"])
        if fault is None:
            await self._app(scope, receive, send)
            return
        await asyncio.sleep(fault.delay)
        if fault.status is None and not fault.cut:
            await self._app(scope, receive, send)
            return
        if fault.after:
            await self._app(scope, receive, _swallow)
        if fault.cut:
            # An answer that promises a byte and ends without it: the server breaks the connection.
            headers = [(b"content-length", b"1")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            return
        headers_given = {"content-type": "application/json", **fault.headers}
        answer = Response(fault.body, fault.status or 200, headers_given)
        await answer(scope, receive, send)


async def _swallow(_message: Message) -> None:
    """Take an answer that nobody is to see."""

"""Publishing after the commit, in the order of the commits, per session.

Who writes to a session holds its lock from the beginning of the transaction until what it committed
has been queued here. The queue is emptied by a task of its own, so that no request waits for a
publisher. A publisher that fails loses that event and no other: the clients' reads repair it. So
they do where a queue grows too long, and loses its oldest events.
"""

import asyncio
import logging
from collections import deque
from typing import Any, Final
from weakref import WeakValueDictionary

from threadline_backend.dialect import Dialect
from threadline_backend.realtime import NotPublished, Publisher, session_channel

LOG: Final = logging.getLogger(__name__)

QUEUED_EVENTS: Final = 20_000  # of one session; some 20 MB


class Announcer:
    """Publishes the events of sessions in order.

    Args:
        publisher: Where they go.
        dialect: What is left out of them.
    """

    def __init__(self, publisher: Publisher, dialect: Dialect) -> None:
        self._publisher = publisher
        self._dialect = dialect
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._queues: dict[str, deque[dict[str, Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def order(self, name: str) -> asyncio.Lock:
        """Return the lock of a session (or of any other order that must not be mixed up)."""
        lock = self._locks.get(name)
        if lock is None:
            lock = self._locks[name] = asyncio.Lock()
        return lock

    def post(self, session_id: str, *events: dict[str, Any]) -> None:
        """Queue what has been committed; each event is published under its `type`."""
        said = [event for event in map(self._dialect.event, events) if event is not None]
        queue = self._queues.get(session_id)
        if queue is not None:
            queue.extend(said)
            return
        self._queues[session_id] = deque(said, QUEUED_EVENTS)
        task = asyncio.create_task(self._empty(session_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self, limit: float | None = None) -> None:
        """Wait until all that was queued is published; after `limit` seconds drop what is not."""
        try:
            async with asyncio.timeout(limit):
                while self._tasks:
                    await asyncio.wait(self._tasks)
        except TimeoutError:
            left = sum(len(queue) for queue in self._queues.values())
            LOG.warning("%d events were not published before the end", left)
            for task in self._tasks:
                task.cancel()

    async def _empty(self, session_id: str) -> None:
        queue = self._queues[session_id]
        channel = session_channel(session_id)
        while queue:
            event = queue.popleft()
            try:
                await self._publisher.publish(channel, event["type"], event)
            except NotPublished as problem:
                LOG.info("An event %s was not published: %s", event["type"], problem)
            except Exception:
                LOG.exception("An event %s was not published", event["type"])
        del self._queues[session_id]

"""Clients on two nodes, and messages published to either: all of them end equal to the database.

The clients are real engines. What Sockudo does not carry across, they find by reading.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.real_engine import RealEngine, equal, real_engine
from tests.support.sockudo_server import free_port, sockudo_server
from threadline_build.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tests.sockudo.conftest import Cluster

TEST_LIMIT: Final = 120.0  # seconds; what a push cannot tell is found within 25 s

PUSH_LIMIT: Final = 15.0  # seconds; a session on show is polled every 25 s while it is connected

Engines = tuple[RealEngine, RealEngine]


@asynccontextmanager
async def _engines(cluster: Cluster, session: str) -> AsyncIterator[Engines]:
    """Run an engine at each node, both on the session and joined."""
    first, _ = cluster.back_ends
    one, two = cluster.nodes
    async with (
        real_engine(first, pusher_port=one.port) as left,
        real_engine(first, pusher_port=two.port) as right,
    ):
        for engine in (left, right):
            engine.attach(session)
        for engine in (left, right):
            await _connected(engine)
        yield left, right


async def _connected(engine: RealEngine) -> None:
    await engine.until(lambda: engine.state == "connected", "it does not connect")


async def _shows(engine: RealEngine, texts: list[str], limit: float) -> None:
    await engine.until(lambda: engine.texts() == texts, "not all came", limit)


def _run(cluster: Cluster, test: Callable[[str, Engines], Awaitable[None]]) -> None:
    """Run a test with a session of its own and an engine at each node."""

    async def limited() -> None:
        session = cluster.back_ends[0].new_session()
        async with asyncio.timeout(TEST_LIMIT), _engines(cluster, session) as engines:
            await test(session, engines)
            await equal(engines, cluster.back_ends[0], session)

    asyncio.run(limited())


def test_what_is_published_to_either_node_reaches_both(cluster: Cluster) -> None:
    """By push, or where one overtook another by asking for the hole; not by the next poll."""

    async def test(session: str, engines: Engines) -> None:
        texts = [f"text {number}" for number in range(20)]
        await asyncio.to_thread(cluster.write, session, *texts)
        for engine in engines:
            await _shows(engine, texts, PUSH_LIMIT)

    _run(cluster, test)


def test_messages_written_at_both_ends_at_once_are_in_the_servers_order(cluster: Cluster) -> None:
    """Each node tells its own first: pushes overtake each other on the way across."""

    async def test(session: str, engines: Engines) -> None:
        def write(place: int) -> None:
            for number in range(25):
                cluster.back_ends[place].faults.add_messages(
                    session, f"{place} {number}", role="user", status="sent"
                )

        await asyncio.gather(*(asyncio.to_thread(write, place) for place in (0, 1)))
        await equal(engines, cluster.back_ends[0], session)
        assert len(engines[0].texts()) == 50

    _run(cluster, test)


def test_while_redis_is_away_nothing_is_lost(cluster: Cluster) -> None:
    """The nodes hear nothing of each other and take no publishes; afterwards all is as before."""

    async def test(session: str, engines: Engines) -> None:
        await asyncio.to_thread(cluster.write, session, "before", "before too")
        cluster.redis.stop()
        try:
            await asyncio.to_thread(cluster.write, session, "meanwhile", "meanwhile too")
        finally:
            cluster.redis.start()
        await asyncio.to_thread(cluster.write, session, "after", "after too")

    _run(cluster, test)


def test_a_node_that_crashed_and_came_back(cluster: Cluster) -> None:
    """Its clients come back to it, and have what was written while it was gone."""

    async def test(session: str, engines: Engines) -> None:
        left, right = engines
        _, two = cluster.nodes
        await asyncio.to_thread(two.kill)
        await right.until(lambda: right.state == "reconnecting", "the loss is not shown")
        assert left.state == "connected"
        await asyncio.to_thread(cluster.write, session, "meanwhile", "and through the dead node")
        await asyncio.to_thread(two.start)
        await _connected(right)
        await asyncio.to_thread(cluster.write, session, "after")

    _run(cluster, test)


def test_a_node_without_its_redis_does_not_start() -> None:
    """By itself Sockudo would go on alone, and lose what is published elsewhere."""
    nowhere = f"redis://127.0.0.1:{free_port()}"
    with pytest.raises(BuildError, match="did not start"), sockudo_server(redis=nowhere):
        pass

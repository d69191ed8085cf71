"""Two nodes of the real Sockudo with one Redis, and a back end at each, on one database."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.support.backend_server import BackendServer, backend_server
from tests.support.redis_server import RedisServer, find_redis, redis_server
from tests.support.sockudo_server import SockudoServer, sockudo_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here; what needs Redis is skipped in words where there is none."""
    for item in items:
        if item.path.parent.name == "sockudo":
            item.add_marker(pytest.mark.sockudo)
            needs_redis = "redis" in getattr(item, "fixturenames", ())
            if needs_redis and find_redis() is None and os.environ.get("CI") != "true":
                reason = "no redis-server: apt-get install redis-server"
                item.add_marker(pytest.mark.skip(reason=reason))


@dataclass(frozen=True, slots=True)
class Cluster:
    """Two of everything but Redis and the database.

    Attributes:
        redis: What joins the nodes.
        nodes: Where clients connect.
        back_ends: Where messages are written; each publishes to the node of its place.
    """

    redis: RedisServer
    nodes: tuple[SockudoServer, SockudoServer]
    back_ends: tuple[BackendServer, BackendServer]

    def write(self, session: str, *texts: str) -> None:
        """Write texts, one to each back end in turn."""
        for place, text in enumerate(texts):
            back_end = self.back_ends[place % 2]
            back_end.faults.add_messages(session, text, role="user", status="sent")


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    """A Redis of the tests' own."""
    with redis_server() as server:
        yield server


@pytest.fixture(scope="session")
def cluster(redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two nodes and two back ends."""
    database = _database(tmp_path_factory.mktemp("cluster"))
    with (
        sockudo_server(redis=redis.address, name="one") as one,
        sockudo_server(redis=redis.address, name="two") as two,
        backend_server(
            "--database", database, sockudo=one, environment={"WORKER_NAME": "one"}
        ) as first,
        backend_server(
            "--database", database, sockudo=two, environment={"WORKER_NAME": "two"}
        ) as second,
    ):
        yield Cluster(redis, (one, two), (first, second))


def _database(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'threadline.sqlite3'}"

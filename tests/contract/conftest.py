"""The back ends of the contract tests: one with its own push server and one with the real Sockudo,
which have to be alike; one with short time limits, one with three calls.
"""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.support.backend_server import BackendServer, backend_server
from tests.support.push_api import PushApi
from tests.support.sockudo_server import sockudo_server
from threadline_backend.settings import DEFAULT_SECRET

BOTH: Final = ["embedded", pytest.param("sockudo", marks=pytest.mark.sockudo)]
PEOPLE: Final = {"LOCAL_USERS": "local:threadline,other:secret"}


@pytest.fixture(scope="session")
def running_embedded() -> Iterator[BackendServer]:
    """A back end with a quick agent, a second person, and its own push server."""
    with backend_server(agent_pace=0.01, environment=PEOPLE) as server:
        yield server


@pytest.fixture(scope="session")
def running_sockudo() -> Iterator[BackendServer]:
    """The same with the real Sockudo."""
    with (
        sockudo_server() as sockudo,
        backend_server(agent_pace=0.01, environment=PEOPLE, sockudo=sockudo) as server,
    ):
        yield server


@pytest.fixture(scope="session", params=BOTH)
def running(request: pytest.FixtureRequest) -> BackendServer:
    """Either of them."""
    server: BackendServer = request.getfixturevalue(f"running_{request.param}")
    return server


@pytest.fixture
def server(running: BackendServer) -> BackendServer:
    """Either of them, with no fault ordered and a good token."""
    return _refreshed(running)


@pytest.fixture
def embedded(running_embedded: BackendServer) -> BackendServer:
    """The one with its own push server, for what Sockudo has not."""
    return _refreshed(running_embedded)


@pytest.fixture
def push_api(server: BackendServer) -> PushApi:
    """The HTTP API of its push server."""
    return PushApi(server.pusher_port, server.key, DEFAULT_SECRET)


def _refreshed(server: BackendServer) -> BackendServer:
    server.faults.reset()
    me = server.client.get("/api/me")
    if not me.is_success or me.json()["name"] != "local":
        server.sign_in()
    return server


@pytest.fixture(scope="session")
def hasty() -> Iterator[BackendServer]:
    """A back end that pings after 0.2 s of silence and waits 0.6 s for the answer."""
    with backend_server("--activity-timeout", "0.2", "--pong-timeout", "0.6") as server:
        yield server


@pytest.fixture(scope="session")
def three_calls() -> Iterator[BackendServer]:
    """A server that has three calls, and no dates."""
    with backend_server("--three-calls", "--without", "R8", agent_pace=0.01) as server:
        yield server

"""One running back end for all contract tests, one with short time limits, one with three calls."""

from collections.abc import Iterator

import pytest

from tests.support.backend_server import BackendServer, backend_server


@pytest.fixture(scope="session")
def running() -> Iterator[BackendServer]:
    """A back end with a quick agent, and a second person."""
    environment = {"LOCAL_USERS": "local:threadline,other:secret"}
    with backend_server(agent_pace=0.01, environment=environment) as server:
        yield server


@pytest.fixture
def server(running: BackendServer) -> BackendServer:
    """The back end with no fault ordered and a good token."""
    running.faults.reset()
    me = running.client.get("/api/me")
    if not me.is_success or me.json()["name"] != "local":
        running.sign_in()
    return running


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

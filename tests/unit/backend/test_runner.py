"""The runner: the ready line, the end, and a crash in between."""

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import BackendApps
from tests.support.backend_server import BackendServer, backend_server
from tests.support.pusher_probe import pusher_probe
from threadline_backend.agent_demo import DemoAgent
from threadline_backend.agent_openai import OpenAiAgent
from threadline_backend.database import Database
from threadline_backend.runner import StartError, agent_of, run, take_port
from threadline_backend.settings import Settings


@pytest.fixture(scope="module")
def server() -> Iterator[BackendServer]:
    """One back end for both tests: the second ends it."""
    with backend_server(agent_pace=30) as server:
        yield server


def test_after_a_crash_the_run_is_marked_and_the_numbers_go_on(server: BackendServer) -> None:
    """The same ports and database, the same token."""
    session_id = server.new_session()
    server.interact("go", session_id)
    before = server.call("GET", f"/api/session/{session_id}/messages")
    server.process.kill()
    server.process.start()
    after = server.call("GET", f"/api/session/{session_id}/messages")
    assert [message["status"] for message in after["messages"]] == ["sent", "interrupted"]
    assert after["epoch"] == before["epoch"]


def test_ready_says_where_both_listen_and_a_signal_ends_it_in_time(server: BackendServer) -> None:
    """With a socket open and a run going on; the run's end is still pushed.

    Every other back end of the tests ends by SIGTERM.
    """
    ready = server.process.ready
    assert ready["event"] == "ready"
    assert ready["faults"] is True
    assert (ready["threeCalls"], ready["agent"]) == (False, "demo")
    assert httpx.get(f"{ready['api']}/up").json() == {"status": "ok"}
    assert httpx.get(ready["pusher"].replace("ws://", "http://") + "/up").text == "OK"
    session_id = server.new_session()
    with pusher_probe(server.socket_url) as probe:
        probe.join_session(server, session_id)
        server.interact("go", session_id)
        assert probe.receive_event("typing")["payload"]["isTyping"]
        assert server.process.stop(signal.SIGINT, limit=2.0) == 0
        assert probe.receive_event("interact_response")["data"]["status"] == "interrupted"
        assert probe.closed_with() == 4200
    said = [line for line in server.process.log().splitlines() if "earlier start" not in line]
    assert said == []


def test_without_its_sockudo_it_runs_and_says_so() -> None:
    """Messages are stored, requests wait for nothing, and the log has one line."""
    flags = ("--realtime", "sockudo", "--pusher-port", "9")  # nobody listens on 9
    with backend_server(*flags, agent_pace=0.001) as server:
        assert server.process.ready["realtime"] == "sockudo"
        session_id = server.new_session()
        for number in range(3):
            server.interact(f"go {number}", session_id)
        assert len(server.messages(session_id)) >= 3
        assert server.process.stop() == 0
        said = server.process.log().splitlines()
    assert len(said) == 1, said
    assert "Sockudo cannot be reached" in said[0]
    assert "find what they miss by REST" in said[0]


def test_an_unknown_host_cannot_be_listened_on() -> None:
    """One line, without the port's variable: it is not to blame."""
    with pytest.raises(StartError, match=r"cannot listen on 203\.0\.113\.1"):
        take_port("203.0.113.1", 0, "API_PORT", "--api-port")


@asynchronous
async def test_a_database_that_cannot_be_used(tmp_path: Path, backend: BackendApps) -> None:
    """One that cannot be opened, and one of a version that is not known."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'none' / 'x.sqlite3'}"
    with pytest.raises(StartError, match=r"DATABASE_URL: cannot be opened: .+"):
        await run(Settings(api_port=0, pusher_port=0, database_url=url))
    url = backend.database_url()
    database = Database(url)
    async with database.writing() as transaction:
        await transaction.execute(text("UPDATE alembic_version SET version_num = 'newer'"))
    await database.close()
    with pytest.raises(StartError, match=r"DATABASE_URL: cannot be brought up to date"):
        await run(Settings(api_port=0, pusher_port=0, database_url=url))


@asynchronous
async def test_a_database_driver_that_is_not_there() -> None:
    """It is named with its variable."""
    url = "postgresql+asyncpg://localhost/x"
    with pytest.raises(StartError, match=r"DATABASE_URL.*asyncpg"):
        await run(Settings(api_port=0, pusher_port=0, database_url=url))


def test_a_configured_model_works_on_tasks() -> None:
    """In place of the demo agent."""
    assert isinstance(agent_of(Settings()), DemoAgent)
    settings = Settings(agent_base_url="http://h/v1", agent_model="m", agent_api_key="hush")
    assert isinstance(agent_of(settings), OpenAiAgent)

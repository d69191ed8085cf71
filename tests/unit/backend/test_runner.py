"""The runner: the ready line, the end, and a crash in between."""

import signal
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import BackendApps
from tests.support.backend_server import backend_server
from tests.support.pusher_probe import pusher_probe
from threadline_backend.database import Database
from threadline_backend.runner import StartError, run, take_port
from threadline_backend.settings import Settings


def test_ready_says_where_both_listen_and_a_signal_ends_it_in_time() -> None:
    """With a socket open and a run going on; the run's end is still pushed."""
    with backend_server(agent_pace=30) as server:
        ready = server.process.ready
        assert ready["event"] == "ready"
        assert ready["faults"] is True
        assert httpx.get(f"{ready['api']}/up").json() == {"status": "ok"}
        pusher_up = ready["pusher"].replace("ws://", "http://") + "/up"
        assert httpx.get(pusher_up).text == "OK"
        assert (ready["threeCalls"], ready["agent"]) == (False, "demo")
        session_id = server.new_session()
        with pusher_probe(server.socket_url) as probe:
            probe.join_session(server, session_id)
            server.interact("go", session_id)
            assert probe.receive_event("typing")["payload"]["isTyping"]
            assert server.process.stop(limit=2.0) == 0
            assert probe.receive_event("interact_response")["data"]["status"] == "interrupted"
            assert probe.closed_with() == 4200
        assert server.process.log() == ""


def test_after_a_crash_the_run_is_marked_and_the_numbers_go_on() -> None:
    """The same ports and database, the same token; SIGINT ends it as well."""
    with backend_server(agent_pace=30) as server:
        session_id = server.new_session()
        server.interact("go", session_id)
        before = server.call("GET", f"/api/session/{session_id}/messages")
        server.process.kill()
        server.process.start()
        after = server.call("GET", f"/api/session/{session_id}/messages")
        assert [message["status"] for message in after["messages"]] == ["sent", "interrupted"]
        assert after["epoch"] == before["epoch"]
        assert server.process.stop(signal.SIGINT) == 0


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

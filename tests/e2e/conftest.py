"""What every end-to-end test stands on: the real back end, the built extension, a real Chromium.

The suite runs on both hosts of the engine: `offscreen` and `panel`. Tests that take `form` run
against both forms of the server: the whole contract, and three calls alone as the user's own server
has them. One browser serves all tests; each begins with no page open, no fault set, a signed-in
person and a session of its own.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import Playwright, expect

from tests.support.backend_server import BackendServer, backend_server
from tests.support.extension_browser import (
    LIMIT,
    ExtensionBrowser,
    build_extension,
    extension_browser,
)
from threadline_build.chromium import find_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOSTS: Final = ("offscreen", "panel")

expect.set_options(timeout=LIMIT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as end-to-end, and skip it in words where there is no Chromium."""
    for item in items:
        if item.path.parent.name == "e2e":
            item.add_marker(pytest.mark.e2e)
            if find_chromium() is None and os.environ.get("CI") != "true":
                item.add_marker(pytest.mark.skip(reason="no Chromium: apt-get install chromium"))


@pytest.fixture(scope="session")
def running_server() -> Iterator[BackendServer]:
    """The local back end, with test control on and an agent of a tenth of a second a step."""
    with backend_server(agent_pace=0.1) as server:
        yield server


@pytest.fixture(scope="session")
def three_calls_server() -> Iterator[BackendServer]:
    """The same in the form of the user's own server: three calls, user messages pushed only."""
    with backend_server("--three-calls", agent_pace=0.1) as server:
        yield server


@pytest.fixture(scope="session")
def dist(running_server: BackendServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension, built for that back end."""
    out = tmp_path_factory.mktemp("dist")
    build_extension(out, running_server)
    return out


@pytest.fixture(scope="session")
def running_browser(playwright: Playwright, dist: Path) -> Iterator[ExtensionBrowser]:
    """Chromium with the extension."""
    with extension_browser(playwright, dist) as browser:
        yield browser


@pytest.fixture
def form() -> str:
    """What the server knows: `whole`, or `three_calls` where a test asks for it."""
    return "whole"


@pytest.fixture
def server(request: pytest.FixtureRequest, form: str) -> BackendServer:
    """The back end without faults, and with a token that is good."""
    name = "running_server" if form == "whole" else "three_calls_server"
    chosen: BackendServer = request.getfixturevalue(name)
    chosen.faults.reset()
    if form == "whole":
        chosen.sign_in()
    return chosen


def settings_for(server: BackendServer, host: str) -> dict[str, object]:
    """Return the settings that lead the extension to this server, whatever it was built for."""
    return {
        "engineHost": host,
        "apiBase": server.api,
        "authEndpoint": f"{server.api}/api/pusher/auth",
        "pusherKey": server.key,
        "pusherHost": "127.0.0.1",
        "pusherPort": server.pusher_port,
    }


@pytest.fixture(params=HOSTS)
def host(request: pytest.FixtureRequest) -> str:
    """Where the engine runs."""
    return str(request.param)


@pytest.fixture
def browser(
    running_browser: ExtensionBrowser, server: BackendServer, host: str
) -> ExtensionBrowser:
    """The browser with no page open, no engine running, and the person signed in."""
    running_browser.close_pages()
    if running_browser.has_engine():
        running_browser.kill_engine()
    running_browser.messages.clear()
    running_browser.store(
        accessToken=server.token, settings=settings_for(server, host), wsConnectionState=None
    )
    return running_browser


@pytest.fixture
def session(server: BackendServer) -> str:
    """A conversation of the test's own."""
    return server.new_session("A test")

"""What every end-to-end test stands on: the real back end, the built extension, a real Chromium.

The suite runs on both hosts of the engine: `offscreen` and `panel`. One browser serves all tests;
each begins with no page open, no fault set, a signed-in person and a session of its own.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright

from tests.support.backend_server import BackendServer, backend_server
from tests.support.extension_browser import (
    LIMIT,
    ExtensionBrowser,
    build_extension,
    extension_browser,
    find_chromium,
)

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
def dist(running_server: BackendServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension, built for that back end."""
    out = tmp_path_factory.mktemp("dist")
    build_extension(out, running_server)
    return out


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright; there can be one at a time."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def running_browser(playwright: Playwright, dist: Path) -> Iterator[ExtensionBrowser]:
    """Chromium with the extension."""
    with extension_browser(playwright, dist) as browser:
        yield browser


@pytest.fixture
def server(running_server: BackendServer) -> BackendServer:
    """The back end without faults, and with a token that is good."""
    running_server.faults.reset()
    running_server.sign_in()
    return running_server


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
        accessToken=server.token, settings={"engineHost": host}, wsConnectionState=None
    )
    return running_browser


@pytest.fixture
def session(server: BackendServer) -> str:
    """A conversation of the test's own."""
    return server.new_session("A test")

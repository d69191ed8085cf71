"""What every end-to-end test stands on: the real back end, the built extension, a real Chromium.

The suite runs on both hosts of the engine, `offscreen` and `panel`, and against both forms of the
server: the whole contract, and three calls alone as the user's own server has them. By itself a
test meets each of them, though not each pair; one that wants all pairs, or makes sense on one of
them only, says so by `parametrize(..., indirect=True)`. One browser serves all tests; each begins
with no page open, no fault set, a signed-in person and a session of its own.
"""

from __future__ import annotations

import os
import statistics
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.e2e.hosts_and_forms import FORMS, HOSTS, PAIRS
from tests.support.backend_server import BackendServer, backend_server
from tests.support.extension_browser import (
    LIMIT,
    ExtensionBrowser,
    build_extension,
    extension_browser,
)
from tests.support.fault_proxy import FaultProxy, fault_proxy
from tests.support.fault_stage import FaultStage
from tests.support.panel_page import connected
from tests.support.sockudo_server import sockudo_server
from tests.support.stored_sessions import transact
from threadline_build.chromium import find_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SERVERS: Final = {
    "whole": "running_server",
    "three_calls": "three_calls_server",
    "sockudo": "sockudo_behind_proxy",  # for tests that ask for it
}
HEALINGS: Final = pytest.StashKey[list[float]]()

expect.set_options(timeout=LIMIT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as end-to-end, and skip it in words where there is no Chromium."""
    for item in items:
        if item.path.parent.name == "e2e":
            item.add_marker(pytest.mark.e2e)
            if find_chromium() is None and os.environ.get("CI") != "true":
                item.add_marker(pytest.mark.skip(reason="no Chromium: apt-get install chromium"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let each test meet the hosts and the forms that it has not named itself."""
    marks = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    named = {name for names in marks for name in _names(names)}
    left = {"host", "form"} & set(metafunc.fixturenames) - named
    if left == {"host", "form"}:
        metafunc.parametrize("host,form", PAIRS, indirect=True)
    elif left == {"host"}:
        metafunc.parametrize("host", HOSTS, indirect=True)
    elif left == {"form"}:
        metafunc.parametrize("form", FORMS, indirect=True)


def _names(names: str | Sequence[str]) -> Sequence[str]:
    """Return the names that a mark gives values to: one, or several."""
    return names.split(",") if isinstance(names, str) else names


@pytest.fixture(scope="session")
def running_server() -> Iterator[BackendServer]:
    """The local back end, with test control on and an agent of a tenth of a second a step.

    There are two people, `local` and `other`, so that one can be seen to see nothing of the other.
    """
    people = {"LOCAL_USERS": "local:threadline,other:threadline"}
    with backend_server(agent_pace=0.1, environment=people) as server:
        yield server


@pytest.fixture(scope="session")
def three_calls_server() -> Iterator[BackendServer]:
    """The same in the form of the user's own server: three calls, user messages pushed only."""
    with backend_server("--three-calls", agent_pace=0.1) as server:
        yield server


@pytest.fixture(scope="session")
def sockudo_behind_proxy() -> Iterator[BackendServer]:
    """Three calls and the real Sockudo, as the user's own server has them; lines break in a proxy
    before Sockudo.
    """
    with (
        sockudo_server() as sockudo,
        backend_server("--three-calls", agent_pace=0.1, sockudo=sockudo) as server,
        fault_proxy(server) as proxy,
    ):
        server.faults.proxy = proxy
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
def form(request: pytest.FixtureRequest) -> str:
    """What the server knows: the whole contract, or three calls."""
    return str(request.param)


@pytest.fixture
def server(request: pytest.FixtureRequest, form: str) -> BackendServer:
    """The back end without faults, and with a token that is good."""
    chosen: BackendServer = request.getfixturevalue(SERVERS[form])
    chosen.faults.reset()
    if form == "whole":
        chosen.sign_in()
    return chosen


def settings_for(
    server: BackendServer, host: str, proxy: FaultProxy | None = None
) -> dict[str, object]:
    """Return the settings that lead the extension to this server, whatever it was built for."""
    reached = server if proxy is None else proxy
    return {
        "engineHost": host,
        "apiBase": reached.api,
        "authEndpoint": f"{reached.api}/api/pusher/auth",
        "pusherKey": server.key,
        "pusherHost": "127.0.0.1",
        "pusherPort": reached.pusher_port,
    }


def begin(browser: ExtensionBrowser, server: BackendServer, settings: dict[str, object]) -> None:
    """Leave no page open and no engine running, and sign the person in."""
    browser.close_pages()
    browser.forget_engine()
    browser.messages.clear()
    browser.store(accessToken=server.token, settings=settings, wsConnectionState=None)


@pytest.fixture
def host(request: pytest.FixtureRequest) -> str:
    """Where the engine runs."""
    return str(request.param)


@pytest.fixture
def browser(
    running_browser: ExtensionBrowser, server: BackendServer, host: str
) -> ExtensionBrowser:
    """The browser with no page open, no engine running, and the person signed in."""
    begin(running_browser, server, settings_for(server, host))
    return running_browser


@pytest.fixture
def session(server: BackendServer) -> str:
    """A conversation of the test's own."""
    return server.new_session("A test")


@pytest.fixture
def empty_outbox(browser: ExtensionBrowser) -> None:
    """The browser holds no text that an earlier test left unsent."""
    transact(browser, "threadline", ["outbox"], "clear", write=True)


@pytest.fixture
def panel(browser: ExtensionBrowser, session: str) -> Page:
    """The panel on that conversation, connected."""
    page = browser.open_panel(session)
    connected(page)
    return page


# --- behind the fault proxy: tests/e2e/test_faults_*.py -----------------------------------------


@pytest.fixture(scope="session")
def fault_servers() -> Iterator[dict[str, BackendServer]]:
    """A back end of each form, with two people, that has its sockets pinged after 2 s of silence.

    The extension takes the shorter of its own limit (20 s) and the server's: so that a dead line is
    noticed within a test's patience, and by nothing but the product's own rule.
    """
    flags = ("--activity-timeout", "2")
    environment = {"LOCAL_USERS": "local:threadline,other:secret"}
    with (
        backend_server(*flags, agent_pace=0.1, environment=environment) as whole,
        backend_server(
            *flags, "--three-calls", agent_pace=0.1, environment=environment
        ) as three_calls,
    ):
        yield {"whole": whole, "three_calls": three_calls}


@pytest.fixture(scope="session")
def fault_proxies(fault_servers: dict[str, BackendServer]) -> Iterator[dict[str, FaultProxy]]:
    """A proxy before each of them."""
    with (
        fault_proxy(fault_servers["whole"]) as whole,
        fault_proxy(fault_servers["three_calls"]) as three_calls,
    ):
        yield {"whole": whole, "three_calls": three_calls}


@pytest.fixture(scope="session")
def fault_dist(
    fault_servers: dict[str, BackendServer],
    fault_proxies: dict[str, FaultProxy],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The extension, built for the proxy before the whole server."""
    out = tmp_path_factory.mktemp("fault_dist")
    build_extension(out, fault_servers["whole"], fault_proxies["whole"])
    return out


@pytest.fixture(scope="session")
def fault_browser(playwright: Playwright, fault_dist: Path) -> Iterator[ExtensionBrowser]:
    """Chromium with that extension."""
    with extension_browser(playwright, fault_dist) as browser:
        yield browser


@pytest.fixture
def fault_form() -> str:
    """What the server behind the proxy knows: `whole`, unless a test asks for both."""
    return "whole"


@pytest.fixture
def fault_host() -> str:
    """Where the engine runs: in the background, unless a test asks for something else."""
    return "offscreen"


@pytest.fixture
def stage(
    request: pytest.FixtureRequest,
    fault_browser: ExtensionBrowser,
    fault_servers: dict[str, BackendServer],
    fault_proxies: dict[str, FaultProxy],
    fault_form: str,
    fault_host: str,
) -> Iterator[FaultStage]:
    """A conversation behind the proxy: nothing wrong yet, no page open, the person signed in."""
    server, proxy = fault_servers[fault_form], fault_proxies[fault_form]
    proxy.heal()
    server.faults.reset()
    server.sign_in()
    begin(fault_browser, server, settings_for(server, fault_host, proxy))
    proxy.forget()
    healings = request.config.stash.setdefault(HEALINGS, [])
    session = server.new_session("A test")
    yield FaultStage(fault_browser, server, proxy, session, fault_host, healings)
    proxy.heal()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how long it took from the end of each fault until panel and server were equal."""
    healings = config.stash.get(HEALINGS, [])
    if healings:
        terminalreporter.write_line(
            f"From the end of a fault to equal lists: {len(healings)} faults, "
            f"median {statistics.median(healings):.2f} s, longest {max(healings):.2f} s"
        )

"""A browser shows 1006 and no more: what the person reads behind the badge all the same.

SPEC.md D2. The push server is another origin for which the extension has no permission, so this is
also what a browser lets a page find out there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import begin, settings_for
from tests.support.panel_page import badge_says, connected
from tests.support.sockudo_server import free_port, sockudo_server

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

pytestmark = pytest.mark.parametrize("form", ["whole"], indirect=True)


def opened(
    browser: ExtensionBrowser, server: BackendServer, host: str, session: str, **settings: object
) -> Page:
    """Open the panel with other settings of the push server, and what is behind its badge."""
    begin(browser, server, {**settings_for(server, host), **settings})
    page = browser.open_panel(session)
    page.locator("#badge").click()
    return page


def says(page: Page, cause: str, cure: str) -> None:
    """Wait until the panel behind the badge says both."""
    sheet = page.locator("#connection")
    expect(sheet).to_contain_text(cause)
    expect(sheet).to_contain_text(cure)


def test_nobody_at_the_push_servers_address(
    browser: ExtensionBrowser, server: BackendServer, host: str, session: str
) -> None:
    """Two questions, with and without TLS, and no answer; REST works."""
    page = opened(browser, server, host, session, pusherPort=free_port())

    says(page, "nothing answers at the push server's address", "Compare host, port and TLS")
    badge_says(page, "reconnecting")


def test_a_key_that_the_push_server_does_not_know(
    browser: ExtensionBrowser, server: BackendServer, host: str, session: str
) -> None:
    """By the server's own code where it gives one, else by what an HTTP question tells."""
    page = opened(browser, server, host, session, pusherKey="unknown")

    says(page, "does not know the app key", "Compare the app key in the settings")


def test_tls_where_the_push_server_has_none(
    browser: ExtensionBrowser, server: BackendServer, host: str, session: str
) -> None:
    """The question without TLS is answered, if only by something that may not be read."""
    page = opened(browser, server, host, session, pusherTls=True)

    says(page, "without TLS only", "Turn TLS off in the settings")
    browser.store(settings=settings_for(server, host))
    connected(page)


@pytest.mark.sockudo
def test_the_real_server_asked_too_often(
    browser: ExtensionBrowser, server: BackendServer, host: str, session: str
) -> None:
    """Sockudo's rate limiter: 429 at the upgrade, which is 1006 here, and 429 to the question."""
    with sockudo_server(connects_per_minute=1, more={"SOCKUDO_DEFAULT_APP_KEY": "x"}) as sockudo:
        page = opened(browser, server, host, session, pusherPort=sockudo.port)

        says(page, "asked too often from this network (429)", "Wait a minute")

"""How long the engine stays, and what brings it back: closed panels, a killed browser, a new start.

The alarm that looks after the engine is rung by hand: Chrome's own takes half a minute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Playwright, expect

from tests.e2e.conftest import settings_for
from tests.e2e.test_options import open_options
from tests.support.extension_browser import extension_browser
from tests.support.panel_page import answered, articles, connected, send, sequences

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

INTERACT = "/api/agent/interact"

# How long an engine lives is not for the server to say.
pytestmark = pytest.mark.parametrize("form", ["whole"], indirect=True)
offscreen = pytest.mark.parametrize("host", ["offscreen"], indirect=True)


def stay_connected(browser: ExtensionBrowser, server: BackendServer, host: str, how: str) -> None:
    """Choose how long the engine stays without a panel."""
    browser.store(settings={**settings_for(server, host), "background": how})


def wait_for_engine(browser: ExtensionBrowser, *, there: bool) -> None:
    """Wait until the engine's document is there, or gone."""
    browser.wait_until(lambda: browser.has_engine() is there, f"the engine is not {there=}")


def wait_for_socket(browser: ExtensionBrowser, server: BackendServer) -> None:
    """Wait until one socket is open and the session's channel joined on it."""
    browser.wait_until(
        lambda: list(server.faults.joined_channels().values()) == [1], "no channel was joined"
    )


def wait_for_text(
    browser: ExtensionBrowser, server: BackendServer, session: str, text: str
) -> None:
    """Wait until the server has a text; it must have it once, and once only."""

    def arrived() -> bool:
        return any(message["content"] == text for message in server.messages(session))

    browser.wait_until(arrived, f"{text!r} was not sent")
    browser.wait_until(
        lambda: any(message["role"] == "assistant" for message in server.messages(session)),
        "the agent did not answer",
    )
    assert [message["content"] for message in server.messages(session)].count(text) == 1


@offscreen
def test_off_ends_the_connection_with_the_last_panel(
    browser: ExtensionBrowser, server: BackendServer, session: str, host: str
) -> None:
    """SPEC.md B2: no engine, no socket, nothing that wakes the browser; the next panel is live."""
    stay_connected(browser, server, host, "off")
    connected(browser.open_panel(session))

    browser.close_pages()

    wait_for_engine(browser, there=False)
    browser.wait_until(lambda: server.faults.open_sockets() == 0, "a socket is still open")
    assert not browser.has_alarm()
    connected(browser.open_panel(session))


@offscreen
def test_by_itself_it_stays_a_while_and_the_next_panel_is_live_at_once(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md B3; ux.md S14: what comes in with no panel open is there when one is opened."""
    connected(browser.open_panel(session))
    browser.close_pages()
    server.faults.add_messages(session, "While nobody looked")

    page = browser.open_panel(session)

    expect(articles(page)).to_have_count(1)
    connected(page)
    assert server.faults.open_sockets() == 1


def test_always_comes_back_when_the_engine_ends(
    browser: ExtensionBrowser, server: BackendServer, session: str, host: str
) -> None:
    """SPEC.md B4, on both hosts: no panel is open, and the channel is joined again."""
    stay_connected(browser, server, host, "always")
    connected(browser.open_panel(session))
    browser.close_pages()
    if browser.has_engine():
        browser.kill_engine()
    browser.wait_until(lambda: server.faults.open_sockets() == 0, "a socket is still open")

    browser.ring_alarm()

    wait_for_engine(browser, there=True)
    wait_for_socket(browser, server)


def test_a_text_goes_out_though_the_panel_is_closed_and_the_engine_dies(
    browser: ExtensionBrowser, server: BackendServer, session: str, host: str
) -> None:
    """SPEC.md B5, O8; ux.md S3: on both hosts, with the setting Off: once, no panel open."""
    stay_connected(browser, server, host, "off")
    page = browser.open_panel(session)
    connected(page)
    server.faults.spoil_answers(INTERACT, status=503, count=2)
    send(page, "Sent with the panel closed")
    expect(articles(page)).to_have_attribute("data-status", "queued")

    browser.close_pages()
    if browser.has_engine():
        browser.kill_engine()
    server.faults.reset()
    browser.ring_alarm()

    wait_for_text(browser, server, session, "Sent with the panel closed")


@offscreen
def test_the_setting_is_chosen_on_the_settings_page(
    browser: ExtensionBrowser, session: str
) -> None:
    """SPEC.md B4, P7; ux.md S14: kept in storage, and in force at once."""
    connected(browser.open_panel(session))
    page = open_options(browser)
    group = page.get_by_role("radiogroup", name="Stay connected in the background")
    expect(group.get_by_role("radio", name="During a run")).to_be_checked()

    group.get_by_role("radio", name="Always").check()

    expect(page.get_by_text("Saved.")).to_be_visible()
    assert browser.stored("settings")["background"] == "always"
    browser.wait_until(lambda: browser.stored("engineWanted") is True, "the engine is not kept")


def test_a_killed_browser_sends_what_waited_when_it_starts_again(
    playwright: Playwright, dist: Path, server: BackendServer, session: str, tmp_path: Path
) -> None:
    """SPEC.md B5, O1, O8; ux.md S3: SIGKILL with a text in the air, a new start without a panel."""
    with extension_browser(playwright, dist, tmp_path) as browser:
        browser.store(accessToken=server.token, settings=settings_for(server, "offscreen"))
        page = browser.open_panel(session)
        connected(page)
        server.faults.spoil_answers(INTERACT, status=503, count=1000)
        send(page, "Written before the power cut")
        expect(articles(page)).to_have_attribute("data-status", "queued")
        browser.kill()
    assert server.messages(session) == []
    server.faults.reset()

    with extension_browser(playwright, dist, tmp_path) as browser:
        browser.context.new_page()
        wait_for_text(browser, server, session, "Written before the power cut")
        page = browser.open_panel(session)
        connected(page)
        answered(page)
        assert sequences(page) == list(range(1, len(server.messages(session)) + 1))


def test_a_browser_that_starts_is_connected_where_that_was_chosen(
    playwright: Playwright, dist: Path, server: BackendServer, session: str, tmp_path: Path
) -> None:
    """SPEC.md B4: Always means from the browser's start on, with no panel open."""
    with extension_browser(playwright, dist, tmp_path) as browser:
        chosen = {**settings_for(server, "offscreen"), "background": "always"}
        browser.store(accessToken=server.token, settings=chosen)
        connected(browser.open_panel(session))
        browser.kill()
    with extension_browser(playwright, dist, tmp_path) as browser:
        browser.context.new_page()
        wait_for_engine(browser, there=True)
        wait_for_socket(browser, server)

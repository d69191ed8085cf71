"""The diagnostics page: a PyScript page that shows what the engine knows (ux.md B8, B19)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.extension_browser import BOOT_LIMIT
from tests.support.panel_page import articles

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser


# What the server knows makes no difference here.
pytestmark = pytest.mark.parametrize("form", ["whole"], indirect=True)


def open_diagnostics(browser: ExtensionBrowser) -> Page:
    """Open the page, and wait until its Python shows what the engine tells."""
    page = browser.context.new_page()
    page.goto(browser.url("diagnostics.html"))
    expect(page.get_by_role("button", name="Copy report")).to_be_enabled(timeout=BOOT_LIMIT)
    return page


def test_it_shows_the_engine_live(
    panel: Page, browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md P9: how the connection stands, and what happens to it, as it happens."""
    page = open_diagnostics(browser)
    conversations = page.get_by_role("region", name="Conversations in memory")
    recorder = page.get_by_role("region", name="Flight recorder")
    expect(page.locator("[data-slot=summary]")).to_contain_text("Connected")
    expect(conversations).to_contain_text("joined")
    expect(recorder).to_contain_text("pusher:connection_established")

    server.faults.add_messages(session, "One more")
    server.faults.cut_sockets(4200)

    expect(page.locator("[data-slot=counts]")).to_contain_text("received: new_message")
    expect(page.locator("[data-slot=counts]")).to_contain_text("Frame to paint")
    expect(recorder).to_contain_text("closed with 4200")
    expect(articles(panel)).to_have_count(1)


def test_the_report_holds_nothing_secret(
    panel: Page, browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md P9; ux.md B8: states, codes and figures; no token, no text, no id, no title."""
    server.faults.add_messages(session, "Nobody else reads this")
    expect(articles(panel)).to_have_count(1)
    browser.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_diagnostics(browser)
    expect(page.locator("[data-slot=counts]")).to_contain_text("received: new_message")

    page.get_by_role("button", name="Copy report").click()

    expect(page.get_by_role("status")).to_contain_text("in the clipboard")
    report: str = page.evaluate("() => navigator.clipboard.readText()")
    assert re.search(r"^Badge: Connected$", report, re.MULTILINE)
    assert re.search(r"socket \d+ opening to 127\.0\.0\.1:\d+$", report, re.MULTILINE)
    for secret in (server.token, session, "Nobody else", "A test"):
        assert secret not in report


def test_it_shows_what_the_browser_measured(panel: Page, browser: ExtensionBrowser) -> None:
    """Ux.md B19: the first paint as Chrome's own timeline has it, how Python booted, and pushes."""
    [first] = panel.evaluate(
        "() => performance.getEntriesByName('first-contentful-paint').map((one) => one.startTime)"
    )
    page = open_diagnostics(browser)

    summary = page.locator("[data-slot=summary]")
    expect(summary).to_contain_text(f"First paint of the last panel{first:.0f} ms")
    expect(summary).to_contain_text(re.compile(r"Python.* ms"))
    expect(page.locator("[data-slot=counts]")).to_contain_text("Frame to paint")


def test_it_can_be_paused_and_tests_the_connection(panel: Page, browser: ExtensionBrowser) -> None:
    """What an engineer reads stays still; the connection test is the one of the settings."""
    page = open_diagnostics(browser)

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Pause")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Test connection").click()

    for check in ("server", "token", "push", "channel", "event"):
        expect(page.locator(f"[data-check={check}]")).to_have_attribute("data-outcome", "ok")
    expect(panel.locator("#badge")).to_have_attribute("data-connection-state", "connected")


def test_the_settings_lead_there(browser: ExtensionBrowser) -> None:
    """A link on the settings page."""
    page = browser.context.new_page()
    page.goto(browser.url("options.html"))

    with browser.context.expect_page() as opened:
        page.get_by_role("link", name="Open diagnostics").click()

    expect(opened.value.get_by_role("heading", name="Diagnostics")).to_be_visible()

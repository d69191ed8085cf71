"""axe-core in the real pages, in every main state and in both themes (ux.md 5.9, M26)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.e2e.hosts_and_forms import one_pair
from tests.support.axe import violations
from tests.support.extension_browser import BOOT_LIMIT
from tests.support.panel_page import answered, articles, badge_says, connected, send

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

# Host and server make no difference to what a page looks like in a state.
pytestmark = [
    one_pair,
]


def test_a_conversation_has_no_fault(panel: Page, server: BackendServer) -> None:
    """Ux.md M26: an empty session, a turn and a failed send, the drawer, the line."""
    expect(panel.get_by_role("heading", name="What should the agent do?")).to_be_visible()
    assert violations(panel) == []

    send(panel, "Book a table")
    answered(panel)
    server.faults.spoil_answers("/api/agent/interact", status=400, body='{"error": "No"}')
    send(panel, "Refused")
    expect(articles(panel).last).to_have_attribute("data-status", "failed")
    assert violations(panel) == []

    panel.get_by_role("button", name="Conversations").click()
    expect(panel.get_by_role("navigation", name="Conversations")).to_be_visible()
    assert violations(panel) == []
    panel.keyboard.press("Escape")
    panel.locator("#badge").click()
    expect(panel.get_by_role("dialog", name="Connection")).to_be_visible()
    assert violations(panel) == []
    panel.keyboard.press("Escape")
    articles(panel).last.get_by_role("button", name="Remove").click()
    expect(panel.locator("article[data-status=failed]")).to_have_count(0)


def test_a_session_that_loads_has_no_fault(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md M26, M25: the skeleton, while the first page of a history is on its way."""
    server.faults.add_messages(session, "Late", count=2)
    server.faults.spoil_answers("/api/session/*/messages", delay=8.0, count=2)
    page = browser.open_panel(session)

    expect(page.get_by_text("Loading conversation")).to_be_attached()

    assert violations(page) == []


def test_polling_has_no_fault(browser: ExtensionBrowser, session: str) -> None:
    """Ux.md M26: without a push server, with the banner that says so."""
    settings = browser.stored("settings")
    browser.store(settings={**settings, "pusherHost": "", "pusherKey": ""})
    page = browser.open_panel(session)
    badge_says(page, "fallback")

    assert violations(page) == []


def test_signed_out_has_no_fault(browser: ExtensionBrowser, session: str) -> None:
    """Ux.md M26, M25: no token, and a way to sign in."""
    browser.store(accessToken=None)
    page = browser.open_panel(session)
    badge_says(page, "disconnected")
    expect(page.locator("[data-banner=no_token]")).to_be_visible()

    assert violations(page) == []


def test_settings_and_diagnostics_have_no_fault(panel: Page, browser: ExtensionBrowser) -> None:
    """Ux.md M26: both pages, the settings also with errors and a finished connection test."""
    page = browser.context.new_page()
    page.goto(browser.url("options.html"))
    expect(page.get_by_label("API base URL")).not_to_have_value("", timeout=BOOT_LIMIT)
    assert violations(page) == []
    page.get_by_role("button", name="Test connection").click()
    expect(page.locator("[data-check=event]")).to_have_attribute("data-outcome", "ok")
    page.get_by_label("Port").fill("70000")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Port")).to_have_attribute("aria-invalid", "true")
    assert violations(page) == []
    connected(panel)

    page.goto(browser.url("diagnostics.html"))
    expect(page.get_by_role("button", name="Copy report")).to_be_enabled(timeout=BOOT_LIMIT)
    assert violations(page) == []

"""What has no place of its own on the page: a notice that stays long enough, and says a way out.

Chrome cannot be made to refuse: these tests stand in for it at its API (`chrome.sidePanel.open`,
`navigator.clipboard.writeText`), and for the clock at `setTimeout`, so that nobody waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from playwright.sync_api import Page, expect

from tests.e2e.hosts_and_forms import one_pair
from tests.support.panel_page import articles, connected

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

# The page is the same on both hosts, and the form of the server adds nothing.
pytestmark = one_pair

REFUSING: Final = """() => {
  chrome.sidePanel.open = async () => { throw new Error('No gesture'); };
  navigator.clipboard.writeText = async () => { throw new Error('Not allowed'); };
  document.documentElement.dataset.surface = 'popup';
}"""
# A timer of six seconds rings when it is told to.
HELD_TIMERS: Final = """() => {
  const { setTimeout: real, clearTimeout: clear } = globalThis;
  globalThis.timers = new Map();
  globalThis.setTimeout = (run, delay, ...more) => {
    const id = real(delay === 6000 ? () => {} : run, delay, ...more);
    if (delay === 6000) timers.set(id, run);
    return id;
  };
  globalThis.clearTimeout = (id) => { timers.delete(id); clear(id); };
}"""
RING: Final = "() => { for (const run of [...timers.values()]) run(); }"


def runs(page: Page, *, is_running: bool) -> None:
    """Wait until the notice's time runs, or is held."""
    page.wait_for_function("(count) => timers.size === count", arg=int(is_running))


def test_what_has_no_place_of_its_own_is_said_long_enough(
    panel: Page, browser: ExtensionBrowser, session: str
) -> None:
    """Ux.md S16: for six seconds, held by the pointer and by the focus, told to readers once."""
    panel.evaluate(REFUSING)
    panel.evaluate(HELD_TIMERS)
    notice = panel.get_by_role("group", name="Notice")
    panel.get_by_role("button", name="Conversations").click()

    panel.get_by_role("button", name="Open in side panel").click()

    expect(notice).to_contain_text("Chrome did not open the side panel.")
    expect(panel.locator("#announcer")).to_have_text("Chrome did not open the side panel.")
    panel.mouse.move(0, 0)
    runs(panel, is_running=True)
    notice.hover()
    runs(panel, is_running=False)
    panel.mouse.move(0, 0)
    runs(panel, is_running=True)
    notice.get_by_role("button", name="Close").focus()
    runs(panel, is_running=False)
    panel.get_by_role("searchbox", name="Search conversations").focus()
    runs(panel, is_running=True)
    panel.evaluate(RING)
    expect(notice).to_be_hidden()

    panel.get_by_role("button", name="Open in side panel").click()
    with browser.context.expect_page() as opened:
        notice.get_by_role("button", name="Open in a tab").click()
    connected(opened.value)
    assert opened.value.url.endswith(f"panel.html?session={session}")
    expect(notice).to_be_hidden()


def test_what_cannot_be_copied_is_said(panel: Page, server: BackendServer, session: str) -> None:
    """Ux.md S16, M17: with what the person can do instead; Escape takes it away."""
    server.faults.add_messages(session, "To be copied")
    expect(articles(panel)).to_have_count(1)
    panel.evaluate(REFUSING)

    articles(panel).hover()
    panel.get_by_role("button", name="Copy message").click()

    notice = panel.get_by_role("group", name="Notice")
    expect(notice).to_contain_text("Select the text and press Ctrl+C.")
    notice.get_by_role("button", name="Close").focus()
    panel.keyboard.press("Escape")
    expect(notice).to_be_hidden()

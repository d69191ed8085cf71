"""The live line as a person sees it: what the badge says, and what the panel behind it does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.e2e.hosts_and_forms import one_pair
from tests.support.panel_page import articles, badge_says, connected, texts_are

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

pytestmark = [
    one_pair,
]

A_SECOND = 1_000  # ms in which the badge and a message follow what is so (ux.md M5, M6)

# Notes every word that the badge shows from now on.
WATCH = """() => {
  globalThis.told = [];
  const badge = document.getElementById('badge');
  const note = () => told.push(badge.dataset.connectionState);
  note();
  new MutationObserver(note).observe(badge, { attributeFilter: ['data-connection-state'] });
}"""

# Notes what the polite region says, and how each message was to be told when it came in.
LISTEN = """() => {
  globalThis.said = [];
  globalThis.live = [];
  const announcer = document.getElementById('announcer');
  const log = document.getElementById('log');
  new MutationObserver(() => said.push(announcer.textContent))
    .observe(announcer, { childList: true });
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) if (node.tagName === 'ARTICLE') live.push(log.ariaLive);
    }
  }).observe(log, { childList: true });
}"""


def test_what_another_device_writes_appears_once_also_after_reconnects(
    panel: Page, server: BackendServer, session: str
) -> None:
    """Ux.md M5, M9: within a second, in order, once; also what came while the line was cut."""
    server.faults.add_messages(session, "From elsewhere")
    texts_are(panel, ["From elsewhere"], A_SECOND)
    texts = ["From elsewhere"]
    for number in range(3):
        server.faults.cut_sockets()
        server.faults.add_messages(session, f"After cut {number}")
        texts.append(f"After cut {number}")
        connected(panel)
        texts_are(panel, texts)


def test_the_badge_follows_the_channel_and_not_the_socket(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md M6: never Connected while the join is refused; down within a second; why, in words."""
    server.faults.spoil_answers("/api/pusher/auth", status=403, body='{"error": "No"}', count=100)
    page = browser.open_panel(session, wait=False)
    page.evaluate(WATCH)
    badge_says(page, "failed")
    assert "connected" not in page.evaluate("() => told")
    expect(page.locator("#badge")).to_have_attribute("title", re.compile("cannot open this chat"))
    server.faults.reset()
    page.locator("#badge").click()
    page.get_by_role("button", name="Reconnect now").click()
    connected(page)

    server.faults.refuse_sockets(30.0)
    server.faults.cut_sockets()
    badge_says(page, "reconnecting", A_SECOND)
    expect(page.locator("#badge .icon")).to_have_class(re.compile("icon-arrows"))
    sheet = page.get_by_role("dialog", name="Connection")
    for words in ("Transport", "Last event", "Attempt", "Last error"):
        expect(sheet).to_contain_text(words)
    server.faults.refuse_sockets(0.0)


def test_reconnect_now_is_one_attempt_and_the_countdown_stays_true(
    panel: Page, server: BackendServer, session: str
) -> None:
    """Ux.md M7: at once; what is said of the next attempt is so; back, all is as it was."""
    server.faults.refuse_sockets(600.0)
    server.faults.cut_sockets()
    panel.locator("#badge").click()
    sheet = panel.get_by_role("dialog", name="Connection")
    expect(sheet).to_contain_text("Next try")
    expect(sheet).to_contain_text(re.compile(r"Attempt\s*[2-5] of 5"))
    before = sheet.inner_text()

    panel.get_by_role("button", name="Reconnect now").click()

    expect(sheet).not_to_have_text(before)
    expect(sheet.locator("time[data-format=countdown]")).to_have_text(
        re.compile(r"^(in \d+ s|soon|now)$")
    )
    server.faults.refuse_sockets(0.0)
    panel.get_by_role("button", name="Reconnect now").click()
    connected(panel)
    server.faults.add_messages(session, "Live again")
    expect(articles(panel)).to_have_count(1)


def test_coming_back_is_told_once_with_the_count_of_what_came(
    panel: Page, server: BackendServer, session: str
) -> None:
    """Ux.md B10: four messages, one sentence; the log is silent meanwhile, and speaks again."""
    panel.evaluate(LISTEN)
    server.faults.refuse_sockets(600.0)
    server.faults.cut_sockets()
    badge_says(panel, "reconnecting")
    server.faults.add_messages(session, "While you were away", count=4, role="assistant")
    server.faults.refuse_sockets(0.0)

    panel.locator("#badge").click()
    panel.get_by_role("button", name="Reconnect now").click()

    connected(panel)
    expect(panel.locator("#announcer")).to_contain_text("Back online. 4 new messages.")
    assert panel.evaluate("() => live") == ["off"] * 4
    assert "".join(panel.evaluate("() => said")).count("Back online") == 1
    expect(panel.locator("#log")).to_have_attribute("aria-live", "polite")

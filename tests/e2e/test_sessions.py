"""Several conversations: what is new in those not on show, and switching as fast as a hand can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.panel_page import articles, connected

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

# The list of conversations is the whole server's.
pytestmark = [
    pytest.mark.parametrize("host", ["offscreen"], indirect=True),
    pytest.mark.parametrize("form", ["whole"], indirect=True),
]

# Presses the list's buttons in turn, twenty times in two seconds, and notes whatever is drawn that
# does not belong to the conversation that the page is turned to.
SWITCH = """async (sessions) => {
  const foreign = [];
  const look = () => {
    const texts = [...document.querySelectorAll('#log article .text')];
    const told = new Set(texts.map(({ textContent }) => textContent.split(' ')[0]));
    if (told.size > 1) foreign.push([...told]);
  };
  const watch = new MutationObserver(look);
  watch.observe(document.getElementById('log'), { childList: true, subtree: true });
  for (let turn = 0; turn < 20; turn += 1) {
    const session = sessions[turn % sessions.length];
    document.querySelector(`button[data-session="${session}"]`).click();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  watch.disconnect();
  return foreign;
}"""


def toolbar(browser: ExtensionBrowser) -> str:
    """Return what the toolbar button shows."""
    return str(browser.worker().evaluate("() => chrome.action.getBadgeText({})"))


def switch(page: Page, session: str) -> None:
    """Choose a conversation from the list."""
    page.get_by_role("button", name="Conversations").click()
    page.locator(f"button[data-session='{session}']").click()


def test_what_is_new_elsewhere_is_counted_until_it_is_seen(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md V9: in the list and on the toolbar button; shown at the end of the list is seen."""
    other = server.new_session("Another one")
    page = browser.open_panel(other)
    connected(page)
    switch(page, session)
    connected(page)

    server.faults.add_messages(other, "You missed this", count=2, role="assistant")

    page.get_by_role("button", name="Conversations").click()
    row = page.locator(f"button[data-session='{other}']")
    expect(row.locator(".count")).to_have_text("2 new")
    browser.wait_until(lambda: toolbar(browser) == "2", "the toolbar button says nothing")
    row.click()
    expect(articles(page)).to_have_count(2)
    browser.wait_until(lambda: toolbar(browser) == "", "the toolbar button still counts")


def test_twenty_switches_in_two_seconds_draw_nothing_foreign(
    browser: ExtensionBrowser, server: BackendServer
) -> None:
    """SPEC.md V10, fault 77: with slow reads; the last one wins, and each is read once."""
    names = ("Apple", "Berry", "Cherry")
    sessions = [server.new_session(name) for name in names]
    for name, one in zip(names, sessions, strict=True):
        server.faults.add_messages(one, f"{name} text", count=3)
    page = browser.open_panel(server.new_session("Begin"))
    connected(page)
    server.faults.spoil_answers("/api/session/*/messages", delay=0.7, count=9)

    foreign = page.evaluate(SWITCH, sessions)

    last = names[19 % len(names)]
    expect(articles(page)).to_have_count(3)
    expect(articles(page).first).to_contain_text(last)
    assert foreign == []
    expect(page).to_have_title(f"{last} · Threadline")
    connected(page)

"""What stands where nothing is yet, something waits, or something is missing: with a way out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from playwright.sync_api import Page, Playwright, expect

from tests.e2e.conftest import settings_for
from tests.e2e.hosts_and_forms import one_pair
from tests.support.extension_browser import extension_browser
from tests.support.panel_page import articles, connected, send, sequences

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

# The page is the same on both hosts, and the form of the server adds nothing.
pytestmark = one_pair

INTERACT: Final = "/api/agent/interact"
NOBODY: Final = "00000000-0000-0000-0000-000000000000"
BEFORE_PYTHON: Final = """() => {
  const log = document.getElementById('log');
  const box = document.getElementById('message');
  box.focus();
  document.execCommand('insertText', false, 'Typed at once');
  return [log.ariaBusy, log.querySelectorAll('article').length];
}"""


def test_text_is_on_show_before_python_is(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md M3: what was read is there while the engine starts, and what is typed then stays."""
    server.faults.add_messages(session, "Read before", count=3)
    page = browser.open_panel(session)
    connected(page)
    expect(articles(page)).to_have_count(3)
    page.close()
    browser.forget_engine()

    page = browser.open_panel(session, wait=False)

    assert page.evaluate(BEFORE_PYTHON) == ["true", 3]
    connected(page, 45_000)
    expect(page.get_by_role("textbox", name="Message")).to_have_value("Typed at once")
    page.get_by_role("textbox", name="Message").fill("")


def test_a_hole_is_shown_in_its_place_and_closes(
    panel: Page, server: BackendServer, session: str
) -> None:
    """Ux.md B2: one push is lost, and the server does not answer at first."""
    server.faults.add_messages(session, "One")
    expect(articles(panel)).to_have_count(1)
    for call in ("changes", "messages"):
        server.faults.spoil_answers(f"/api/session/{session}/{call}", status=503, count=1)
    server.faults.drop_pushes(1)
    server.faults.add_messages(session, "Two, lost on the way")

    server.faults.add_messages(session, "Three")

    hole = panel.locator(".gap")
    expect(hole).to_contain_text("1 message missing")
    assert hole.evaluate("(row) => row.nextElementSibling.dataset.sequence") == "3"
    expect(articles(panel)).to_have_count(3)
    expect(hole).to_have_count(0)
    assert sequences(panel) == [1, 2, 3]


def test_texts_wait_in_line_and_can_be_edited_and_removed(
    panel: Page, server: BackendServer, session: str
) -> None:
    """Ux.md S2: each says its place, and they are sent in order."""
    pause = {"retry-after": "4"}
    server.faults.spoil_answers(INTERACT, status=429, count=1, headers=pause)
    for text in ("First", "Second", "Third", "Fourth"):
        send(panel, text)
        expect(articles(panel).filter(has_text=text)).to_have_count(1)
    second, third, fourth = (articles(panel).nth(place) for place in (1, 2, 3))
    expect(second).to_contain_text("Queued (no. 2)")
    expect(fourth).to_contain_text("Queued (no. 4)")

    third.get_by_role("button", name="Remove").click()
    second.get_by_role("button", name="Edit").click()
    message = panel.get_by_role("textbox", name="Message")
    expect(message).to_have_value("Second")
    message.fill("Second, but better")
    message.press("Enter")

    expect(panel.locator("article[data-role=user][data-sequence]")).to_have_count(3)
    stored = [one["content"] for one in server.messages(session) if one["role"] == "user"]
    assert stored == ["First", "Fourth", "Second, but better"]


def test_every_state_has_a_sentence_and_a_way_out(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md M25: no token, empty, a dead token, no access, and a server that fails."""
    page = browser.open_panel(session)
    connected(page)
    expect(page.get_by_role("heading", name="What should the agent do?")).to_be_visible()
    page.locator(".example").first.click()
    message = page.get_by_role("textbox", name="Message")
    expect(message).not_to_have_value("")
    message.fill("")
    banner = page.locator("[data-slot=banner]")
    expect(banner).to_be_empty()

    browser.store(accessToken=None)
    expect(banner).to_contain_text("Sign in to talk to your agent.")
    expect(banner.get_by_role("button", name="Sign in")).to_be_visible()
    browser.store(accessToken="not-a-token")
    expect(banner).to_contain_text("Your sign-in has ended.")
    expect(banner.get_by_role("button", name="Sign in")).to_be_visible()
    browser.store(accessToken=server.token)
    connected(page)
    expect(banner).to_be_empty()

    page.goto(browser.url(f"panel.html?session={NOBODY}"))
    expect(banner).to_contain_text("cannot open this chat")
    expect(banner.get_by_role("button", name="Settings")).to_be_visible()
    other = server.new_session("Another")
    server.faults.add_messages(other, "There", push=False)
    server.faults.spoil_answers(f"/api/session/{other}/messages", status=500, count=100)
    page.goto(browser.url(f"panel.html?session={other}"))
    failed = banner.filter(has_text="History could not be loaded")
    expect(failed.or_(page.locator(".skeleton")).first).to_be_visible()
    server.faults.reset()
    expect(articles(page)).to_have_count(1)


def test_a_day_says_which_it_is_and_turns_at_midnight(
    playwright: Playwright, dist: Path, server: BackendServer, session: str, host: str
) -> None:
    """Ux.md M24: "Today" becomes "Yesterday" without a reload; pointing tells the whole moment.

    The clock that is put forward is the whole browser's, for good: this one has no other tests.
    """
    server.faults.add_messages(session, "A message", count=2)
    with extension_browser(playwright, dist) as browser:
        browser.store(accessToken=server.token, settings=settings_for(server, host))
        page = browser.context.new_page()
        page.clock.install()
        page.goto(browser.url(f"panel.html?session={session}"))
        connected(page, 45_000)
        first, second = articles(page).first, articles(page).last
        expect(first).to_have_attribute("data-day", "Today")
        expect(second).not_to_have_attribute("data-day", "Today")
        time = first.locator("time")
        time.hover()
        expect(time).to_have_attribute("title", re.compile(r"\d{4}"))

        page.clock.fast_forward(86_400_000)

        expect(first).to_have_attribute("data-day", "Yesterday")

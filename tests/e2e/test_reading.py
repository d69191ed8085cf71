"""Reading: a reader is never moved, older messages come when wanted, and a new chat begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import Page, expect

from tests.support.engine_process import quicken
from tests.support.panel_page import (
    answered,
    articles,
    connected,
    place_of,
    scroll_up,
    send,
    sequences,
    turn_to,
)

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

pytestmark = pytest.mark.parametrize("host", ["offscreen"], indirect=True)

# While `held` is a list, what the engine says to this page waits in it.
HOLD_BACK: Final = """
globalThis.held = null;
const engine = chrome.extension.getViews().find((page) => page.threadlineHost?.holdsEngine());
const { attachView } = engine.threadlineHost;
engine.threadlineHost.attachView = (view) => attachView({
  ...view,
  heard: (text) => {
    if (held === null) view.heard(text);
    else held.push({ text, tell: () => view.heard(text) });
  },
});
"""
# The wheel at the end, and all that waited, before the frame that tells of any scroll.
TURN_AND_LET_IN: Final = """
() => {
  const waiting = held;
  held = null;
  document.getElementById('scroller').dispatchEvent(new WheelEvent('wheel', { deltaY: 120 }));
  for (const { tell } of waiting) tell();
}
"""


@pytest.mark.parametrize("form", ["whole"], indirect=True)
def test_a_reader_is_not_moved_by_what_arrives_and_jumps_when_ready(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md M14 and M15: the text under the eyes stays; a pill counts what is new."""
    server.faults.add_messages(session, "A line to read", count=40)
    page = browser.open_panel(session)
    connected(page)
    expect(articles(page)).to_have_count(40)
    scroll_up(page, 900)
    pill = page.locator("#latest")
    expect(pill).to_be_visible()
    watched = 25
    before = place_of(page, watched)

    server.faults.add_messages(session, "News", count=3)

    expect(articles(page)).to_have_count(43)
    expect(pill).to_contain_text("3 new")
    assert abs(place_of(page, watched) - before) < 1.0
    pill.click()
    expect(articles(page).last).to_be_in_viewport()
    expect(pill).to_be_hidden()


@pytest.mark.parametrize("form", ["whole"], indirect=True)
def test_a_wheel_that_is_turned_at_the_end_does_not_leave_it(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md M14: two come in before the scroll event of the first; what comes next is followed."""
    server.faults.add_messages(session, "A line to read", count=40)
    page = browser.open_panel(session)
    page.add_init_script(HOLD_BACK)
    page.reload()
    connected(page)
    expect(articles(page).nth(39)).to_be_in_viewport()
    page.evaluate("() => { globalThis.held = []; }")
    for text in ("The first", "The second"):
        server.faults.add_messages(session, text)
        page.wait_for_function("(words) => held.some(({ text }) => text.includes(words))", arg=text)

    page.evaluate(TURN_AND_LET_IN)

    expect(articles(page).nth(41)).to_be_in_viewport()
    server.faults.add_messages(session, "The next")
    expect(articles(page).nth(42)).to_be_in_viewport()
    expect(page.locator("#latest")).to_be_hidden()


def test_older_messages_come_when_the_reader_goes_up_and_nothing_jumps(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md M30; roadmap task 6: the first visible message keeps its place to the pixel."""
    server.faults.add_messages(session, "History", count=160)
    page = browser.open_panel(session)
    connected(page)
    expect(articles(page)).to_have_count(50)
    first = sequences(page)[0]
    assert first == 111

    for oldest in (61, 11, 1):  # page by page, each asked for by going up to the top
        scroll_up(page, 100_000)
        expect(page.locator(f"article[data-sequence='{oldest}']")).to_have_count(1)

    assert sequences(page) == list(range(1, 161))


def test_a_new_chat_begins_with_its_first_message(
    panel: Page, browser: ExtensionBrowser, server: BackendServer, host: str, session: str
) -> None:
    """SPEC.md V5: an empty page, then a session of its own, while the old one is left alone."""
    quicken(browser, host, 10)  # an agent that is not pushed is read after ten seconds
    panel.get_by_role("button", name="New chat").first.click()
    expect(articles(panel)).to_have_count(0)
    send(panel, "The first of a new chat")

    answered(panel)
    connected(panel)
    assert server.messages(session) == []
    newest = browser.stored("wsConnectionState")["sessionId"]  # a server may have no list
    assert newest != session
    assert server.messages(newest)[0]["content"] == "The first of a new chat"


def test_each_session_keeps_its_own_draft(
    browser: ExtensionBrowser, server: BackendServer, form: str, session: str
) -> None:
    """Ux.md M19: what is typed and not sent is there again, in its own conversation."""
    other = server.new_session("Another")
    page = browser.open_panel(session)
    connected(page)
    box = page.get_by_role("textbox", name="Message")
    box.fill("Half a thought")

    turn_to(page, other, form)
    expect(box).to_have_value("")
    page.reload()
    connected(page)
    page.goto(browser.url(f"panel.html?session={session}"))

    expect(page.get_by_role("textbox", name="Message")).to_have_value("Half a thought")

"""Several conversations: what is new in those not on show, and switching as fast as a hand can."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.hosts_and_forms import one_pair
from tests.support.panel_page import answered, articles, connected

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

# The list of conversations is the whole server's.
pytestmark = [
    one_pair,
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
    document.querySelector(`button.session[data-session="${session}"]`).click();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  watch.disconnect();
  return foreign;
}"""

# Chooses a conversation and sends a text at the moment at which the engine is known to have ended.
TURN_AND_SEND = """([button, text]) => {
  const badge = document.getElementById('badge');
  new MutationObserver((_, watch) => {
    if (badge.dataset.connectionState !== 'connecting') return;
    watch.disconnect();
    document.querySelector(button).click();
    const box = document.getElementById('message');
    box.value = text;
    box.form.requestSubmit();
  }).observe(badge, { attributes: true });
}"""


def toolbar(browser: ExtensionBrowser) -> str:
    """Return what the toolbar button shows."""
    return str(browser.worker().evaluate("() => chrome.action.getBadgeText({})"))


def switch(page: Page, session: str) -> None:
    """Choose a conversation from the list."""
    page.get_by_role("button", name="Conversations").click()
    page.locator(f"button.session[data-session='{session}']").click()


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
    row = page.locator(f"button.session[data-session='{other}']")
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


def rows(page: Page) -> Locator:
    """Return the conversations in the list."""
    return page.get_by_role("navigation", name="Conversations").locator("button.session")


def open_menu(page: Page, title: str, item: str) -> None:
    """Choose what is to be done with a conversation of the open list."""
    page.get_by_role("button", name=f"More for {title}").click()
    page.get_by_role("menuitem", name=item).click()


@pytest.mark.parametrize("choice", ["new chat", "another"])
def test_what_is_written_goes_where_the_person_has_turned(
    browser: ExtensionBrowser, server: BackendServer, session: str, choice: str
) -> None:
    """SPEC.md V5: also while the engine, which is to show it, has ended and another one starts."""
    other = server.new_session("Another one")
    server.faults.add_messages(session, "Read here")
    page = browser.open_panel(session)
    connected(page)
    button = f"button.session[data-session='{other}']"
    expect(page.locator(button)).to_have_count(1)
    before, text = server.titles(), f"Written for {choice}"

    new_chat = "button[data-command='new_chat']"
    page.evaluate(TURN_AND_SEND, [new_chat if choice == "new chat" else button, text])
    browser.kill_engine()

    expect(articles(page).filter(has_text=text)).to_have_count(1)
    answered(page)
    texts = {one: [row["content"] for row in server.messages(one)] for one in server.titles()}
    [found] = [one for one, told in texts.items() if text in told]
    assert found == other if choice == "another" else found not in before
    assert texts[found].count(text) == 1


def test_the_list_is_searched_and_walked_with_the_keys(
    browser: ExtensionBrowser, server: BackendServer
) -> None:
    """Ux.md S7, M4: Ctrl+K, words in any order, arrows, Enter, Escape; a draft waits."""
    first = server.new_session("Réservation in Paris")
    server.new_session("Flights, Lisbon")
    page = browser.open_panel(first)
    connected(page)
    page.get_by_role("textbox", name="Message").fill("Half a line")

    page.keyboard.press("Control+k")
    search = page.get_by_role("searchbox", name="Search conversations")
    expect(search).to_be_focused()
    page.keyboard.type("paris rese")
    expect(rows(page)).to_have_text([re.compile("Réservation in Paris")])
    search.fill("nothing like it")
    expect(page.get_by_text("No conversation has that in its title.")).to_be_visible()
    search.fill("lisbon")
    expect(rows(page)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_title("Flights, Lisbon · Threadline")
    connected(page)

    page.keyboard.press("Control+k")
    expect(page.locator(f"button.session[data-session='{first}'] .session-draft")).to_have_text(
        "Draft: Half a line"
    )
    page.keyboard.press("ArrowDown")
    expect(rows(page).first).to_be_focused()
    page.keyboard.press("End")
    expect(rows(page).last).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    expect(search).to_be_focused()
    page.keyboard.press("Escape")
    expect(search).to_be_hidden()
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()


def test_a_draft_that_waits_is_marked(browser: ExtensionBrowser, server: BackendServer) -> None:
    """Ux.md S17: in italics, in its conversation's row, and gone with the draft."""
    first, other = server.new_session("With a draft"), server.new_session("Without")
    page = browser.open_panel(first)
    connected(page)
    page.get_by_role("textbox", name="Message").fill("Not sent yet")
    switch(page, other)
    connected(page)

    page.get_by_role("button", name="Conversations").click()
    marked = rows(page).filter(has_text="With a draft").locator(".session-draft")
    expect(marked).to_have_text("Draft: Not sent yet")
    expect(marked).to_have_css("font-style", "italic")
    rows(page).filter(has_text="With a draft").click()
    connected(page)
    page.get_by_role("textbox", name="Message").fill("")
    page.get_by_role("button", name="Conversations").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    expect(marked).to_have_count(0)


def test_two_windows_agree(browser: ExtensionBrowser, server: BackendServer) -> None:
    """Ux.md M31, S6: a new title, a pin, a draft, what is unread and the theme, in both at once."""
    shown, other = server.new_session("Shown here"), server.new_session("Named there")
    one, two = browser.open_panel(shown), browser.open_panel(other)
    connected(one)
    connected(two)
    for page in (one, two):
        page.get_by_role("button", name="Conversations").click()

    open_menu(one, "Named there", "Rename")
    one.get_by_role("textbox", name="Rename").fill("Another name")
    one.keyboard.press("Enter")
    for page in (one, two):
        expect(rows(page).filter(has_text="Another name")).to_have_count(1)
    expect(two).to_have_title("Another name · Threadline")
    assert server.titles()[other] == "Another name"
    open_menu(two, "Another name", "Pin")
    for page in (one, two):
        expect(page.get_by_role("heading", name="Pinned")).to_be_visible()
        expect(rows(page).first).to_contain_text("Another name")
    one.keyboard.press("Escape")
    two.keyboard.press("Escape")
    two.get_by_role("textbox", name="Message").fill("Typed there")
    one.get_by_role("button", name="Conversations").click()
    expect(rows(one).first.locator(".session-draft")).to_have_text("Draft: Typed there")
    one.evaluate("() => { localStorage.setItem('threadline.theme', 'dark'); }")
    expect(two.locator("html")).to_have_attribute("data-theme", "dark")
    one.evaluate("() => { localStorage.removeItem('threadline.theme'); }")
    two.close()
    server.faults.add_messages(other, "Unseen", count=3, role="assistant")
    expect(rows(one).first.locator(".count")).to_have_text("3 new")


def test_a_deletion_can_be_undone_and_is_carried_out(
    browser: ExtensionBrowser, server: BackendServer
) -> None:
    """SPEC.md V11; ux.md S6: back in place within 6 s; else gone, and no panel opens there."""
    kept, going = server.new_session("Kept"), server.new_session("Going")
    page = browser.open_panel(going)
    connected(page)
    page.get_by_role("button", name="Conversations").click()

    open_menu(page, "Going", "Delete")
    expect(page.get_by_text("“Going” is deleted.")).to_be_visible()
    expect(rows(page).filter(has_text="Going")).to_have_count(0)
    expect(page).to_have_title("New chat · Threadline")
    page.get_by_role("button", name="Undo").click()
    expect(rows(page).filter(has_text="Going")).to_have_count(1)
    expect(page).to_have_title("Going · Threadline")

    open_menu(page, "Going", "Delete")
    expect(page.get_by_text("“Going” is deleted.")).to_be_visible()
    page.keyboard.press("Escape")
    page.close()  # nobody is there to undo it
    browser.wait_until(lambda: going not in server.titles(), "it is not deleted")
    page = browser.open_panel()
    page.get_by_role("button", name="Conversations").click()
    expect(rows(page).filter(has_text="Kept")).to_have_count(1)
    expect(rows(page).filter(has_text="Going")).to_have_count(0)
    assert kept in server.titles()


def test_the_list_shows_where_an_agent_is_at_work(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md B5: a run in one conversation while another is read, and how it ended."""
    other = server.new_session("Read meanwhile")
    page = browser.open_panel(session)
    connected(page)
    switch(page, other)
    connected(page)
    page.get_by_role("button", name="Conversations").click()

    step = {"taskId": "t", "currentStepIndex": 0, "thought": "Hm", "sessionId": session}
    told = {**step, "status": "running"}
    server.faults.post_event(f"private-session-{session}", "interact_response", told)
    row = page.locator(f"button.session[data-session='{session}']")
    expect(row.locator(".session-running")).to_have_text("Working")
    server.faults.add_messages(session, "There", role="assistant", status="failed")
    expect(row.locator(".session-failed")).to_have_text("Failed")
    expect(row.locator(".count")).to_have_text("1 new")


def test_news_are_counted_on_the_toolbar_with_no_panel_open(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md M29: two messages, then none once they are seen."""
    page = browser.open_panel(session)
    connected(page)
    browser.close_pages()

    server.faults.add_messages(session, "Nobody looks", count=2, role="assistant")

    browser.wait_until(lambda: toolbar(browser) == "2", "the toolbar button says nothing")
    page = browser.open_panel(session)
    expect(articles(page)).to_have_count(2)
    browser.wait_until(lambda: toolbar(browser) == "", "the toolbar button still counts")


def test_a_conversation_opens_in_a_tab(browser: ExtensionBrowser, server: BackendServer) -> None:
    """Ux.md S19: the same conversation, in the width of a tab and not wider than is read well."""
    session = server.new_session("Opened in a tab")
    server.faults.add_messages(session, "The same here")
    page = browser.open_panel(session)
    connected(page)
    page.get_by_role("button", name="Conversations").click()

    with browser.context.expect_page() as opened:
        open_menu(page, "Opened in a tab", "Open in a tab")

    tab = opened.value
    tab.set_viewport_size({"width": 1200, "height": 800})
    expect(articles(tab)).to_have_count(1)
    connected(tab)
    box = articles(tab).bounding_box()
    assert box is not None
    assert box["width"] <= 720


def test_without_a_conversation_the_panel_says_how_to_begin(
    browser: ExtensionBrowser, server: BackendServer
) -> None:
    """Ux.md M25: one sentence, and examples that fill the box and are not sent."""
    person = {"name": "other", "password": "threadline"}
    token = str(server.call("POST", "/api/auth/sign-in", json=person)["accessToken"])
    theirs = {"headers": {"Authorization": f"Bearer {token}"}}
    for one in server.call("GET", "/api/session", **theirs)["sessions"]:
        server.call("DELETE", f"/api/session/{one['sessionId']}", **theirs)
    page = browser.context.new_page()
    page.goto(browser.url("manifest.json"))
    page.evaluate("() => localStorage.clear()")  # of whoever was here before
    browser.store(accessToken=token)
    page = browser.open_panel()

    expect(page.get_by_role("heading", name="No conversations yet")).to_be_visible()
    example = page.locator("button[data-command=suggest]").first
    words = example.inner_text()
    example.click()

    box = page.get_by_role("textbox", name="Message")
    expect(box).to_have_value(words)
    expect(articles(page)).to_have_count(0)
    box.fill("")  # or it waits for this person, as a draft

"""Coming back to a conversation: where it opens, and what is new in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from playwright.sync_api import Page, expect

from tests.e2e.hosts_and_forms import one_pair
from tests.support.panel_page import articles, connected, place_of, scroll_up, send, turn_to

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

# The page is the same on both hosts, and the form of the server adds nothing.
pytestmark = one_pair

FIRST_IN_SIGHT: Final = """() => {
  const { top } = document.querySelector('#scroller').getBoundingClientRect();
  const rows = [...document.querySelectorAll('#log > article')];
  return rows.find((row) => row.getBoundingClientRect().top >= top).dataset.messageId;
}"""
# As after months: the message of each place was deleted, and what was painted is not kept any more.
FORGET_WHAT_WAS_READ: Final = """() => {
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith('threadline.places.')) continue;
    const places = JSON.parse(localStorage.getItem(name));
    for (const [, place] of places) place.key = 'deleted';
    localStorage.setItem(name, JSON.stringify(places));
  }
  localStorage.removeItem('threadline.paint');
}"""
FOLLOWS_THE_LINE: Final = "(line) => line.nextElementSibling.dataset.sequence"


def unread(browser: ExtensionBrowser) -> str:
    """Return what the toolbar button says."""
    return str(browser.worker().evaluate("() => chrome.action.getBadgeText({})"))


def read(page: Page) -> None:
    """Wait until what is there has been seen: on show, at the end of the list, and told."""
    connected(page)
    expect(articles(page).last).to_be_in_viewport()


def test_what_came_meanwhile_begins_at_a_line(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md S5: leave, three arrive, return; the line stays while more comes and is read."""
    server.faults.add_messages(session, "Known", count=30)
    other = server.new_session("Another")
    page = browser.open_panel(session)
    read(page)
    line = page.get_by_role("separator", name="New")
    expect(line).to_have_count(0)

    turn_to(page, other, "whole")
    expect(page.locator("h1")).to_have_text("Another")
    server.faults.add_messages(session, "News", count=3)
    browser.wait_until(lambda: unread(browser) == "3", "three messages are unread")
    turn_to(page, session, "whole")

    expect(articles(page)).to_have_count(33)
    row = page.locator("#log > [data-key=new]")
    expect(line).to_be_in_viewport()
    assert row.evaluate(FOLLOWS_THE_LINE) == "31"
    server.faults.add_messages(session, "Later")
    expect(articles(page)).to_have_count(34)
    assert row.evaluate(FOLLOWS_THE_LINE) == "31"
    turn_to(page, other, "whole")
    expect(page.locator("h1")).to_have_text("Another")
    turn_to(page, session, "whole")
    expect(articles(page)).to_have_count(34)
    expect(line).to_have_count(0)


def test_much_that_came_meanwhile_begins_at_a_line_too(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md S5: more than a panel shows at first; it opens where the reading is to go on."""
    server.faults.add_messages(session, "Known", count=3)
    page = browser.open_panel(session)
    read(page)
    page.close()

    server.faults.add_messages(session, "News", count=130)
    # What comes in under the eyes of somebody at the end is not new: most of it is to be here.
    browser.wait_until(lambda: unread(browser) == "99+", "the news did not come")
    page = browser.open_panel(session)

    row = page.locator("#log > [data-key=new]")
    expect(articles(page)).to_have_count(133)
    expect(row).to_be_in_viewport()
    assert row.evaluate(FOLLOWS_THE_LINE) == "4"
    assert unread(browser) == "99+"
    page.locator("#latest").click()
    browser.wait_until(lambda: unread(browser) == "", "the news is read, and counted all the same")


def test_a_conversation_opens_at_the_line_that_was_read(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md M2, B6: read in the middle, close, ten arrive, open: the same line, "10 new"."""
    server.faults.add_messages(session, "A line to read", count=40)
    page = browser.open_panel(session)
    read(page)
    page.get_by_role("textbox", name="Message").fill("Half a thought")
    scroll_up(page, 900)
    expect(page.locator("#latest")).to_be_visible()
    before = place_of(page, 25)
    page.close()

    server.faults.add_messages(session, "News", count=10)
    page = browser.open_panel(session)
    expect(articles(page)).to_have_count(50)

    expect(page.locator("#latest")).to_contain_text("10 new")
    assert abs(place_of(page, 25) - before) <= 1.0
    box = page.get_by_role("textbox", name="Message")
    expect(box).to_have_value("Half a thought")
    box.fill("")  # or it waits for whoever comes next, as a draft


def test_a_place_that_is_gone_makes_room_for_the_next_one(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md M2: the message that was read is not here any more; where the reader goes is kept."""
    server.faults.add_messages(session, "A line to read", count=60)
    page = browser.open_panel(session)
    read(page)
    scroll_up(page, 900)
    expect(page.locator("#latest")).to_be_visible()
    page.close()
    other = browser.context.new_page()
    other.goto(browser.url("options.html"))
    other.evaluate(FORGET_WHAT_WAS_READ)
    other.close()

    page = browser.open_panel(session)
    read(page)
    scroll_up(page, 600)
    expect(page.locator("#latest")).to_be_visible()
    now_read = page.evaluate(FIRST_IN_SIGHT)
    page.close()
    page = browser.open_panel(session)

    expect(page.locator(f"[data-message-id='{now_read}']")).to_be_in_viewport()
    expect(page.locator("#latest")).to_be_visible()
    assert page.evaluate(FIRST_IN_SIGHT) == now_read


def test_a_run_that_ended_meanwhile_is_told_in_a_line(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md B3, S11: how many steps, how many failed, since when it is over, and where that is."""
    server.faults.add_messages(session, "Known")
    page = browser.open_panel(session)
    read(page)
    page.close()

    server.interact("Please fail", session)
    browser.wait_until(
        lambda: server.messages(session)[-1]["status"] == "failed", "the run did not end"
    )
    page = browser.open_panel(session)

    away = page.locator(".away")
    expect(away).to_contain_text("3 steps · 1 failed")
    expect(away).to_contain_text("finished")
    expect(page.locator("details.step-failed")).to_have_attribute("open", "")
    away.get_by_role("button", name="Result").click()
    result = articles(page).last
    expect(result).to_be_focused()
    expect(result).to_be_in_viewport()


def test_a_run_goes_on_where_the_popup_was_closed(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md M2: closed in the middle of a run; nothing is missing, and what was opened is open."""
    page = browser.open_panel(session)
    connected(page)
    send(page, "Take it slow")
    first = page.locator("details[data-step-index='0']")
    first.locator("summary").click()
    expect(first).not_to_have_attribute("open", "")
    page.close()

    page = browser.open_panel(session)

    expect(page.locator("article[data-status=completed]")).to_have_count(1)
    assert len(server.messages(session)) == articles(page).count()
    expect(page.locator("details[data-step-index='0']")).not_to_have_attribute("open", "")

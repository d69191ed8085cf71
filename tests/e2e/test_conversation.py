"""A live conversation, end to end: what the person sends, and what the agent answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.e2e.hosts_and_forms import both_hosts, one_pair
from tests.support.panel_page import answered, articles, connected, send, sequences

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

# test_roadmap_10_1.py has a conversation on every pair of host and form; what is looked at here
# beside it is the same on each, or differs with the host alone.


@one_pair
def test_a_message_from_elsewhere_appears_live(
    panel: Page, server: BackendServer, session: str
) -> None:
    """SPEC.md I1; roadmap 10.1 manual 1 and 2: connected, and a stored message arrives by push."""
    server.faults.add_messages(session, "Hello from the other device")

    expect(articles(panel)).to_have_count(1)
    expect(articles(panel)).to_contain_text("Hello from the other device")
    expect(articles(panel)).to_have_attribute("data-sequence", "1")


@one_pair
def test_an_own_message_is_answered_by_the_agent_step_by_step(
    panel: Page, server: BackendServer, session: str
) -> None:
    """SPEC.md O1: the own text goes through REST; its echo and the agent's turns come by push."""
    send(panel, "Find me a hotel")

    answered(panel)
    stored = server.messages(session)
    expect(articles(panel)).to_have_count(len(stored))
    assert sequences(panel) == [message["sequenceNumber"] for message in stored]
    own = articles(panel).first
    expect(own).to_have_attribute("data-role", "user")
    expect(own).to_have_attribute("data-message-id", stored[0]["messageId"])
    expect(panel.get_by_role("textbox", name="Message")).to_have_value("")


@both_hosts
def test_two_views_show_the_same_over_one_socket(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md P1, V2; design section 1: one engine, any number of views, one socket."""
    first = browser.open_panel(session)
    connected(first)
    second = browser.open_panel(session)
    connected(second)

    send(second, "Said in the second window")

    for page in (first, second):
        answered(page)
    assert sequences(first) == sequences(second)
    assert server.faults.open_sockets() == 1


@one_pair
def test_html_in_a_message_is_text(panel: Page, server: BackendServer, session: str) -> None:
    """SPEC.md P6: nothing that a server sends becomes markup."""
    hostile = "<img src=x onerror=\"document.title='owned'\"><b>bold</b>"

    server.faults.add_messages(session, hostile)

    expect(articles(panel)).to_contain_text(hostile)
    expect(articles(panel).locator("img, b")).to_have_count(0)
    expect(panel).not_to_have_title("owned")


@both_hosts
def test_the_history_is_there_when_the_panel_is_opened_again(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Roadmap 10.1 manual 8: the order is the same after a reload; the cache paints it first."""
    server.faults.add_messages(session, "Old news", count=3)
    page = browser.open_panel(session)
    expect(articles(page)).to_have_count(3)
    page.close()

    again = browser.open_panel(session, wait=False)

    expect(articles(again)).to_have_count(3)
    connected(again)
    assert sequences(again) == [1, 2, 3]

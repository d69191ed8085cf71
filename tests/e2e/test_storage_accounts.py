"""Whose it is that is kept on this device, and what becomes of it when they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.hosts_and_forms import one_pair
from tests.e2e.test_options import open_options
from tests.support.extension_browser import BOOT_LIMIT
from tests.support.panel_page import answered, articles, connected, send
from tests.support.stored_sessions import (
    databases,
    stored_in,
    transact,
)

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

OWNER = "() => localStorage.getItem('threadline.owner')"

pytestmark = [
    one_pair,
    pytest.mark.usefixtures("empty_outbox"),
]


def test_each_account_has_what_is_its_own(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md S11, S14, V6: the other one sees, sends and keeps nothing of the first."""
    mine = server.token
    server.faults.add_messages(session, "Of the first", count=2)
    page = browser.open_panel(session)
    expect(articles(page)).to_have_count(2)
    connected(page)
    first = stored_in(browser, session, 2)
    page.get_by_role("textbox", name="Message").fill("A thought of the first")

    theirs = server.sign_in("other")
    other = server.new_session("Of the other")
    browser.store(accessToken=theirs)
    expect(articles(page)).to_have_count(0)
    page.goto(browser.url(f"panel.html?session={other}"))
    connected(page, BOOT_LIMIT)
    server.faults.add_messages(other, "Of the other")
    expect(articles(page)).to_have_count(1)
    expect(page.get_by_role("textbox", name="Message")).to_have_value("")
    assert stored_in(browser, other, 1) != first

    browser.store(accessToken=mine)
    page.goto(browser.url(f"panel.html?session={session}"))
    connected(page, BOOT_LIMIT)
    expect(articles(page)).to_have_count(2)
    box = page.get_by_role("textbox", name="Message")
    expect(box).to_have_value("A thought of the first")


def test_a_draft_is_its_authors_though_nothing_was_read(
    browser: ExtensionBrowser, server: BackendServer
) -> None:
    """SPEC.md S14: in a chat without a session too, of which nothing is painted to be kept."""
    mine, theirs = server.token, server.sign_in("other")
    page = browser.open_panel()
    page.get_by_role("button", name="New chat").click()
    browser.wait_until(lambda: bool(page.evaluate(OWNER)), "nobody was named")
    first = page.evaluate(OWNER)
    box = page.get_by_role("textbox", name="Message")
    box.fill("A thought of the first")

    browser.store(accessToken=theirs)
    browser.wait_until(lambda: page.evaluate(OWNER) != first, "the other one was not named")
    expect(box).to_have_value("")
    browser.store(accessToken=mine)

    expect(box).to_have_value("A thought of the first")
    box.fill("")


def test_what_is_typed_stays_where_what_was_read_is_removed(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md S14: what is cleared in the settings are conversations."""
    server.faults.add_messages(session, "Read here")
    page = browser.open_panel(session)
    connected(page)
    expect(articles(page)).to_have_count(1)
    page.get_by_role("textbox", name="Message").fill("Half a thought")
    options = open_options(browser)
    page.close()

    options.locator("#clear-form").get_by_role("button").click()
    expect(options.locator("#clear-form .said")).not_to_be_empty()
    page = browser.open_panel(session)

    box = page.get_by_role("textbox", name="Message")
    expect(box).to_have_value("Half a thought")
    box.fill("")


def test_signing_out_leaves_nothing_behind(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md S12, S14: asked first, as something is unsent; then everything goes."""
    server.faults.add_messages(session, "Read here")
    page = browser.open_panel(session)
    expect(articles(page)).to_have_count(1)
    name = stored_in(browser, session, 1)
    server.faults.spoil_answers("/api/agent/interact", status=503, count=10_000)
    send(page, "Not sent yet")
    expect(articles(page).filter(has_text="Not sent yet")).to_have_count(1)
    page.get_by_role("textbox", name="Message").fill("Half a thought")
    options = open_options(browser)

    options.get_by_role("button", name="Sign out", exact=True).click()
    asked = options.get_by_role("group", name="One text is not sent yet.")
    expect(asked).to_be_visible()
    assert browser.stored("accessToken")
    asked.get_by_role("button", name="Stay signed in").click()
    expect(asked).to_be_hidden()
    options.get_by_role("button", name="Sign out", exact=True).click()
    asked.get_by_role("button", name="Sign out and remove").click()

    expect(page.get_by_role("textbox", name="Message")).to_have_value("")
    expect(articles(page)).to_have_count(0)
    browser.wait_until(lambda: name not in databases(browser), "the database is still there")
    assert browser.stored("accessToken") is None
    assert browser.stored("account") is None
    assert transact(browser, "threadline", ["outbox"], "all") == [[]]
    kept = "Object.keys(localStorage).filter((key) => /draft|paint\\.|owner/.test(key))"
    assert options.evaluate(kept) == []


def test_what_is_kept_at_sign_out_is_sent_when_the_account_is_back(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md S12, V6: sealed meanwhile."""
    page = browser.open_panel(session)
    connected(page)
    server.faults.spoil_answers("/api/agent/interact", status=503, count=10_000)
    send(page, "Kept for later")
    expect(articles(page).filter(has_text="Kept for later")).to_have_count(1)
    options = open_options(browser)
    options.get_by_role("button", name="Sign out", exact=True).click()
    options.get_by_role("button", name="Sign out and keep").click()
    expect(articles(page)).to_have_count(0)

    server.faults.reset()
    browser.store(accessToken=server.token)

    def is_sent() -> bool:
        return [one["content"] for one in server.messages(session)].count("Kept for later") == 1

    browser.wait_until(is_sent, "what was kept was not sent")


def test_an_unsent_text_that_cannot_be_read_is_shown_and_can_be_removed(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md S13: with all that it holds; others are sent."""
    browser.forget_engine()
    damaged = {"clientMessageId": "damaged", "content": 7, "note": "all that is left"}
    transact(browser, "threadline", ["outbox"], "put", damaged, write=True)

    page = browser.open_panel(session)
    send(page, "Sound")
    answered(page)
    page.locator("#badge").click()
    expect(page.locator("[data-slot=connection]")).to_contain_text("1 text cannot be read")

    options = open_options(browser)
    expect(options.locator("#damaged")).to_contain_text("all that is left")
    options.locator("#damaged").get_by_role("button", name="Remove").click()
    expect(options.locator("#damaged")).to_be_hidden()
    browser.wait_until(
        lambda: transact(browser, "threadline", ["outbox"], "all") == [[]], "the row is still there"
    )

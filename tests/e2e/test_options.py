"""The settings page: sign in and out, change servers, and nothing typed is lost on an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.hosts_and_forms import both_forms, both_hosts, one_pair
from tests.support.extension_browser import BOOT_LIMIT
from tests.support.panel_page import answered, articles, connected, send

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

# The page is the same on both hosts; by which way the engine hears of storage is not.


# What is left of an account: names of databases, rows of the outbox, and keys of both storages.
LEFT = """async () => {
  const { promise, resolve } = Promise.withResolvers();
  const asked = indexedDB.open('threadline');
  asked.onsuccess = () => {
    const count = asked.result.transaction('outbox').objectStore('outbox').count();
    count.onsuccess = () => { asked.result.close(); resolve(count.result); };
  };
  const about = ['accessToken', 'account'];
  const marks = (await chrome.storage.local.get('sessionMarks')).sessionMarks ?? {};
  return {
    rows: await promise,
    databases: (await indexedDB.databases()).filter(({ name }) => name.startsWith('threadline.')),
    kept: Object.keys(localStorage).filter((key) => /paint|draft/u.test(key)),
    stored: [...Object.keys(await chrome.storage.local.get(about)), ...Object.keys(marks)],
  };
}"""


def open_options(browser: ExtensionBrowser) -> Page:
    """Open the settings page, and wait until the engine has told the settings in force."""
    page = browser.context.new_page()
    page.goto(browser.url("options.html"))
    expect(page.get_by_label("API base URL")).not_to_have_value("", timeout=BOOT_LIMIT)
    return page


@both_hosts
def test_signing_in_makes_the_panel_live(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md P7; ux.md M22: the token that sign-in sets takes effect without a reload."""
    browser.store(accessToken=None)
    panel = browser.open_panel(session)
    expect(panel.locator("#badge")).to_have_attribute("data-connection-state", "disconnected")
    page = open_options(browser)

    page.get_by_label("Name").fill("local")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Password")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Name")).to_have_value("local")
    page.get_by_label("Password").fill("threadline")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_text("Signed in as local.")).to_be_visible()
    connected(panel)
    token = browser.stored("accessToken")
    assert token
    assert token not in page.content() + panel.content()
    expect(page.get_by_label("Password")).to_have_value("")


@pytest.mark.parametrize(("host", "form"), [("offscreen", "three_calls")], indirect=True)
def test_a_server_without_sign_in_says_so_and_a_pasted_token_works(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md P7: the way out is said, what was typed stays, and the token takes effect at once."""
    browser.store(accessToken=None)
    panel = browser.open_panel(session)
    page = open_options(browser)
    page.get_by_label("Name").fill("local")
    page.get_by_label("Password").fill("threadline")

    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_text("This server has no sign-in of its own.")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("local")
    page.get_by_text("Use an access token instead").click()
    page.get_by_label("Access token").fill(server.token)
    page.get_by_role("button", name="Use this token").click()
    connected(panel)
    assert server.token not in page.content() + panel.content()


@one_pair
def test_what_cannot_be_right_is_said_at_its_field_and_stays_there(
    browser: ExtensionBrowser, server: BackendServer
) -> None:
    """SPEC.md E3: nothing, spaces in a token, a server that fails: words, and what was typed."""
    browser.store(accessToken=None)
    page = open_options(browser)
    name, password = page.get_by_label("Name"), page.get_by_label("Password")

    page.get_by_role("button", name="Sign in").click()
    expect(name).to_have_accessible_description("Enter your name.")
    expect(password).to_have_accessible_description("Enter your password.")
    name.fill("local")
    password.fill("threadline")
    server.faults.spoil_answers("/api/auth/sign-in", status=503, body="<html>")
    page.get_by_role("button", name="Sign in").click()
    expect(password).to_have_accessible_description("The server failed (503).")
    expect(name).to_have_value("local")
    page.get_by_text("Use an access token instead").click()
    token = page.get_by_label("Access token")
    for typed, words in (("  ", "Paste a token first."), ("a b", "A token has no spaces")):
        token.fill(typed)
        page.get_by_role("button", name="Use this token").click()
        expect(page.locator("#token-error")).to_contain_text(words)
        expect(token).to_have_value(typed)
    assert browser.stored("accessToken") is None


@both_hosts
def test_signing_out_takes_the_token_away(panel: Page, browser: ExtensionBrowser) -> None:
    """SPEC.md P7: the badge says Offline at once, and storage holds no token."""
    page = open_options(browser)

    page.get_by_role("button", name="Sign out").click()

    expect(panel.locator("#badge")).to_have_attribute("data-connection-state", "disconnected")
    assert browser.stored("accessToken") is None


@one_pair
def test_a_wrong_setting_is_told_at_its_field_and_nothing_is_lost(
    browser: ExtensionBrowser, session: str
) -> None:
    """SPEC.md E3: the field is named, the cure is said, what was typed stays, nothing is stored."""
    before = browser.stored("settings")
    page = open_options(browser)

    page.get_by_label("API base URL").fill("not an address")
    page.get_by_label("Port").fill("70000")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_label("API base URL")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Port")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("API base URL")).to_have_value("not an address")
    assert browser.stored("settings") == before


@both_forms
def test_without_a_push_server_the_panel_polls_and_says_so(
    panel: Page, browser: ExtensionBrowser
) -> None:
    """SPEC.md H7; design section 3: push not configured is `fallback`, and it works."""
    page = open_options(browser)

    page.get_by_label("Host").fill("")
    page.get_by_label("App key").fill("")
    page.get_by_role("button", name="Save").click()

    expect(panel.locator("#badge")).to_have_attribute("data-connection-state", "fallback")
    expect(panel.locator("#badge")).to_contain_text("Polling")
    send(panel, "Over REST alone")
    answered(panel)


@both_forms
def test_the_connection_test_says_what_works(panel: Page, browser: ExtensionBrowser) -> None:
    """SPEC.md D1; ux.md S13: with everything in order, every check passes."""
    page = open_options(browser)

    page.get_by_role("button", name="Test connection").click()

    rows = page.get_by_role("list", name="Connection test").get_by_role("listitem")
    expect(rows).to_have_count(5)
    for place in range(5):
        expect(rows.nth(place)).to_have_attribute("data-outcome", "ok")


@one_pair
def test_the_connection_test_names_what_is_broken(panel: Page, browser: ExtensionBrowser) -> None:
    """SPEC.md D1; ux.md S13: exactly the broken part is red, with a cure; nothing is saved."""
    page = open_options(browser)
    before = browser.stored("settings")

    page.get_by_label("Port").fill("1")
    page.get_by_role("button", name="Test connection").click()

    rows = page.get_by_role("list", name="Connection test")
    expect(rows.locator("[data-check=push]")).to_have_attribute("data-outcome", "failed")
    expect(rows.locator("[data-check=push]")).to_contain_text("Compare host, port")
    expect(rows.locator("[data-check=server]")).to_have_attribute("data-outcome", "ok")
    expect(rows.locator("[data-check=token]")).to_have_attribute("data-outcome", "ok")
    assert browser.stored("settings") == before
    connected(panel)


@one_pair
def test_a_broken_part_is_named_with_its_cure(
    panel: Page, browser: ExtensionBrowser, server: BackendServer
) -> None:
    """Ux.md M20, S13: a wrong token, and a channel that is refused; exactly that row is red."""
    page = open_options(browser)
    rows = page.get_by_role("list", name="Connection test")
    server.faults.spoil_answers("/api/pusher/auth", status=403, body="{}", count=20)
    page.get_by_role("button", name="Test connection").click()
    expect(rows.locator("[data-outcome=failed]")).to_have_count(1)
    expect(rows.locator("[data-check=channel]")).to_have_attribute("data-outcome", "failed")
    server.faults.reset()

    browser.store(accessToken="wrong")
    page.get_by_role("button", name="Test connection").click()

    expect(rows.locator("[data-outcome=failed]")).to_have_count(1)
    expect(rows.locator("[data-check=token]")).to_have_attribute("data-outcome", "failed")
    expect(rows.locator("[data-check=token]")).to_contain_text("Sign in")


@one_pair
def test_signing_out_leaves_nothing_and_asks_about_what_is_unsent(
    panel: Page, browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md S18: no token, no cache, no draft, no mark, no row of the outbox; asked first."""
    server.faults.add_messages(session, "Read before")
    expect(articles(panel)).to_have_count(1)
    server.faults.spoil_answers("/api/agent/interact", status=503, body="{}", count=99)
    send(panel, "Not sent yet")
    expect(articles(panel)).to_have_count(2)
    page = open_options(browser)
    before = page.evaluate(LEFT)
    assert (before["rows"], before["stored"][:2]) == (1, ["accessToken", "account"])

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("One text is not sent yet.")).to_be_visible()
    page.get_by_role("button", name="Sign out and remove").click()

    expect(page.get_by_label("Name")).to_be_visible()
    panel.close()
    left = page.evaluate(LEFT)
    assert (left["rows"], left["kept"], left["stored"]) == (0, [], [])
    assert len(left["databases"]) == len(before["databases"]) - 1  # this account's is gone


@one_pair
def test_a_token_that_is_refused_leads_to_sign_in_and_keeps_what_waits(
    panel: Page, browser: ExtensionBrowser, server: BackendServer
) -> None:
    """Ux.md M22, M25: a banner with the way, the text kept; nothing of the token in the console."""
    server.faults.expire_tokens()
    send(panel, "Kept while signed out")

    banner = panel.locator("[data-banner=signed_out]")
    expect(banner).to_contain_text("Your sign-in has ended. What you wrote is kept.")
    expect(banner.get_by_role("button", name="Sign in")).to_be_visible()
    expect(articles(panel).last).to_contain_text("Kept while signed out")
    token = server.token
    server.sign_in()
    browser.store(accessToken=server.token)
    connected(panel)
    expect(panel.locator("article[data-status=queued]")).to_have_count(0)
    assert not [one for one in browser.messages if token in one or server.token in one]

"""The settings page: sign in and out, change servers, and nothing typed is lost on an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.extension_browser import BOOT_LIMIT
from tests.support.panel_page import answered, connected, send

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser


def open_options(browser: ExtensionBrowser) -> Page:
    """Open the settings page, and wait until the engine has told the settings in force."""
    page = browser.context.new_page()
    page.goto(browser.url("options.html"))
    expect(page.get_by_label("API base URL")).not_to_have_value("", timeout=BOOT_LIMIT)
    return page


@pytest.mark.parametrize("form", ["whole"], indirect=True)
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


@pytest.mark.parametrize("form", ["three_calls"], indirect=True)
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


@pytest.mark.parametrize("form", ["whole"], indirect=True)
@pytest.mark.parametrize("host", ["offscreen"], indirect=True)
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


def test_signing_out_takes_the_token_away(panel: Page, browser: ExtensionBrowser) -> None:
    """SPEC.md P7: the badge says Offline at once, and storage holds no token."""
    page = open_options(browser)

    page.get_by_role("button", name="Sign out").click()

    expect(panel.locator("#badge")).to_have_attribute("data-connection-state", "disconnected")
    assert browser.stored("accessToken") is None


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


def test_the_connection_test_says_what_works(panel: Page, browser: ExtensionBrowser) -> None:
    """SPEC.md D1; ux.md S13: with everything in order, every check passes."""
    page = open_options(browser)

    page.get_by_role("button", name="Test connection").click()

    rows = page.get_by_role("list", name="Connection test").get_by_role("listitem")
    expect(rows).to_have_count(5)
    for place in range(5):
        expect(rows.nth(place)).to_have_attribute("data-outcome", "ok")


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

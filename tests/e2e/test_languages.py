"""Languages (ux.md M28): a browser in German, the choice of another, and a language that shows what
is not in the catalogue or too narrow for its words.

One browser serves all; the extension in it has the pseudo-locale too. Chromium is German at the API
seam: a package of Chromium may hold the words of English alone.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import begin, settings_for
from tests.support.axe import violations
from tests.support.extension_browser import BOOT_LIMIT, extension_browser
from tests.support.panel_page import answered
from tests.support.pseudo_locale import with_pseudo_locale
from threadline_build.options import resolve
from threadline_build.packing import build
from threadline_build.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Playwright

    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

# The words are the same on both hosts, and the form of the server adds nothing.
pytestmark = pytest.mark.parametrize("form", ["whole"], indirect=True)

PLACES: Final = Places.of(Path(__file__).parents[2])
IN_GERMAN: Final = "if (globalThis.chrome?.i18n) chrome.i18n.getUILanguage = () => 'de';"
NARROW: Final = 320  # px, the least width (ux.md 5.1)

# What is on show and not from the catalogue: text and labels, but what people and servers said.
ENGLISH: Final = """() => {
  const theirs = '.text, .session-title, .title, code, kbd, pre, time, [lang]:not(html), '
    + '.permission-name';
  const innermost = /\\[[^[\\]]*\\]/gu;
  const bare = (text) => {
    let left = text;
    while (innermost.test(left)) left = left.replace(innermost, '');
    return /\\p{L}/u.test(left.replaceAll(/Threadline|127\\.0\\.0\\.1/gu, ''));
  };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    if (element.closest(theirs) || !element.checkVisibility()) continue;
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE && bare(node.data)) found.push(node.data.trim());
    }
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
      const value = element.getAttribute(name);
      if (value && bare(value)) found.push(`${name}: ${value}`);
    }
  }
  return found;
}"""

# What reaches over the edge of what it stands in, or of the window, or is cut without a sign.
TOO_WIDE: Final = """() => {
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    if (!element.checkVisibility() || element.closest('.unseen, .table, pre')) continue;
    const { left, right, width } = element.getBoundingClientRect();
    const { overflowX, textOverflow, position, ...style } = getComputedStyle(element);
    const meant = Math.max(0, -parseFloat(style.marginLeft), -parseFloat(style.marginRight)) + 0.5;
    const around = ['static', 'relative'].includes(position)
      ? element.parentElement.getBoundingClientRect() : { left: 0, right: innerWidth };
    const isOut = width > 0 && (left < around.left - meant || right > around.right + meant);
    const isCut = element.scrollWidth > element.clientWidth + 1 && overflowX !== 'visible';
    const isShortened = textOverflow === 'ellipsis' || element.matches('input, textarea');
    if (isOut || (isCut && !isShortened)) found.push(element.outerHTML.slice(0, 120));
  }
  return found;
}"""


@pytest.fixture(scope="module")
def german_browser(
    playwright: Playwright, running_server: BackendServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ExtensionBrowser]:
    """Chromium in German, with an extension that has one language more."""
    folder = tmp_path_factory.mktemp("languages")
    servers = {
        "API_BASE": running_server.api,
        "PUSHER_KEY": running_server.key,
        "PUSHER_WS_HOST": "127.0.0.1",
        "PUSHER_WS_PORT": str(running_server.pusher_port),
    }
    configuration = resolve(argparse.Namespace(), servers, {})
    dist = build(PLACES, configuration, folder / "dist", with_pseudo_locale(folder))
    with extension_browser(playwright, dist) as browser:
        browser.context.add_init_script(IN_GERMAN)
        yield browser


@pytest.fixture
def browser(german_browser: ExtensionBrowser, server: BackendServer) -> ExtensionBrowser:
    """That browser with no page open, no engine running, and the person signed in."""
    begin(german_browser, server, settings_for(server, "offscreen"))
    return german_browser


def test_m28_the_browsers_language_is_spoken_until_another_is_chosen(
    browser: ExtensionBrowser, session: str
) -> None:
    """Ux.md M28: panel, engine and settings in German, without a fault (axe, `lang`); then English,
    at once and everywhere, and German again.
    """
    page = browser.open_panel(session)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("#badge")).to_contain_text("Verbunden")
    expect(page.get_by_role("heading", name="Was soll der Agent tun?")).to_be_visible()
    page.get_by_role("textbox", name="Nachricht").fill("Einen Tisch reservieren")
    page.keyboard.press("Enter")
    answered(page)
    expect(page.locator(".turn-words")).to_contain_text("Schritte")
    assert violations(page) == []

    settings = browser.context.new_page()
    settings.goto(browser.url("options.html"))
    expect(settings).to_have_title("Einstellungen · Threadline")
    expect(settings.get_by_role("button", name="Abmelden")).to_be_visible()
    expect(settings.locator("#data-words")).to_contain_text("Sie belegen etwa")
    assert violations(settings) == []

    settings.get_by_role("radio", name="English").check()
    expect(settings.get_by_role("button", name="Sign out")).to_be_visible()
    expect(settings.locator("#data-words")).to_contain_text("They take about")
    for one in (settings, page):
        expect(one.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#badge")).to_contain_text("Connected")
    expect(page.locator(".turn-words")).to_contain_text("steps")

    settings.get_by_role("radio", name="As the browser").check()
    expect(page.locator("#badge")).to_contain_text("Verbunden")
    expect(page.locator(".turn-words")).to_contain_text("Schritte")


def test_m28_all_words_come_from_the_catalogue_and_longer_ones_fit(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md M28: in a language a third longer than English no word on show is English, and nothing
    is cut or reaches over the edge in the narrowest window. Panel, drawer and settings.
    """
    page = browser.context.new_page()
    page.goto(browser.url("options.html"))
    page.get_by_role("radio", name="[Éñĝļîšĥ").check()
    page.set_viewport_size({"width": NARROW, "height": 700})
    expect(page.locator("#sign-out button")).to_be_visible(timeout=BOOT_LIMIT)
    expect(page.locator("#permissions li").first).to_be_visible()
    expect(page.locator("#keys dt").first).to_be_visible()
    page.locator("#test-connection").click()
    expect(page.locator("[data-check=event]")).to_have_attribute("data-outcome", "ok")
    page.locator("#apiBase").fill("nonsense")
    page.locator("#connection-form button[type=submit]").click()
    expect(page.locator("#apiBase")).to_have_attribute("aria-invalid", "true")
    _is_foreign_and_fits(page, "settings")
    page.close()

    page = browser.open_panel(session)
    page.set_viewport_size({"width": NARROW, "height": 600})
    expect(page.locator(".empty")).to_be_visible()
    _is_foreign_and_fits(page, "empty")
    _send(page, "Book a table")
    answered(page)
    server.faults.spoil_answers("/api/agent/interact", status=400, body="{}")
    _send(page, "Refused")
    expect(page.locator("article[data-status=failed]")).to_be_visible()
    expect(page.locator("article[data-status=failed] .delivery")).not_to_contain_text("The server")
    _is_foreign_and_fits(page, "conversation")
    page.locator("#badge").click()
    expect(page.locator("#connection dt").first).to_be_visible()
    _is_foreign_and_fits(page, "connection")
    page.keyboard.press("Escape")
    page.locator("[popovertarget=sessions]").click()
    page.locator(".session-more").first.click()
    expect(page.locator("#session-delete")).to_be_visible()
    _is_foreign_and_fits(page, "drawer")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+/")
    expect(page.locator("#shortcuts")).to_be_visible()
    _is_foreign_and_fits(page, "keys")
    page.keyboard.press("Escape")
    browser.store(accessToken=None)
    expect(page.locator("[data-banner=no_token]")).to_be_visible()
    _is_foreign_and_fits(page, "signed out")


def _send(page: Page, text: str) -> None:
    """Type a message and press Enter, whatever the box is called."""
    page.locator("#message").fill(text)
    page.keyboard.press("Enter")


def _is_foreign_and_fits(page: Page, state: str) -> None:
    """Nothing on show is English, and nothing is too wide."""
    assert (state, page.evaluate(ENGLISH)) == (state, [])
    assert (state, page.evaluate(TOO_WIDE)) == (state, [])

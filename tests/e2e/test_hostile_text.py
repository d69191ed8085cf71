"""Hostile text in the real page: nothing in it executes, navigates or requests (ux.md M16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.hosts_and_forms import one_pair
from tests.support.panel_page import articles, connected
from tests.support.script_injections import EVIL, INJECTIONS

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

BATCH: Final = 50  # messages of one conversation: one page of history

# The page is the same on both hosts, whatever the server knows.
pytestmark = one_pair

# What a text would reach for, and what the page's policy had to stop: both must stay empty.
WATCH: Final = """
globalThis.hits = [];
globalThis.hit = () => { globalThis.hits.push('hit() was called'); };
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  globalThis.hits.push(`${violatedDirective} ${blockedURI}`);
});
"""


@pytest.fixture
def reached(browser: ExtensionBrowser) -> list[str]:
    """Everything that a page of the browser asks for beyond the extension and its server."""
    asked: list[str] = []
    browser.context.on("request", lambda request: asked.append(request.url))
    browser.context.add_init_script(WATCH)
    return asked


def show(
    browser: ExtensionBrowser, server: BackendServer, texts: tuple[str, ...], **message: Any
) -> Page:
    """Open a conversation in which each of `texts` is a message."""
    session = server.new_session(texts[0][:80])
    for text in texts:
        server.faults.add_messages(session, text, push=False, **message)
    page = browser.open_panel(session)
    connected(page)
    expect(articles(page)).to_have_count(len(texts))
    return page


def assert_harmless(page: Page, address: str) -> None:
    """Assert that the page is where it was, that nothing ran, and that links lead to elsewhere."""
    links: list[list[str]] = page.locator("#log a").evaluate_all(
        "all => all.map((link) => [link.protocol, link.rel, link.target])"
    )
    assert page.url == address
    assert page.evaluate("() => globalThis.hits") == []
    assert {tuple(link) for link in links} <= {
        (scheme, "noopener noreferrer", "_blank") for scheme in ("http:", "https:", "mailto:")
    }


@pytest.mark.parametrize("start", range(0, len(INJECTIONS), BATCH))
def test_nothing_in_an_agents_message_acts(
    browser: ExtensionBrowser,
    server: BackendServer,
    reached: list[str],
    start: int,
) -> None:
    """SPEC.md P8; ux.md M16: every known way, as the agent's Markdown: text, or a link."""
    page = show(browser, server, INJECTIONS[start : start + BATCH])

    assert_harmless(page, page.url)
    assert not [url for url in reached if not url.startswith(("chrome-extension:", server.api))]
    assert len(browser.context.pages) == 2, "a window opened by itself"


def test_nothing_in_other_places_acts(
    browser: ExtensionBrowser, server: BackendServer, reached: list[str]
) -> None:
    """The same as a person's text, an error, and a step's action, thought and verification."""
    texts = INJECTIONS[::14]
    session = server.new_session("x")
    for text in texts:
        server.faults.add_messages(session, text, push=False, role="user")
        server.faults.add_messages(
            session,
            "A step",
            push=False,
            status="failed",
            error={"message": text, "code": text},
            metadata={"taskId": text, "stepIndex": 0, "thought": text, "verification": text},
        )
    page = browser.open_panel(session)
    connected(page)
    expect(articles(page)).to_have_count(2 * len(texts))

    assert_harmless(page, page.url)
    assert not [url for url in reached if EVIL in url or url.startswith("data:")]


def test_a_link_opens_in_a_tab_that_cannot_reach_us(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md M16: a click leads to a new tab without an opener, and the panel stays."""
    server.faults.add_messages(session, f"See [the page]({server.api}/api/none) there.")
    page = browser.open_panel(session)
    connected(page)

    with browser.context.expect_page() as opened:
        page.get_by_role("link", name="the page").click()
    opened.value.wait_for_load_state()

    assert opened.value.url == f"{server.api}/api/none"
    assert opened.value.evaluate("() => globalThis.opener") is None
    assert page.url == browser.url(f"panel.html?session={session}")


def test_code_is_coloured_and_can_be_copied(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md M16: the language, colours, and Copy, which says that it is done."""
    server.faults.add_messages(session, "Try this:\n\n```python\nprint('hi')  # so\n```\n")
    browser.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = browser.open_panel(session)
    connected(page)
    block = page.get_by_role("region", name="Code: Python")
    expect(block.locator(".code-string")).to_have_text("'hi'")

    copy = page.get_by_role("button", name="Copy", exact=True)
    copy.click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    expect(page.locator("#announcer")).to_have_text("Copied")
    assert page.evaluate("() => navigator.clipboard.readText()") == "print('hi')  # so\n"
    expect(copy).to_be_visible()


def test_a_long_text_is_cut_until_it_is_asked_for(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md S12: 300 lines leave the page usable; long code and a wide table scroll inside."""
    lines = "\n".join(f"Line {number}" for number in range(1, 301))
    table = f"|{'wide column|' * 20}\n|{'-|' * 20}\n|{'value|' * 20}"
    server.faults.add_messages(session, f"```\n{lines}\n```\n\n{table}", push=False)
    server.faults.add_messages(session, lines, push=False, role="user")
    page = browser.open_panel(session)
    connected(page)
    expect(articles(page)).to_have_count(2)
    high = "(element) => [element.clientHeight, element.scrollHeight]"
    wide = "(element) => [element.clientWidth, element.scrollWidth]"
    text = page.locator("article[data-role=user] > .text")

    shown, whole = text.evaluate(high)
    assert shown < 300 < whole
    shown, whole = page.locator("pre.code").evaluate(high)
    assert shown < 700 < whole
    shown, whole = page.locator(".table").evaluate(wide)
    assert shown < 400 < whole
    shown, whole = page.locator("#scroller").evaluate(wide)
    assert shown == whole, "the page scrolls sideways"
    page.get_by_role("button", name="Show all").click()
    shown, whole = text.evaluate(high)
    assert shown == whole
    expect(page.get_by_role("button", name="Show all")).to_be_hidden()

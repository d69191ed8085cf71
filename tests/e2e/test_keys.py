"""The panel by keyboard: keys, the sheet that lists them, finding, copying, and what Enter does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.hosts_and_forms import one_pair
from tests.support.panel_page import answered, articles, send

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

# The page is the same on both hosts, and the form of the server adds nothing.
pytestmark = one_pair

COMPOSING: Final = """(box) => {
  box.value = 'にほん';
  const key = (members) => new KeyboardEvent('keydown', {
    key: 'Enter', bubbles: true, cancelable: true, ...members });
  box.dispatchEvent(key({ isComposing: true }));
  box.dispatchEvent(key({ keyCode: 229 }));
}"""
# The texts of the conversation that a button stands on; a line of text is 2 px lower than its box.
COVERED: Final = """(button) => {
  const own = button.getBoundingClientRect();
  const meets = ({ top, bottom, left, right }) =>
    top + 2 < own.bottom && bottom - 2 > own.top && left < own.right && right > own.left;
  const range = document.createRange();
  return [...document.querySelectorAll('#log .text, #log time, #log .step-head')].filter((one) => {
    range.selectNodeContents(one);
    return meets(range.getBoundingClientRect());
  }).map(({ textContent }) => textContent);
}"""
MARKED: Final = "() => [...(CSS.highlights.get('found') ?? [])].map(String)"
# No frame comes, nor what is waited for in place of one: the page is as it is before its first.
NO_FRAME: Final = """
globalThis.requestAnimationFrame = () => 0;
const soon = globalThis.setTimeout;
globalThis.setTimeout = (act, ms, ...more) => (ms === 100 ? 1 : soon(act, ms, ...more));
"""
TRANSPARENT: Final = "rgba(0, 0, 0, 0)"
COLOUR: Final = "(element) => getComputedStyle(element, '::highlight(found)').backgroundColor"


def choose(page: Page, name: str, value: str) -> None:
    """Choose something on the options page, as its radio buttons do; it holds for every page."""
    page.evaluate("([name, value]) => localStorage.setItem(name, value)", [name, value])


@pytest.fixture
def box(panel: Page) -> Iterator[Page]:
    """The panel, with what a test chooses forgotten afterwards."""
    yield panel
    panel.evaluate(
        "() => ['enter', 'letters'].forEach((one) => localStorage.removeItem(`threadline.${one}`))"
    )


def test_enter_sends_but_not_while_an_input_method_composes(
    box: Page, server: BackendServer, session: str
) -> None:
    """Ux.md M18: Shift+Enter is a line, an input method keeps its Enter, eight lines are seen."""
    message = box.get_by_role("textbox", name="Message")
    message.evaluate(COMPOSING)
    expect(message).to_have_value("にほん")
    assert server.messages(session) == []
    message.fill("One")
    for _ in range(20):
        message.press("Shift+Enter")
    height, line = message.evaluate(
        "(box) => [box.clientHeight, parseFloat(getComputedStyle(box).lineHeight)]"
    )
    assert 7 * line < height < 9 * line

    choose(box, "threadline.enter", "line")
    message.fill("Two")
    message.press("Enter")
    expect(message).to_have_value("Two\n")
    message.press("Control+Enter")

    expect(articles(box).first).to_contain_text("Two")


def test_a_key_that_is_faster_than_the_first_frame_is_typed(
    browser: ExtensionBrowser, session: str
) -> None:
    """Ux.md M18: the panel takes the focus once its text is painted; no key is lost by that."""
    page = browser.context.new_page()
    page.add_init_script(NO_FRAME)
    page.goto(browser.url(f"panel.html?session={session}"))
    message = page.get_by_role("textbox", name="Message")
    expect(message).not_to_be_focused()

    page.keyboard.type("Hi")

    expect(message).to_have_value("Hi")
    assert page.evaluate("() => document.documentElement.dataset.drawn ?? null") is None
    message.fill("")


def test_up_in_an_empty_composer_brings_the_last_text_back(box: Page) -> None:
    """Ux.md S15: it is sent as a new message; in a box that holds something Up is the caret's."""
    send(box, "Find a table\nfor two")
    answered(box)
    message = box.get_by_role("textbox", name="Message")

    message.press("ArrowUp")

    expect(message).to_have_value("Find a table\nfor two")
    message.press("ArrowUp")
    expect(message).to_have_value("Find a table\nfor two")
    box.keyboard.press("Enter")
    expect(box.locator("article[data-role=user]")).to_have_count(2)


def test_each_key_of_the_sheet_does_what_it_says(
    box: Page, server: BackendServer, session: str
) -> None:
    """Ux.md S10, M26: none fires while somebody types; letters can be switched off."""
    server.faults.add_messages(session, "Fine", count=3)
    server.faults.add_messages(session, "Broken", status="failed")
    server.faults.add_messages(session, "Last")
    expect(articles(box)).to_have_count(5)
    message = box.get_by_role("textbox", name="Message")
    sheet = box.get_by_role("dialog", name="Keyboard shortcuts")

    message.press_sequentially("j?f")
    expect(message).to_have_value("j?f")
    expect(sheet).to_be_hidden()
    message.press("Control+/")
    expect(sheet).to_be_visible()
    box.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    box.keyboard.press("Control+k")
    expect(box.get_by_role("navigation", name="Conversations")).to_be_visible()
    box.keyboard.press("Escape")

    box.get_by_role("region", name="Messages").focus()
    for key, focused in (
        ("j", "Last"),
        ("k", "Broken"),
        ("Alt+ArrowUp", "Fine"),
        ("Alt+ArrowDown", "Broken"),
        ("Control+ArrowUp", "Fine"),
        ("f", "Broken"),
        ("Control+ArrowDown", "Last"),
    ):
        box.keyboard.press(key)
        expect(box.locator("article:focus")).to_contain_text(focused)
    box.keyboard.press("?")
    expect(sheet).to_be_visible()
    box.keyboard.press("Escape")
    choose(box, "threadline.letters", "off")
    box.keyboard.press("k")
    box.keyboard.press("?")
    expect(box.locator("article:focus")).to_contain_text("Last")
    expect(sheet).to_be_hidden()
    box.keyboard.press("Control+Shift+O")
    expect(articles(box)).to_have_count(0)


def test_a_message_is_copied_as_it_was_written(
    browser: ExtensionBrowser, server: BackendServer, session: str, box: Page
) -> None:
    """Ux.md M17: Markdown, by pointer or by key, and it is announced; the button covers no text."""
    server.faults.add_messages(session, "**Bold** and `code`")
    browser.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(articles(box)).to_have_count(1)

    before = articles(box).first.bounding_box()
    articles(box).first.hover()
    covered = box.get_by_role("button", name="Copy message").evaluate(COVERED)
    assert covered == []
    assert articles(box).first.bounding_box() == before
    box.get_by_role("button", name="Copy message").click()

    expect(box.locator("#announcer")).to_have_text("Copied")
    assert box.evaluate("() => navigator.clipboard.readText()") == "**Bold** and `code`"
    box.evaluate("() => navigator.clipboard.writeText('')")
    box.keyboard.press("Control+Shift+C")
    box.wait_for_function("async () => await navigator.clipboard.readText() !== ''")


def test_finding_goes_through_the_whole_conversation(
    server: BackendServer, session: str, box: Page
) -> None:
    """Ux.md S7: count, next and previous; folded steps open; what is above the window comes.

    What is found is what is shown: across marks, and not where a link leads.
    """
    step = {"taskId": "t", "stepIndex": 0, "thought": "A needle in it"}
    server.faults.add_messages(session, "Ask", role="user")
    server.faults.add_messages(session, "Step", status="success", metadata=step)
    server.faults.add_messages(session, "Done", metadata={"taskId": "t", "stepIndex": 1})
    server.faults.add_messages(session, "Hay", count=130)
    server.faults.add_messages(session, "The second **Need**le, [here](https://straw.test)")
    expect(articles(box).last).to_contain_text("second Needle")
    folded = box.locator("details[data-step-index='0']")
    expect(folded).to_have_count(0)

    box.keyboard.press("Control+f")
    finding = box.get_by_role("search")
    finding.get_by_role("searchbox").fill("needle")
    expect(finding).to_contain_text("2 of 2")
    assert box.evaluate(MARKED) == ["Needle"]
    assert articles(box).last.locator("strong").evaluate(COLOUR) != TRANSPARENT
    box.keyboard.press("Enter")

    expect(finding).to_contain_text("1 of 2")
    expect(folded).to_have_attribute("open", "")
    expect(folded.get_by_text("A needle in it")).to_be_in_viewport()
    assert box.evaluate(MARKED) == ["needle"]
    finding.get_by_role("button", name="Previous").click()
    expect(finding).to_contain_text("2 of 2")
    finding.get_by_role("searchbox").fill("needle, here")
    expect(finding).to_contain_text("1 of 1")
    assert box.evaluate(MARKED) == ["Needle, here"]
    finding.get_by_role("searchbox").fill("straw")
    expect(finding).to_contain_text("Nothing found")
    finding.get_by_role("searchbox").press("Escape")
    expect(finding).to_be_hidden()
    expect(box.get_by_role("textbox", name="Message")).to_be_focused()

"""How the panel looks: themes, text, spacing, less motion, forced colours, and narrow windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.hosts_and_forms import one_pair
from tests.support.panel_page import articles, connected, send

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

# The page is the same on both hosts, and the form of the server adds nothing.
pytestmark = one_pair

# The least contrast of text on what is behind it, over all that is on show (WCAG's formula), once
# nothing fades any more.
CONTRAST: Final = """async () => {
  const ends = document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().iterations !== Infinity);
  await Promise.allSettled(ends.map((one) => one.finished));
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((one) => one / 255)
      .map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const behind = (element) => {
    for (let one = element; one !== null; one = one.parentElement) {
      const colour = rgba(getComputedStyle(one).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  let least = 21;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() === '' || element.closest('.unseen')) continue;
    if (!element.checkVisibility({ checkOpacity: true })) continue;
    const pair = [light(rgba(getComputedStyle(element).color)), light(behind(element))];
    least = Math.min(least, (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05));
  }
  return least;
}"""
LOOPS: Final = """() => document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().iterations === Infinity).length"""
SIZE: Final = "() => parseFloat(getComputedStyle(document.querySelector('article .text')).fontSize)"
COLOURS: Final = """() => ['.meta', '.text']
  .map((one) => getComputedStyle(document.querySelector(one)).color)"""
# What the page's first frame shows: how many messages, and whether there are icons yet.
FIRST_FRAME: Final = """requestAnimationFrame(() => {
  globalThis.firstFrame = [
    document.querySelectorAll('article').length,
    getComputedStyle(document.querySelector('#badge .icon')).visibility,
  ];
});"""
# How many rows the first frame leaves out, and how many of these would be in sight.
FIRST_ROWS: Final = """requestAnimationFrame(() => {
  const { top } = document.getElementById('scroller').getBoundingClientRect();
  const left = [...document.querySelectorAll('.far')];
  const inSight = left.filter((row) => row.getBoundingClientRect().bottom > top);
  globalThis.firstRows = [left.length, inSight.length];
});"""
BACKGROUND: Final = "() => getComputedStyle(document.querySelector('.scroller')).backgroundColor"


@pytest.fixture
def page(server: BackendServer, session: str, panel: Page) -> Iterator[Page]:
    """The panel with a message, an agent at work, and a failure; looks are as usual afterwards."""
    server.faults.add_messages(session, "Hello **there**, `code`", count=4)
    server.faults.add_messages(session, "Broken", status="failed")
    expect(articles(panel)).to_have_count(5)
    yield panel
    panel.evaluate(
        "() => ['theme', 'text', 'density']"
        ".forEach((one) => localStorage.removeItem(`threadline.${one}`))"
    )


def test_the_theme_of_the_system_is_followed_at_once(page: Page) -> None:
    """Ux.md M23: all of the page, with no pair of colours that cannot be read."""
    shown: dict[str, Any] = {}
    themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        shown[theme] = page.evaluate(BACKGROUND)
        assert page.evaluate(CONTRAST) >= 4.5, theme

    assert shown["light"] != shown["dark"]
    page.evaluate("() => localStorage.setItem('threadline.theme', 'light')")
    page.reload()
    connected(page)
    assert page.evaluate(BACKGROUND) == shown["light"]


def test_the_text_comes_first_and_the_icons_with_the_frame_after_it(page: Page) -> None:
    """Design section 8: the panel opens with its text; each icon is a mask, and takes its time."""
    page.add_init_script(FIRST_FRAME)

    page.reload()
    connected(page)

    count, icons = page.evaluate("() => globalThis.firstFrame")
    assert count > 0
    assert icons == "hidden"
    expect(page.locator("#badge .icon")).to_have_css("visibility", "visible")
    expect(page.locator("#badge .icon")).not_to_have_css("mask-image", "none")


def test_the_rows_in_sight_come_first_and_those_above_with_the_frame_after_it(
    server: BackendServer, session: str, page: Page
) -> None:
    """Design section 8: of what was kept, what nobody can see yet holds nothing up."""
    server.faults.add_messages(session, "One of many", count=40)
    expect(articles(page)).to_have_count(45)
    page.add_init_script(FIRST_ROWS)

    page.reload()
    connected(page)

    left, in_sight = page.evaluate("() => globalThis.firstRows")
    assert left > 10
    assert in_sight == 0
    expect(page.locator(".far")).to_have_count(0)
    expect(articles(page).last).to_be_in_viewport(ratio=1)


def test_nothing_moves_for_ever_and_states_differ_without_colour(page: Page) -> None:
    """Ux.md M27: less motion where it is wanted; shapes and words where colours are not ours."""
    send(page, "Take it slow")
    dots = page.locator(".dots")
    expect(dots).to_be_visible()
    assert page.evaluate(LOOPS) > 0

    page.emulate_media(reduced_motion="reduce", forced_colors="active")

    assert page.evaluate(LOOPS) == 0
    expect(dots).to_be_visible()
    expect(page.locator(".working-words")).not_to_be_empty()
    expect(page.locator(".message-error .icon")).to_be_visible()
    expect(page.locator(".message-error")).to_contain_text("Failed")
    expect(page.locator(".badge-words")).to_be_visible()
    border = page.locator("#badge").evaluate("(badge) => getComputedStyle(badge).borderTopStyle")
    assert border == "solid"


def test_text_and_spacing_are_chosen_and_apply_at_once(
    browser: ExtensionBrowser, page: Page
) -> None:
    """Ux.md S20: in an open panel, without a reload; nothing is smaller than 11 pixels."""
    options = browser.context.new_page()
    options.goto(browser.url("options.html"))
    gap = "() => parseFloat(getComputedStyle(document.querySelector('.column')).paddingTop)"
    usual = page.evaluate(gap)
    assert page.evaluate(SIZE) == 14

    options.get_by_role("radio", name="16 px").check()
    page.wait_for_function(f"() => ({SIZE})() === 16")
    options.get_by_role("radio", name="13 px").check()
    page.wait_for_function(f"() => ({SIZE})() === 13")
    smallest = page.locator(".meta-time").first.evaluate(
        "(time) => parseFloat(getComputedStyle(time).fontSize)"
    )
    options.get_by_role("radio", name="Compact").check()

    page.wait_for_function(f"() => ({gap})() < {usual}")
    assert smallest >= 11


def test_a_narrow_window_needs_no_sideways_scroll(page: Page) -> None:
    """Ux.md M26: at 320 pixels, which is 400 % of a wide screen, and up to 720."""
    for width in (320, 360, 720):
        page.set_viewport_size({"width": width, "height": 510})
        wide, room = page.evaluate(
            "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide == room == width
        inner, outer = page.locator("#scroller").evaluate(
            "(one) => [one.scrollWidth, one.clientWidth]"
        )
        assert inner == outer


def test_more_contrast_is_given_where_it_is_wanted(page: Page) -> None:
    """Ux.md 5.1: small print as strong as the text, and edges that can be seen, in both themes."""
    themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for theme in themes:
        page.emulate_media(color_scheme=theme, contrast="no-preference")
        usual = page.evaluate(CONTRAST)
        muted, text = page.evaluate(COLOURS)
        assert muted != text
        page.emulate_media(color_scheme=theme, contrast="more")

        assert page.evaluate(CONTRAST) >= usual, theme
        muted, text = page.evaluate(COLOURS)
        assert muted == text


def test_a_page_from_right_to_left_is_the_mirror_of_one_from_left_to_right(
    page: Page, server: BackendServer, session: str
) -> None:
    """Ux.md 5.1: own texts stand at the line's end; each text runs as it is written."""
    send(page, "Mine")
    server.faults.add_messages(session, "مرحبا بكم")
    arabic = articles(page).filter(has_text="مرحبا").locator(".text")
    assert arabic.evaluate("(text) => getComputedStyle(text).direction") == "rtl"

    page.evaluate("() => { document.documentElement.dir = 'rtl'; }")

    for width in (320, 400):
        page.set_viewport_size({"width": width, "height": 600})
        inner, outer = page.locator("#scroller").evaluate(
            "(one) => [one.scrollWidth, one.clientWidth]"
        )
        assert inner == outer
        own = page.locator(".message-user > .text").filter(has_text="Mine").bounding_box()
        menu = page.get_by_role("button", name="Conversations").bounding_box()
        sending = page.get_by_role("button", name="Send").bounding_box()
        assert own is not None
        assert menu is not None
        assert sending is not None
        assert own["x"] < width / 4
        assert sending["x"] < width / 4
        assert menu["x"] > width * 3 / 4
    english = articles(page).filter(has_text="there").first.locator(".text")
    assert english.evaluate("(text) => getComputedStyle(text).direction") == "ltr"

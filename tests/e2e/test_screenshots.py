"""The main states in both themes, held against pictures that are kept in screenshots/.

`python3 build.py test tests/e2e/test_screenshots.py --remake-screenshots` makes them anew, and
leaves what a person sees in test-results/screenshots/; a picture that differs is left there, too.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.hosts_and_forms import one_pair
from tests.support.extension_browser import BOOT_LIMIT, POPUP
from tests.support.panel_page import articles, badge_says, connected, send
from tests.support.screenshots import Difference, difference, keep, kept, taken

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import FloatRect

    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

# The page is the same on both hosts, and the form of the server adds nothing.
pytestmark = [
    one_pair,
    pytest.mark.usefixtures("empty_outbox"),
]

KEPT: Final = Path(__file__).parent / "screenshots"
SHOWN: Final = Path(__file__).parents[2] / "test-results" / "screenshots"
THEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
ANSWER: Final = """## Two tables

The **first** is free at *seven*, see [the page](https://example.test/tables).

| Place | Time |
|:--|--:|
| Corner | 19:00 |
| Window | 20:30 |

1. Choose one
2. Confirm it

> Held until Friday.

```python
def best(tables):
    return min(tables, key=lambda one: one.time)
```
"""


def fresh(browser: ExtensionBrowser, server: BackendServer) -> str:
    """Sign in as somebody without conversations, and return a new one."""
    browser.store(accessToken=server.sign_in("other"))
    for one in server.call("GET", "/api/session?limit=200")["sessions"]:
        server.call("DELETE", f"/api/session/{one['sessionId']}")
    return server.new_session("A table for two")


def step(server: BackendServer, session: str, index: int, action: str, **more: object) -> None:
    """Add a step of the agent."""
    metadata = {"taskId": "t", "stepIndex": index, "thought": "Look first", "actionString": action}
    told = {"status": "success", "metadata": metadata, **more}
    server.faults.add_messages(session, f"Did {action}", **told)


def empty(browser: ExtensionBrowser, server: BackendServer) -> Page:
    """A conversation in which nothing was said."""
    page = browser.open_panel(fresh(browser, server))
    connected(page)
    return page


def loading(browser: ExtensionBrowser, server: BackendServer) -> Page:
    """The first page of a history is on its way."""
    session = fresh(browser, server)
    server.faults.spoil_answers("/api/session/*/messages", delay=30.0, count=2)
    page = browser.open_panel(session)
    connected(page)
    expect(page.get_by_text("Loading conversation")).to_be_attached()
    return page


def live_turn(browser: ExtensionBrowser, server: BackendServer) -> Page:
    """The agent is at work."""
    session = fresh(browser, server)
    server.faults.add_messages(session, "Book a table for two", role="user")
    step(server, session, 0, 'click("#search")')
    page = browser.open_panel(session)
    connected(page)
    told = {"taskId": "t", "currentStepIndex": 1, "thought": "Now the date", "sessionId": session}
    running = {**told, "status": "running", "action": "type(date)"}
    server.faults.post_event(f"private-session-{session}", "interact_response", running)
    expect(page.locator("[data-typing-context]")).to_be_visible()
    expect(page.locator(".message-step")).to_have_count(2)
    return page


def long_turn(browser: ExtensionBrowser, server: BackendServer) -> Page:
    """Many steps, one of them failed, and an answer in Markdown."""
    session = fresh(browser, server)
    server.faults.add_messages(session, "Compare the tables of this week", role="user")
    for index in range(12):
        step(server, session, index, f"read_page({index})")
    broken = {"status": "failed", "error": {"message": "The field is not there", "code": "x"}}
    step(server, session, 12, "type(date)", **broken)
    server.faults.add_messages(session, ANSWER)
    page = browser.open_panel(session)
    connected(page)
    expect(articles(page)).to_have_count(15)
    return page


def failed_send(browser: ExtensionBrowser, server: BackendServer) -> Page:
    """The server refused what was sent."""
    page = empty(browser, server)
    server.faults.spoil_answers("/api/agent/interact", status=400, body='{"error": "Too long"}')
    send(page, "This cannot be sent")
    expect(articles(page)).to_have_attribute("data-status", "failed")
    return page


def polling(browser: ExtensionBrowser, server: BackendServer) -> Page:
    """Without a push server, and the banner that says so."""
    session = fresh(browser, server)
    server.faults.add_messages(session, "It came by polling")
    browser.store(settings={**browser.stored("settings"), "pusherHost": "", "pusherKey": ""})
    page = browser.open_panel(session)
    badge_says(page, "fallback")
    expect(articles(page)).to_have_count(1)
    return page


def signed_out(browser: ExtensionBrowser, server: BackendServer) -> Page:
    """Nobody is signed in."""
    session = fresh(browser, server)
    browser.store(accessToken=None)
    page = browser.open_panel(session)
    expect(page.locator("[data-banner=no_token]")).to_be_visible()
    return page


def drawer(browser: ExtensionBrowser, server: BackendServer) -> Page:
    """The conversations, one of them with something new."""
    session = fresh(browser, server)
    other = server.new_session("Flights to Lisbon")
    page = browser.open_panel(other)
    connected(page)
    page.get_by_role("button", name="Conversations").click()
    page.locator(f"button.session[data-session='{session}']").click()
    connected(page)
    server.faults.add_messages(other, "News", count=2)
    page.get_by_role("button", name="Conversations").click()
    expect(page.locator("button.session .count")).to_have_text("2 new")
    page.mouse.move(390, 300)
    return page


def options(browser: ExtensionBrowser, server: BackendServer) -> Page:
    """The settings, as they are found."""
    empty(browser, server)  # so that the engine knows whom it speaks for
    page = browser.context.new_page()
    page.set_viewport_size({"width": 720, "height": 900})
    page.goto(browser.url("options.html"))
    expect(page.get_by_label("API base URL")).not_to_have_value("", timeout=BOOT_LIMIT)
    expect(page.locator("#account-words")).to_contain_text("Signed in as")
    expect(page.locator("#permissions li")).to_have_count(1)
    expect(page.locator("#keys kbd")).not_to_have_count(0)
    expect(page.locator("#data-words")).to_contain_text("about")
    page.locator("#data-words").evaluate("(words) => { words.dataset.changing = ''; }")
    return page


STATES: Final[tuple[Callable[[ExtensionBrowser, BackendServer], Page], ...]] = (
    empty,
    loading,
    live_turn,
    long_turn,
    failed_send,
    polling,
    signed_out,
    drawer,
    options,
)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_it_looks_as_it_did(
    browser: ExtensionBrowser,
    server: BackendServer,
    state: Callable[[ExtensionBrowser, BackendServer], Page],
    pytestconfig: pytest.Config,
) -> None:
    """Ux.md 5: nothing is missing, and nothing is elsewhere, in the light and in the dark theme."""
    remakes = bool(pytestconfig.getoption("remake_screenshots"))
    page = state(browser, server)
    found = {}
    for theme in THEMES:
        name = f"{state.__name__}-{theme}.png"
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        if remakes:
            page.screenshot(path=SHOWN / name, full_page=state is options)
    for theme in THEMES:
        name = f"{state.__name__}-{theme}.png"
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        picture = taken(page, whole=state is options)
        if remakes:
            keep(picture, KEPT / name)
        elif (differs := difference(kept(KEPT / name), picture)) is not None:
            SHOWN.mkdir(parents=True, exist_ok=True)
            picture.save(SHOWN / name)
            found[name] = differs

    assert found == {}, f"look at {SHOWN}; --remake-screenshots keeps what is so now"


def without(page: Page, selector: str) -> Difference | None:
    """Return what the comparison says where the element is not to be seen."""
    before = kept(KEPT / "long_turn-light.png")
    element = page.locator(selector)
    element.evaluate("(one) => { one.style.visibility = 'hidden'; }")
    differs = difference(before, taken(page))
    element.evaluate("(one) => { one.style.visibility = ''; }")
    return differs


def meets(box: tuple[int, int, int, int], place: FloatRect) -> bool:
    """Whether what differs is where the element was."""
    left, top, right, bottom = box
    is_beside = right <= place["x"] or left >= place["x"] + place["width"]
    return not (is_beside or bottom <= place["y"] or top >= place["y"] + place["height"])


def test_the_comparison_misses_nothing(browser: ExtensionBrowser, server: BackendServer) -> None:
    """Without a badge, a button, a row, a step's mark or a line of text it is another picture."""
    page = long_turn(browser, server)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert difference(kept(KEPT / "long_turn-light.png"), taken(page)) is None

    for selector in (
        "#badge",
        ".bar .icon-menu",
        ".send",
        "h1",
        "#composer-hint",
        "#log > :last-child",
        "#log > :last-child th >> nth=0",
        "#log > :last-child .code-block",
    ):
        place = page.locator(selector).bounding_box()
        differs = without(page, selector)
        assert place is not None
        assert differs is not None, selector
        assert meets(differs.box, place), selector
    page.set_viewport_size({"width": POPUP["width"] + 40, "height": POPUP["height"]})
    assert difference(kept(KEPT / "long_turn-light.png"), taken(page)) is not None

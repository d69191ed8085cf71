"""The panel as a person sees it: what a test looks for on the page, and what it does there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from playwright.sync_api import Locator, Page, expect

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "answered",
    "articles",
    "badge_says",
    "connected",
    "place_of",
    "scroll_up",
    "send",
    "sequences",
    "texts_are",
    "turn_to",
    "wake",
]

WORDS: Final = {
    "connecting": "Connecting",
    "connected": "Connected",
    "reconnecting": "Reconnecting",
    "fallback": "Polling",
    "disconnected": "Offline",
    "failed": "Disconnected",
}

# The place of one message in the window, in CSS pixels from the scroller's top.
PLACE: Final = (
    "(article) => article.getBoundingClientRect().top"
    " - document.getElementById('scroller').getBoundingClientRect().top"
)


def articles(page: Page) -> Locator:
    """Return the messages on show."""
    return page.get_by_role("log", name="Conversation").locator("article")


def badge_says(page: Page, state: str, limit: float | None = None) -> None:
    """Wait until the badge shows `state`, in its attribute and in its words.

    Args:
        page: A panel.
        state: One of the six public states.
        limit: Milliseconds, in place of the suite's limit.
    """
    badge = page.locator("#badge")
    expect(badge).to_have_attribute("data-connection-state", state, timeout=limit)
    expect(badge).to_contain_text(WORDS[state])


def connected(page: Page, limit: float | None = None) -> None:
    """Wait until the badge says that the channel is joined."""
    badge_says(page, "connected", limit)


def send(page: Page, text: str) -> None:
    """Type a message and press Enter."""
    page.get_by_role("textbox", name="Message").fill(text)
    page.keyboard.press("Enter")


def answered(page: Page, limit: float | None = None) -> None:
    """Wait until the agent has answered the person's message to the end, within `limit` ms."""
    ended = page.locator("article[data-role=user] ~ article[data-status=completed]")
    expect(ended).to_have_count(1, timeout=limit)


def sequences(page: Page) -> list[int]:
    """Return the numbers of the messages on show, in the order of the page."""
    found: list[str] = articles(page).evaluate_all(
        "all => all.map((article) => article.dataset.sequence).filter(Boolean)"
    )
    return [int(one) for one in found]


def texts_are(page: Page, texts: Sequence[str], limit: float | None = None) -> None:
    """Wait until exactly these texts are on show, in this order, once each."""
    expect(articles(page)).to_have_count(len(texts), timeout=limit)
    for place, text in enumerate(texts):
        expect(articles(page).nth(place)).to_contain_text(text)


def turn_to(page: Page, session: str, form: str) -> None:
    """Show another session: from the list, where the server has one, else by its address."""
    if form == "whole":
        page.get_by_role("button", name="Conversations").click()
        listed = page.get_by_role("navigation", name="Conversations")
        listed.locator(f"button.session[data-session='{session}']").click()
    else:
        page.goto(f"{page.url.partition('?')[0]}?session={session}")


def wake(page: Page) -> None:
    """Say that the network is back: the line is tested at once, and the newest are read."""
    page.evaluate("() => { dispatchEvent(new Event('online')); }")


def scroll_up(page: Page, pixels: int) -> None:
    """Turn the wheel upwards over the list, as a reader does."""
    page.locator("#scroller").hover()
    page.mouse.wheel(0, -pixels)


def place_of(page: Page, sequence: int) -> float:
    """Return where a message stands in the window."""
    found: float = page.locator(f"article[data-sequence='{sequence}']").evaluate(PLACE)
    return found

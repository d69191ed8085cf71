"""What waits to be sent: two windows at once, too much of it, and a text that is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.panel_page import articles, connected, send, sequences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

INTERACT = "/api/agent/interact"
pytestmark = pytest.mark.parametrize("host", ["offscreen"], indirect=True)

# Writes many rows of somebody else, which no engine of this account sends.
FILL = """async (count) => {
  const { addRow } = await import('./outbox_store.js');
  for (let number = 1; number <= count; number += 1) {
    await addRow({
      clientMessageId: `filler-${number}`, sessionId: 's', content: 'x', createdAt: Date.now(),
      account: 'nobody',
    });
  }
}"""
EMPTY = """async () => {
  const { allRows, deleteRow } = await import('./outbox_store.js');
  for (const { clientMessageId } of await allRows()) await deleteRow(clientMessageId);
}"""
ORDINALS = """async () => {
  const { allRows } = await import('./outbox_store.js');
  return (await allRows()).map(({ ordinal }) => ordinal).sort();
}"""


def unsent_texts(page: Page) -> list[str]:
    """Return the person's unacknowledged texts, in the order of the page."""
    found: list[str] = articles(page).locator(".text").all_inner_texts()
    return found


@pytest.fixture
def page(browser: ExtensionBrowser, session: str) -> Iterator[Page]:
    """A panel with a live conversation; what waits is removed afterwards."""
    opened = browser.open_panel(session)
    connected(opened)
    yield opened
    opened.evaluate(EMPTY)


def test_two_windows_that_send_in_the_same_moment_agree_on_the_order(
    browser: ExtensionBrowser, server: BackendServer, session: str, page: Page
) -> None:
    """SPEC.md O10, O2, fault 76: two ordinals, one order in both windows and on the server."""
    other = browser.open_panel(session)
    connected(other)
    server.faults.spoil_answers(INTERACT, status=503, count=1, headers={"retry-after": "2"})
    press = "() => document.getElementById('composer').requestSubmit()"
    for view, text in ((page, "From the first"), (other, "From the second")):
        view.get_by_role("textbox", name="Message").fill(text)

    for view in (page, other):
        view.evaluate(press)
    for view in (page, other):
        expect(view.locator("article[data-role=user]")).to_have_count(2)

    assert page.evaluate(ORDINALS) == [1, 2]
    assert unsent_texts(page) == unsent_texts(other)
    waiting = unsent_texts(page)
    for view in (page, other):
        expect(view.locator("article[data-role=user][data-sequence]")).to_have_count(2)
    stored = [one["content"] for one in server.messages(session) if one["role"] == "user"]
    assert stored == waiting


@pytest.mark.parametrize("form", ["whole"], indirect=True)
def test_a_full_outbox_is_said_and_the_text_stays(page: Page) -> None:
    """SPEC.md O10: the composer refuses rather than lies."""
    page.evaluate(FILL, 200)

    send(page, "One too many")

    expect(page.locator("#composer-error")).to_contain_text("200 messages wait")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("One too many")
    expect(articles(page)).to_have_count(0)


@pytest.mark.parametrize("form", ["whole"], indirect=True)
def test_a_text_of_more_than_a_megabyte_stays(page: Page) -> None:
    """SPEC.md O10: counted in bytes, as the server would."""
    box = page.get_by_role("textbox", name="Message")
    box.evaluate("(box) => { box.value = '€'.repeat(400_000); }")

    box.press("Enter")

    expect(page.locator("#composer-error")).to_contain_text("1 MB")
    assert box.evaluate("(box) => box.value.length") == 400_000
    box.fill("")


def test_a_refused_text_is_taken_back_edited_and_sent(
    server: BackendServer, session: str, page: Page
) -> None:
    """SPEC.md O9: it is in the composer and nowhere else; the edited one is stored once."""
    server.faults.spoil_answers(
        INTERACT, status=422, body='{"error": "Too vague.", "code": "vague"}'
    )
    send(page, "Book it")
    refused = articles(page).filter(has_text="Book it")
    expect(refused).to_contain_text("Too vague.")

    refused.get_by_role("button", name="Edit").click()

    box = page.get_by_role("textbox", name="Message")
    expect(box).to_have_value("Book it")
    expect(box).to_be_focused()
    expect(articles(page)).to_have_count(0)
    assert page.evaluate(ORDINALS) == []
    send(page, "Book the first one for two nights")
    expect(page.locator("article[data-role=user][data-sequence]")).to_have_count(1)
    assert server.messages(session)[0]["content"] == "Book the first one for two nights"
    assert sequences(page)[0] == 1


@pytest.mark.parametrize("form", ["whole"], indirect=True)
def test_a_pause_of_the_servers_is_counted_down(server: BackendServer, page: Page) -> None:
    """SPEC.md O6, O7; ux.md M10: why it waits, and for how long; it can be given up meanwhile."""
    server.faults.spoil_answers(INTERACT, status=429, count=9, headers={"retry-after": "40"})

    send(page, "Later then")

    waiting = articles(page).filter(has_text="Later then")
    expect(waiting).to_contain_text("Too many requests. Trying again in")
    expect(waiting).to_have_attribute("data-status", "queued")
    waiting.get_by_role("button", name="Remove").click()
    expect(articles(page)).to_have_count(0)
    assert page.evaluate(ORDINALS) == []

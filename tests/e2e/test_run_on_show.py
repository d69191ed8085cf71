"""A run on show: one turn of steps, folded when it is over, and stopped when the person says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.e2e.conftest import settings_for
from tests.e2e.hosts_and_forms import one_pair
from tests.support.extension_browser import extension_browser
from tests.support.panel_page import answered, articles, connected, place_of, scroll_up, send

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

# The engine asks on by itself, too: it may have its answer, and the button be gone, by now.
CHECK_NOW: Final = "() => document.querySelector('[data-command=check_now]')?.click()"


@one_pair
def test_a_run_reads_as_one_turn_and_folds_when_it_is_over(panel: Page) -> None:
    """Ux.md M11, S11: open while it runs; then a line and the names of the steps, also later."""
    send(panel, "Take it slow")
    steps = panel.locator("details.step")
    expect(steps.first).to_have_attribute("open", "")
    answered(panel, 30_000)

    head = panel.locator(".turn button")
    expect(head).to_contain_text("5 steps")
    expect(head).to_have_attribute("aria-expanded", "false")
    expect(panel.locator("details.step:not([open])")).to_have_count(4)
    expect(panel.get_by_text("Step 2", exact=True)).to_be_visible()
    words = head.text_content()
    head.click()
    expect(panel.locator("details.step:not([open])")).to_have_count(0)
    head.click()
    expect(panel.locator("details.step:not([open])")).to_have_count(4)  # the result stays
    steps.nth(1).locator("summary").click()
    expect(steps.nth(1)).to_have_attribute("open", "")

    panel.reload()

    expect(head).to_have_text(words or "")
    expect(panel.locator("details.step:not([open])")).to_have_count(3)
    expect(steps.nth(1)).to_have_attribute("open", "")


@one_pair
def test_a_reader_is_not_moved_by_the_end_of_a_run(
    server: BackendServer, session: str, panel: Page
) -> None:
    """Ux.md M14, S11: nothing folds under somebody who reads upwards."""
    server.faults.add_messages(session, "A line to read", count=30)
    expect(articles(panel)).to_have_count(30)
    send(panel, "Take it slow")
    expect(panel.locator("details.step").first).to_be_attached()
    scroll_up(panel, 500)
    expect(panel.locator("#latest")).to_be_visible()
    watched = 22
    before = place_of(panel, watched)

    answered(panel)
    expect(panel.locator("[data-slot=working]")).to_be_empty()

    assert abs(place_of(panel, watched) - before) < 1.0
    expect(panel.locator("details.step:not([open])")).to_have_count(0)


@one_pair
def test_a_run_is_stopped_by_the_server(panel: Page, server: BackendServer, session: str) -> None:
    """Ux.md M13: the label tells the truth, and no further step is begun."""
    send(panel, "Take it slow")
    expect(panel.locator("details.step").first).to_be_attached()

    panel.get_by_role("button", name="Stop agent").click()

    expect(panel.locator("article[data-status=cancelled]")).to_have_count(1)
    expect(panel.locator("[data-typing-context]")).to_have_count(0)
    expect(panel.locator(".note")).to_contain_text("The run was")
    assert server.messages(session)[-1]["status"] == "cancelled"


@pytest.mark.parametrize(("host", "form"), [("offscreen", "three_calls")], indirect=True)
def test_a_run_that_cannot_be_stopped_is_not_waited_for(panel: Page) -> None:
    """Ux.md M13: "Stop waiting", where the server has no way to stop."""
    send(panel, "Take it slow")

    panel.get_by_role("button", name="Stop waiting").click()

    expect(panel.locator("[data-typing-context]")).to_have_count(0)


@pytest.mark.parametrize(("host", "form"), [("panel", "whole")], indirect=True)
def test_a_run_without_news_is_not_said_to_go_on(
    playwright: Playwright, dist: Path, server: BackendServer, session: str, host: str
) -> None:
    """Ux.md M12: after a minute a sentence and a way to look, not endless dots.

    The engine runs in the panel here, so that its clock can be put forward. That is a clock of the
    whole browser, for good: this one has no other tests.
    """
    with extension_browser(playwright, dist) as browser:
        browser.store(accessToken=server.token, settings=settings_for(server, host))
        page = browser.context.new_page()
        page.clock.install()
        _lose_the_news_of_a_run(page, browser, server, session)


def _lose_the_news_of_a_run(
    page: Page, browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """See a run begin, hear nothing of it for a minute, and look."""
    page.goto(browser.url(f"panel.html?session={session}"))
    connected(page, 45_000)
    server.faults.drop_pushes(1_000, session)
    server.faults.spoil_answers(f"/api/session/{session}/changes", status=503, count=1_000)
    server.faults.spoil_answers(f"/api/session/{session}/messages", status=503, count=1_000)
    send(page, "Take it slow")
    line = page.locator("[data-slot=working]")
    expect(line).to_contain_text("Thinking")

    page.clock.fast_forward(61_000)

    expect(line).to_contain_text("No news for 60 s")
    expect(page.locator(".dots-still")).to_have_count(1)
    expect(line.get_by_role("button", name="Check now")).to_be_visible()
    server.faults.reset()
    page.evaluate(CHECK_NOW)
    answered(page)
    expect(line).to_be_empty()

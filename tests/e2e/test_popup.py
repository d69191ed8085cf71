"""The real popup of the toolbar button, as Chrome opens it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from playwright.sync_api import Error

from tests.e2e.hosts_and_forms import one_pair
from tests.support.panel_page import answered, connected, send

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

SHOWN: Final = """JSON.stringify({
  typed: document.getElementById('message')?.value,
  session: JSON.parse(localStorage.getItem('threadline.paint'))?.sessions[0],
})"""  # what is not there yet is left out, since the page may just be loading
CONTEXTS: Final = """async () => (await chrome.runtime.getContexts({
  contextTypes: ['POPUP', 'SIDE_PANEL'] })).map((one) => one.contextType)"""


@one_pair
def test_the_action_popup_holds_a_live_conversation(
    panel: Page, browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md P1; ux.md M1: the popup shows the session that was on show last, and sends."""
    panel.close()

    with browser.real_popup() as popup:
        connected(popup)
        send(popup, "From the popup")
        answered(popup)

    stored = [message["content"] for message in server.messages(session)]
    assert stored.count("From the popup") == 1


@one_pair
def test_the_popup_moves_into_the_side_panel(
    panel: Page, browser: ExtensionBrowser, session: str
) -> None:
    """Ux.md M1: half a line typed in the popup stands in the side panel, and the popup closes."""
    panel.close()
    address = browser.url("panel.html")

    with browser.real_popup() as popup:
        connected(popup)
        popup.get_by_role("textbox", name="Message").fill("Half a line")
        popup.get_by_role("button", name="Conversations").click()
        with suppress(Error):  # the popup goes while the click is still being told
            popup.get_by_role("button", name="Open in side panel").click()
        browser.wait_until(
            lambda: browser.worker().evaluate(CONTEXTS) == ["SIDE_PANEL"],
            "the popup is still there, or no panel",
        )

    browser.wait_until(
        lambda: (
            browser.evaluate_beside(address, SHOWN) == {"typed": "Half a line", "session": session}
        ),
        "the side panel does not show the half line in its conversation",
    )
    browser.evaluate_beside(address, "document.getElementById('message').value = ''; '{}'")
    browser.evaluate_beside(address, "setTimeout(() => close()); '{}'")

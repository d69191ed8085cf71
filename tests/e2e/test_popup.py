"""The real popup of the toolbar button, as Chrome opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.panel_page import answered, connected, send

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser


@pytest.mark.parametrize("host", ["offscreen"], indirect=True)
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

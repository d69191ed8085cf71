"""The person's browser in a soak: a real Chromium with the panel on the session."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page, sync_playwright

from tests.support.extension_browser import build_extension, extension_browser
from tests.support.panel_page import articles, connected, send

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.support.backend_server import BackendServer
    from tests.support.fault_proxy import FaultProxy

BOOT_LIMIT: Final = 60_000  # ms until the panel is connected for the first time


class Browsing:
    """The panel, as the person sees it."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def wait(self, seconds: float) -> None:
        """Let the browser go on."""
        self._page.wait_for_timeout(seconds * 1000)

    def send(self, text: str) -> None:
        """Type a text and press Enter."""
        send(self._page, text)

    def problem(self, ids: Sequence[str]) -> str:
        """Say how what is on show differs from `ids`, all of the session's, in order."""
        shown: list[str] = articles(self._page).evaluate_all(
            "all => all.map((article) => article.dataset.messageId)"
        )
        if not shown or list(ids[-len(shown) :]) != shown:
            return f"{len(shown)} articles on show are not the last of {len(ids)}"
        return ""


@contextmanager
def browsing(server: BackendServer, proxy: FaultProxy, session: str) -> Iterator[Browsing]:
    """Run Chromium with the panel, connected, for as long as the block lasts."""
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        dist = Path(folder) / "dist"
        build_extension(dist, server, proxy)
        with extension_browser(playwright, dist) as browser:
            browser.store(accessToken=server.token)
            page = browser.open_panel(session)
            connected(page, BOOT_LIMIT)
            yield Browsing(page)


__all__ = ["BrowserError", "Browsing", "browsing"]

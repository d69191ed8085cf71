"""A conversation behind the fault proxy, and the question that ends each fault's test: is what the
panel shows what the server has?
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from .engine_process import quicken
from .panel_page import articles, connected

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from .backend_server import BackendServer
    from .extension_browser import ExtensionBrowser
    from .fault_http import SeenRequest
    from .fault_proxy import FaultProxy

__all__ = ["QUICK", "FaultStage"]

EQUAL_LIMIT: Final = 60.0  # seconds until the lists are equal (sync.md L4, on a busy machine)
QUICK: Final = 5  # times as fast as it is: an answer through the proxy still comes in good time
LOOK_INTERVAL: Final = 50  # ms between two looks


@dataclass
class FaultStage:
    """A browser, a server, and the proxy between them.

    Attributes:
        browser: Whose extension reaches the server through the proxy alone.
        server: The back end; calls of the test's own go around the proxy.
        proxy: To make things go wrong.
        session: A conversation of the test's own.
        host: Where the engine runs: `offscreen` or `panel`.
        healings: Seconds from the end of a fault to equal lists, one for each fault.
    """

    browser: ExtensionBrowser
    server: BackendServer
    proxy: FaultProxy
    session: str
    host: str
    healings: list[float] = field(default_factory=list)
    _healed_at: float | None = None
    _is_quick: bool = False

    def open_panel(self) -> Page:
        """Open the panel on the conversation, and wait until it is connected."""
        page = self.browser.open_panel(self.session)
        connected(page)
        return page

    def open_quick_panel(self) -> Page:
        """The same; from then on the engine's clock runs `QUICK` times as fast.

        For a test that waits for pauses of the engine's own. How long it takes to heal is not
        measured then.
        """
        page = self.open_panel()
        quicken(self.browser, self.host, QUICK)
        self._is_quick = True
        return page

    def add(self, *texts: str) -> None:
        """Let the person write from another device."""
        for text in texts:
            self.server.faults.add_messages(self.session, text, role="user", status="sent")

    def heal(self) -> None:
        """End every fault; equality is measured from here."""
        self.proxy.heal()
        self.healed()

    def healed(self) -> None:
        """The fault is over: a cut, a loss of frames, or what a test has just ended."""
        self._healed_at = time.monotonic()

    def shown(self, page: Page) -> list[str | None]:
        """Return the ids of the messages on show, in the order of the page."""
        ids: list[str | None] = articles(page).evaluate_all(
            "all => all.map((article) => article.dataset.messageId)"
        )
        return ids

    def stored(self) -> list[str]:
        """Return the ids of the server's messages, in the order of their numbers."""
        return [str(one["messageId"]) for one in self.server.messages(self.session, limit=200)]

    def contents(self) -> list[str]:
        """Return the texts of the server's messages, in the order of their numbers."""
        return [str(one["content"]) for one in self.server.messages(self.session, limit=200)]

    def reads(self) -> list[SeenRequest]:
        """Return the requests for the conversation's messages and changes, oldest first."""
        path = f"/api/session/{self.session}/"
        return [one for one in self.proxy.seen("GET") if one.path.startswith(path)]

    def equal(self, *pages: Page) -> None:
        """Wait until each page shows exactly what the server has, in its order.

        Raises:
            AssertionError: it does not come to that; both lists are told.
        """
        until = time.monotonic() + EQUAL_LIMIT
        for page in pages:
            while (shown := self.shown(page)) != (stored := self.stored()):
                assert time.monotonic() < until, f"on show {shown}\nat the server {stored}"
                page.wait_for_timeout(LOOK_INTERVAL)  # what is waited for is at the server as well
        if self._healed_at is not None and not self._is_quick:
            self.healings.append(time.monotonic() - self._healed_at)
        self._healed_at = None

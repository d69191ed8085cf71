"""`build.py run`: the local back end, and Chromium with the panel on a live conversation, until
one of them ends.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import ViewportSize, sync_playwright

from .chromium import chromium_or_error, launch_arguments
from .local_back_end import NAME, PASSWORD, back_end, first_session, sign_in
from .options import Configuration
from .packing import build
from .progress import say
from .sockudo import sockudo_or_error

if TYPE_CHECKING:
    import argparse
    import subprocess
    from collections.abc import Mapping

    from playwright.sync_api import BrowserContext

    from .local_back_end import Account
    from .places import Places

__all__ = ["run"]

LOOK_MS: Final = 1_000  # how often a closed window or an ended back end is noticed
WINDOW: Final[ViewportSize] = {"width": 480, "height": 760}  # CSS pixels; about a side panel


def run(places: Places, options: argparse.Namespace) -> int:
    """Build for the local back end, start it, show the panel, and stop it all on Ctrl+C or with
    the last window.

    Raises:
        BuildError: a port is in use, there is no Chromium, or something did not start.
    """
    configuration = Configuration(
        api_base=f"http://127.0.0.1:{options.api_port}",
        auth_endpoint=f"http://127.0.0.1:{options.api_port}/api/pusher/auth",
        pusher_port=options.pusher_port,
    )
    shown = options.headless or has_display(os.environ)
    chromium = chromium_or_error(install=options.install_chromium) if shown else None
    sockudo = sockudo_or_error() if options.sockudo else None
    dist = build(places, configuration, Path(options.out) if options.out else None)
    with back_end(places, configuration, options.api_port, sockudo) as process:
        account = sign_in(configuration)
        session = first_session(configuration, account)
        say(f"The back end runs at {configuration.api_base}; Ctrl+C stops it.")
        try:
            if chromium is None:
                say(by_hand(dist))
                process.wait()
            else:
                _show(places, dist, chromium, account, session, process, headless=options.headless)
        except KeyboardInterrupt:
            say("\nStopping.")
            return 0
    return 0


def has_display(environment: Mapping[str, str]) -> bool:
    """Say whether a window can be shown."""
    if sys.platform in {"darwin", "win32"}:
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def by_hand(dist: Path) -> str:
    """Return how to load the extension by hand, in three lines."""
    return (
        "There is no display here (--headless does without). By hand, in Chrome 146 or newer:\n"
        f'  1. on chrome://extensions: "Developer mode", "Load unpacked", choose {dist}\n'
        f"  2. open Threadline from the toolbar; in Settings sign in as {NAME}, {PASSWORD}"
    )


def _show(
    places: Places,
    dist: Path,
    chromium: Path,
    account: Account,
    session: str,
    process: subprocess.Popen[str],
    *,
    headless: bool,
) -> None:
    """Open the panel in a tab and wait for the end of the window or of the back end."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            places.root / ".run" / "profile",
            executable_path=chromium,
            headless=headless,
            viewport=WINDOW,
            args=launch_arguments(dist),
            ignore_default_args=["--disable-extensions"],
            handle_sigint=False,
        )
        try:
            _open_panel(context, account, session)
            say("The panel is open. Close the window or press Ctrl+C to stop.")
            while context.pages and process.poll() is None:
                context.pages[0].wait_for_timeout(LOOK_MS)
        except BrowserError as error:
            if "closed" not in str(error):
                raise
        finally:
            with suppress(BrowserError):  # where the window was closed by hand
                context.close()


def _open_panel(context: BrowserContext, account: Account, session: str) -> None:
    """Give the extension the token, then open the panel on the session."""
    workers = context.service_workers
    worker = workers[0] if workers else context.wait_for_event("serviceworker")
    worker.evaluate("(accessToken) => chrome.storage.local.set({ accessToken })", account)
    page = context.pages[0] if context.pages else context.new_page()
    origin = "/".join(worker.url.split("/")[:3])
    page.goto(f"{origin}/panel.html?session={session}")

"""Chromium with the built extension, for end-to-end tests.

One browser per test module, with a profile of its own; each test gets pages, and the service worker
to set storage and to make things go wrong. Everything waits on a condition, with a time limit.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import BrowserContext, Error, Page, Worker, expect
from websockets.sync.client import connect

from threadline_build.chromium import find_chromium, launch_arguments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Playwright

    from tests.support.backend_server import BackendServer
    from tests.support.fault_proxy import FaultProxy

__all__ = ["ExtensionBrowser", "build_extension", "extension_browser"]

REPOSITORY: Final = Path(__file__).parents[2]
BOOT_LIMIT: Final = 45_000  # ms until the first sign of the engine, on a busy machine
LIMIT: Final = 15_000  # ms for anything else
POPUP: Final = {"width": 400, "height": 600}

Json = dict[str, Any]


def build_extension(out: Path, server: BackendServer, proxy: FaultProxy | None = None) -> None:
    """Build the extension for this back end, or for the proxy before it, into `out`."""
    reached = server if proxy is None else proxy
    environment = {
        **os.environ,
        "API_BASE": reached.api,
        "PUSHER_KEY": server.key,
        "PUSHER_WS_HOST": "127.0.0.1",
        "PUSHER_WS_PORT": str(reached.pusher_port),
    }
    command = [sys.executable, str(REPOSITORY / "build.py"), "build", "--out", str(out)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


class ExtensionBrowser:
    """A running browser with the extension.

    Attributes:
        context: Playwright's, for pages.
        extension_id: Fixed by the manifest's key.
        debugging_port: To see what Playwright does not list, such as the real popup.
        profile: The folder that holds everything the browser keeps.
        messages: Everything that pages and the service worker wrote to their consoles.
    """

    def __init__(
        self, playwright: Playwright, context: BrowserContext, port: int, profile: Path
    ) -> None:
        self.context = context
        self.profile = profile
        self.debugging_port = port
        self.messages: list[str] = []
        self.playwright = playwright
        self.extension_id = ""
        worker = self.worker()
        self.extension_id = worker.url.split("/")[2]
        context.on("console", lambda message: self.messages.append(message.text))
        context.on("weberror", lambda error: self.messages.append(str(error.error)))

    def worker(self) -> Worker:
        """Return the service worker; one that Chrome has ended is woken by a word to it."""
        workers = self.context.service_workers
        if workers:
            return workers[0]
        if not self.extension_id:  # the browser is starting, and the worker with it
            return self.context.wait_for_event("serviceworker")
        with self.context.expect_event("serviceworker") as started:
            page = self.context.new_page()
            page.goto(self.url("manifest.json"))
            page.evaluate(
                "() => { chrome.runtime.sendMessage({ type: 'nothing' }).catch(() => {}); }"
            )
        page.close()
        worker: Worker = started.value
        return worker

    def url(self, page: str) -> str:
        """Return the address of one of the extension's pages."""
        return f"chrome-extension://{self.extension_id}/{page}"

    def store(self, **entries: object) -> None:
        """Write `chrome.storage.local`; None removes a key."""
        kept = {key: value for key, value in entries.items() if value is not None}
        gone = [key for key, value in entries.items() if value is None]
        self.worker().evaluate(
            "async ([kept, gone]) => {"
            " await chrome.storage.local.set(kept); await chrome.storage.local.remove(gone); }",
            [kept, gone],
        )

    def stored(self, key: str) -> Any:
        """Return one key of `chrome.storage.local`."""
        return self.worker().evaluate(
            "async (key) => (await chrome.storage.local.get(key))[key] ?? null", key
        )

    def open_panel(self, session: str | None = None, *, wait: bool = True) -> Page:
        """Open the panel as a tab of the popup's size; wait until the engine speaks."""
        page = self.context.new_page()
        page.set_viewport_size({"width": POPUP["width"], "height": POPUP["height"]})
        query = "" if session is None else f"?session={session}"
        page.goto(self.url(f"panel.html{query}"))
        if wait:
            told = page.locator("#log[aria-busy='false']")
            expect(told).to_have_count(1, timeout=BOOT_LIMIT)
        return page

    def close_pages(self) -> None:
        """Close every page but a blank one, so that the browser stays."""
        blank = self.context.new_page()
        for page in self.context.pages:
            if page is not blank:
                page.close()

    def has_engine(self) -> bool:
        """Whether the offscreen document exists."""
        return bool(self.worker().evaluate("() => chrome.offscreen.hasDocument()"))

    def kill_engine(self) -> None:
        """Close the offscreen document under the engine's feet."""
        self.worker().evaluate("() => chrome.offscreen.closeDocument()")

    def forget_engine(self) -> None:
        """End the engine, and take back its word that it is wanted without a view."""
        self.worker().evaluate(
            "async () => { await chrome.alarms.clearAll();"
            " await chrome.storage.local.set({ engineWanted: false });"
            " if (await chrome.offscreen.hasDocument()) await chrome.offscreen.closeDocument(); }"
        )

    def ring_alarm(self) -> None:
        """Let the alarm that looks after the engine ring now; Chrome's own is half a minute off."""
        self.worker().evaluate(
            "() => chrome.alarms.create('engine', { when: Date.now(), periodInMinutes: 0.5 })"
        )

    def has_alarm(self) -> bool:
        """Whether it is looked from time to time that a wanted engine is there."""
        return bool(
            self.worker().evaluate("async () => Boolean(await chrome.alarms.get('engine'))")
        )

    def stop_worker(self) -> None:
        """End the service worker, as Chrome does when it is idle."""
        page = self.context.pages[0]
        session = self.context.new_cdp_session(page)
        session.send("ServiceWorker.enable")
        session.send("ServiceWorker.stopAllWorkers")
        session.detach()

    def reload_extension(self) -> None:
        """Reload the extension, as an update does: every page and the worker are gone."""
        self.context.new_page()
        before = self.worker()
        before.evaluate("() => { setTimeout(() => chrome.runtime.reload(), 0); }")
        self.wait_until(
            lambda: any(one is not before for one in self.context.service_workers),
            "the service worker did not come back",
        )

    def kill(self) -> None:
        """End the whole browser by SIGKILL, as a crash or a power cut does, and wait for its end.

        Nothing is asked of it any more; start another one on the same profile.
        """
        marked = f"--user-data-dir={self.profile}".encode()
        running = [pid for pid in _processes() if marked in _command_line(pid)]
        assert running, f"no browser runs on {self.profile}"
        for pid in running:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        limit = time.monotonic() + LIMIT / 1000
        while any(_command_line(pid) for pid in running):
            assert time.monotonic() < limit, "the browser did not end"
            time.sleep(0.02)  # between two looks at the processes

    def wait_until(self, holds: Callable[[], bool], otherwise: str) -> None:
        """Wait until `holds()`, asking ten times a second; fail with `otherwise` after a minute."""
        page = self.context.pages[0]
        for _ in range(600):
            if holds():
                return
            page.wait_for_timeout(100)  # what is waited for is outside the page
        raise AssertionError(otherwise)

    def boot_report(self, page: Page, host: str) -> Json:
        """Return `threadlineBoot` of the page that hosts the engine: how it booted, and why so."""
        if host == "panel":
            return dict(page.evaluate("() => globalThis.threadlineBoot"))
        return dict(self.evaluate_in_engine("globalThis.threadlineBoot"))

    def evaluate_in_engine(self, expression: str) -> Any:
        """Evaluate JavaScript in the offscreen document, and return its value."""
        connection = self.context.browser
        assert connection is not None
        session = connection.new_browser_cdp_session()
        listed = session.send("Target.getTargets", {"filter": [{}]})["targetInfos"]
        engine = next(one for one in listed if one["url"] == self.url("engine.html"))
        address = engine["targetId"]
        spelt = f"JSON.stringify(({expression}) ?? null)"
        return _evaluate_over_debugging_port(self.debugging_port, address, spelt)

    def targets(self) -> list[Json]:
        """Return every target that the debugging port lists, the offscreen document included."""
        address = f"http://127.0.0.1:{self.debugging_port}/json/list"
        with urllib.request.urlopen(address, timeout=10) as answer:
            listed: list[Json] = json.load(answer)
        return listed

    def evaluate_beside(self, address: str, expression: str) -> Json:
        """Evaluate JavaScript that gives JSON text in a page that Playwright does not list."""
        target = next(one for one in self.targets() if one["url"].startswith(address))
        told: Json = _evaluate_over_debugging_port(self.debugging_port, target["id"], expression)
        return told

    @contextmanager
    def real_popup(self) -> Iterator[Page]:
        """Open the action's real popup and give it as a page.

        Playwright does not list a popup that opens later: a second connection, made afterwards,
        does.
        """
        self.worker().evaluate("() => { chrome.action.openPopup(); }")
        wanted = self.url("panel.html")
        self.wait_until(
            lambda: any(target["url"].startswith(wanted) for target in self.targets()),
            "the popup did not open",
        )
        address = f"http://127.0.0.1:{self.debugging_port}"
        browser = self.playwright.chromium.connect_over_cdp(address)
        try:
            pages = [page for context in browser.contexts for page in context.pages]
            popups = [page for page in pages if page.url.startswith(wanted)]
            assert popups, f"no popup among {[page.url for page in pages]}"
            yield popups[0]
        finally:
            browser.close()


def _evaluate_over_debugging_port(port: int, target: str, expression: str) -> Any:
    """Evaluate JavaScript in a target that Playwright does not list, and decode its JSON.

    Raises:
        AssertionError: the page said that the expression failed.
    """
    address = f"ws://127.0.0.1:{port}/devtools/page/{target}"
    with connect(address, max_size=None) as channel:
        order = {"id": 1, "method": "Runtime.evaluate", "params": {"expression": expression}}
        channel.send(json.dumps(order))
        while True:
            answer = json.loads(channel.recv(timeout=10))
            if answer.get("id") == 1:
                told = answer.get("result", answer)
                assert not {"exceptionDetails", "error"} & told.keys(), told
                return json.loads(told["result"]["value"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _processes() -> list[int]:
    return [int(one.name) for one in Path("/proc").iterdir() if one.name.isdecimal()]


def _command_line(pid: int) -> bytes:
    """Return the arguments of a process; nothing for one that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@contextmanager
def extension_browser(
    playwright: Playwright, dist: Path, profile: Path | None = None
) -> Iterator[ExtensionBrowser]:
    """Run Chromium with the extension in `dist` for as long as the block lasts.

    With a `profile` the next browser on the same folder finds what this one kept; without one
    everything goes with the browser.
    """
    chromium = find_chromium()
    assert chromium is not None, "no Chromium: install the package `chromium`, or set CHROME"
    port = _free_port()
    with tempfile.TemporaryDirectory() as passing:
        folder = profile or Path(passing)
        # Without developer mode Chrome switches an unpacked extension off when it reloads.
        preferences = folder / "Default" / "Preferences"
        if not preferences.exists():
            preferences.parent.mkdir(parents=True)
            preferences.write_text('{"extensions": {"ui": {"developer_mode": true}}}')
        context = playwright.chromium.launch_persistent_context(
            folder,
            executable_path=chromium,
            headless=True,
            ignore_default_args=["--disable-extensions"],
            args=[
                *launch_arguments(dist),
                "--headless=new",
                f"--remote-debugging-port={port}",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        try:
            yield ExtensionBrowser(playwright, context, port, folder)
        finally:
            with suppress(Error):  # it may have been killed
                context.close()

"""The boot: from the snapshot, without it where it cannot be used, given up where it never ends."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import settings_for
from tests.support.extension_browser import BOOT_LIMIT, extension_browser
from tests.support.panel_page import answered, articles, connected, send, texts_are

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Playwright

    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

# What the server knows has no part in how Python starts.
pytestmark = pytest.mark.parametrize("form", ["whole"], indirect=True)


def _flip_bytes(snapshot: Path) -> None:
    data = bytearray(snapshot.read_bytes())
    middle = len(data) // 2
    for place in range(middle, middle + 4096):
        data[place] ^= 0xFF
    snapshot.write_bytes(bytes(data))


# Every other way to spoil it is in tests/pyodide/test_boot.py, without an engine.
@pytest.mark.parametrize("host", ["offscreen", "panel"], indirect=True)
def test_a_spoilt_snapshot_is_replaced_by_a_plain_boot(
    host: str,
    dist: Path,
    playwright: Playwright,
    server: BackendServer,
    session: str,
    tmp_path: Path,
) -> None:
    """SPEC.md P5: the panel works, and the reason is logged in words."""
    spoilt = tmp_path / "dist"
    shutil.copytree(dist, spoilt)
    _flip_bytes(spoilt / "runtime" / "snapshot.bin")

    with extension_browser(playwright, spoilt) as browser:
        browser.store(accessToken=server.token, settings={"engineHost": host})
        page = browser.open_panel(session)
        expect(page.locator("#badge")).to_have_attribute(
            "data-connection-state", "connected", timeout=BOOT_LIMIT
        )
        send(page, "Does it work all the same?")
        answered(page)
        report = browser.boot_report(page, host)

    assert report["kind"] == "plain"
    assert report["reason"]


@pytest.mark.parametrize("host", ["offscreen"], indirect=True)
def test_the_engine_boots_from_the_snapshot(
    panel: Page, browser: ExtensionBrowser, host: str
) -> None:
    """SPEC.md P5: what is built is what boots."""
    assert browser.boot_report(panel, host)["kind"] == "snapshot"


# Notes the kinds of ports that the page opens: `far` ones carry texts, and silent ones do not.
_NOTE_PORTS = """
globalThis.portsOpened = [];
const connect = chrome.runtime.connect;
chrome.runtime.connect = ({ name }) => {
  globalThis.portsOpened.push(name.split(':')[0]);
  return connect.call(chrome.runtime, { name });
};
"""


@pytest.mark.parametrize("host", ["offscreen"], indirect=True)
def test_the_panel_that_had_the_engine_started_speaks_to_it_directly(
    browser: ExtensionBrowser, session: str, host: str
) -> None:
    """SPEC.md P1: texts take no way through the browser, whoever was there first."""
    browser.context.add_init_script(_NOTE_PORTS)
    page = browser.open_panel(session)
    send(page, "Who is nearest?")
    answered(page)

    assert page.evaluate("() => globalThis.portsOpened.at(0)") == "far", "no engine was there"
    assert page.evaluate("() => globalThis.portsOpened.at(-1)") == "view"


@pytest.mark.parametrize("host", ["panel"], indirect=True)
def test_the_panel_page_boots_from_the_snapshot_too(
    panel: Page, browser: ExtensionBrowser, host: str
) -> None:
    """SPEC.md P5: through PyScript, from the same snapshot."""
    assert browser.boot_report(panel, host)["kind"] == "snapshot"
    expect(articles(panel)).to_have_count(0)


TEXT: Final = "Sent to nobody yet"
# In place of Pyodide's own module: it is loaded, which every page can see, and never done.
_HANGS: Final = "localStorage.isHanging = true;\nexport default () => new Promise(() => {});\n"
# In place of a page's clock for what takes seconds: none of it rings by itself; another page says
# what time it is. The short pauses between two tries of a word to the service worker are real.
_CLOCK: Final = """
const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
const timers = new Map();
let now = 0;
let last = 0;
globalThis.setTimeout = (work, delay = 0) => {
  if (delay < 1_000) return real.setTimeout.call(globalThis, work, delay);
  timers.set(--last, { work, at: now + delay });
  return last;
};
globalThis.clearTimeout = (timer) => {
  if (!timers.delete(timer)) real.clearTimeout.call(globalThis, timer);
};
const clock = new BroadcastChannel('clock');
clock.onmessage = ({ data }) => {
  now = data;
  for (const [timer, { work, at }] of [...timers]) {
    if (at <= now && timers.delete(timer)) work();
  }
  clock.postMessage(now);
};
"""
# Settles once what was due by then has rung, though the page that it rang in ends with that.
_PASS_TIME: Final = """
(now) => new Promise((resolve) => {
  const clock = new BroadcastChannel('clock');
  clock.onmessage = () => resolve(clock.close());
  clock.postMessage(now);
})
"""
_IS_HELD: Final = """
() => chrome.extension.getViews().some((page) => page.threadlineHost?.holdsEngine())
"""


@pytest.fixture
def hanging_dist(dist: Path, tmp_path: Path) -> Path:
    """The extension with an interpreter that never starts, and no clock in the engine's page."""
    out = tmp_path / "dist"
    shutil.copytree(dist, out)
    (out / "vendor" / "pyodide" / "pyodide.asm.mjs").write_text(_HANGS)
    (out / "clock.js").write_text(_CLOCK)
    page_of_engine = out / "engine.html"
    html = page_of_engine.read_text()
    page_of_engine.write_text(
        html.replace("<script", '<script src="./clock.js"></script><script', 1)
    )
    return out


@pytest.fixture
def hanging_browser(
    playwright: Playwright, hanging_dist: Path, server: BackendServer, host: str
) -> Iterator[ExtensionBrowser]:
    """A browser with that extension, where the person has signed in."""
    with extension_browser(playwright, hanging_dist) as browser:
        browser.store(accessToken=server.token, settings=settings_for(server, host))
        yield browser


def _send_to_nobody(page: Page) -> None:
    """Send a text, and wait until an engine has begun to start, wherever it is to run."""
    send(page, TEXT)
    page.wait_for_function("() => localStorage.isHanging", timeout=BOOT_LIMIT)


def _mend(hanging: Path, dist: Path) -> None:
    """Put back what is there of each file that was changed."""
    for name in ("vendor/pyodide/pyodide.asm.mjs", "engine.html"):
        shutil.copyfile(dist / name, hanging / name)


def _goes_with_the_next_engine(page: Page, server: BackendServer, session: str) -> None:
    """Wait until the text has been answered; it was sent once."""
    answered(page, BOOT_LIMIT)
    connected(page)
    assert [m["content"] for m in server.messages(session)].count(TEXT) == 1


@pytest.mark.parametrize("host", ["offscreen"], indirect=True)
def test_a_boot_that_never_ends_makes_room_after_a_minute(
    hanging_browser: ExtensionBrowser,
    hanging_dist: Path,
    dist: Path,
    server: BackendServer,
    session: str,
) -> None:
    """SPEC.md P10: the page that hangs is closed, and what was sent goes with the next engine."""
    page = hanging_browser.open_panel(session, wait=False)
    _send_to_nobody(page)
    _mend(hanging_dist, dist)

    page.evaluate(_PASS_TIME, 59_000)
    assert page.evaluate(_IS_HELD) is True
    texts_are(page, [TEXT])
    page.evaluate(_PASS_TIME, 60_000)

    _goes_with_the_next_engine(page, server, session)


@pytest.mark.parametrize("host", ["panel"], indirect=True)
def test_a_boot_that_never_ends_in_the_panel_is_said_after_a_minute(
    hanging_browser: ExtensionBrowser,
    hanging_dist: Path,
    dist: Path,
    server: BackendServer,
    session: str,
) -> None:
    """SPEC.md P10: why is on the console, the lock is free for others, and a new try works."""
    page = hanging_browser.context.new_page()
    page.clock.install()
    page.goto(hanging_browser.url(f"panel.html?session={session}"))
    _send_to_nobody(page)
    said = page.locator("[data-banner=no_engine]")
    expect(said).to_have_count(0)

    page.clock.fast_forward(60_000)

    expect(said).to_contain_text("The engine could not start.")
    why = "Python did not start within a minute"
    hanging_browser.wait_until(
        lambda: any(why in one for one in hanging_browser.messages), "it is not said why"
    )
    held = "async () => (await navigator.locks.query()).held.length"
    hanging_browser.wait_until(lambda: page.evaluate(held) == 0, "the engine's lock is still held")
    texts_are(page, [TEXT])
    _mend(hanging_dist, dist)
    said.get_by_role("button", name="Try again").click()
    _goes_with_the_next_engine(page, server, session)

"""The boot: from the snapshot, and without it when it cannot be used."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.extension_browser import BOOT_LIMIT, extension_browser
from tests.support.panel_page import answered, articles, send

if TYPE_CHECKING:
    from collections.abc import Callable
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


def _cut_short(snapshot: Path) -> None:
    snapshot.write_bytes(snapshot.read_bytes()[:1_000_000])


def _remove(snapshot: Path) -> None:
    snapshot.unlink()


@pytest.mark.parametrize(
    ("damage", "host"),
    [
        (_flip_bytes, "offscreen"),
        (_cut_short, "offscreen"),
        (_remove, "offscreen"),
        (_flip_bytes, "panel"),  # the boot is the same one; that the panel hears of it is not
    ],
    indirect=["host"],
)
def test_a_spoilt_snapshot_is_replaced_by_a_plain_boot(
    damage: Callable[[Path], None],
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
    damage(spoilt / "runtime" / "snapshot.bin")

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

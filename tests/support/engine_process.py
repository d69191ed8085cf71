"""What happens to the machine under the engine: it freezes, sleeps, its clock is set or runs fast.

Playwright does not list the offscreen document and cannot stop a process; the debugging port and
signals can.
"""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .extension_browser import ExtensionBrowser

__all__ = ["frozen_extension", "quicken", "set_clock"]

# Date is the page's wall clock; performance.now(), its monotonic one, stands still in sleep.
SHIFT = """
(() => {
  globalThis.trueNow ??= Date.now.bind(Date);
  Date.now = () => globalThis.trueNow() + %d;
  return JSON.stringify({ now: Date.now() });
})()
"""

# Both clocks and the timers of a page, from now on so many times as fast as they are.
QUICKEN = """
(() => {
  const ring = setTimeout;
  const monotonic = performance.now.bind(performance);
  const [wall, begun, rate] = [Date.now(), monotonic(), %d];
  const gone = () => (monotonic() - begun) * rate;
  Date.now = () => Math.round(wall + gone());
  performance.now = () => begun + gone();
  globalThis.setTimeout = (work, delay = 0) => ring(work, delay / rate);
  return JSON.stringify(rate);
})()
"""


def quicken(browser: ExtensionBrowser, host: str, rate: int) -> None:
    """Let time run `rate` times as fast on the page where the engine runs, once and for its life.

    The network keeps its pace: its answers take `rate` times as long in the engine's eyes.
    """
    page = {"offscreen": "engine.html", "panel": "panel.html"}[host]
    browser.evaluate_beside(browser.url(page), QUICKEN % rate)


def set_clock(browser: ExtensionBrowser, ahead: float) -> None:
    """Let the wall clock of the engine and of every open page be `ahead` seconds ahead.

    To them this is sleep, or a clock that was set: their monotonic clock does not take part.
    """
    shift = SHIFT % round(ahead * 1000)
    for page in browser.context.pages:
        page.evaluate(shift)
    browser.evaluate_beside(browser.url("engine.html"), shift)


@contextmanager
def frozen_extension(browser: ExtensionBrowser) -> Iterator[None]:
    """Stop every process of the extension for as long as the block lasts, then let it go on.

    Panels, engine and service worker stand still in the middle of whatever they did, as on a
    machine that is asleep or has no processor to spare.
    """
    pids = _extension_processes(browser)
    assert pids, "the extension has no process"
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def _extension_processes(browser: ExtensionBrowser) -> list[int]:
    """Return the renderers of this browser that run extensions."""
    connection = browser.context.browser
    assert connection is not None
    session = connection.new_browser_cdp_session()
    listed = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return [
        one["id"]
        for one in listed
        if one["type"] == "renderer"
        and b"--extension-process" in Path(f"/proc/{one['id']}/cmdline").read_bytes()
    ]

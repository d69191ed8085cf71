"""What happens to the machine under the engine: it freezes, it sleeps, its clock is set.

Playwright does not list the offscreen document and cannot stop a process; the debugging port and
signals can.
"""

from __future__ import annotations

import json
import os
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .extension_browser import ExtensionBrowser

__all__ = ["frozen_extension", "set_clock"]

LIMIT = 10.0  # seconds for an answer of the debugging port

# Date is the page's wall clock; performance.now(), its monotonic one, stands still in sleep.
SHIFT = """
(() => {
  globalThis.trueNow ??= Date.now.bind(Date);
  Date.now = () => globalThis.trueNow() + %d;
  return JSON.stringify({ now: Date.now() });
})()
"""


def set_clock(browser: ExtensionBrowser, ahead: float) -> None:
    """Let the wall clock of the engine and of every open page be `ahead` seconds ahead.

    To them this is sleep, or a clock that was set: their monotonic clock does not take part.
    """
    shift = SHIFT % round(ahead * 1000)
    for page in browser.context.pages:
        page.evaluate(shift)
    wanted = browser.url("engine.html")
    address = next(one["webSocketDebuggerUrl"] for one in browser.targets() if one["url"] == wanted)
    with connect(address, max_size=None) as channel:
        parameters = {"expression": shift}
        channel.send(json.dumps({"id": 1, "method": "Runtime.evaluate", "params": parameters}))
        answer: dict[str, Any] = json.loads(channel.recv(timeout=LIMIT))
    assert "exceptionDetails" not in answer["result"], answer


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

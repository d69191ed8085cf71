"""Typing while 100 messages a second come in: from the key to the painted letter, in ms.

A key counts from the browser's own time of the event (`Event.timeStamp`, so that waiting for a busy
page is in it) to the task after the animation frame that follows the change of the text box. Both
extensions show a session of 50 messages, which gets ten messages every tenth of a second; keys are
pressed one after the other, each when the last is painted and a random part of a screen frame has
passed.
"""

from __future__ import annotations

import random
import threading
import time
from statistics import median
from typing import TYPE_CHECKING, Final

from threadline_build.bench_report import Row, no_budget, percentile, spread

if TYPE_CHECKING:
    from .plan import Plan
    from .stage import App, Stage

__all__ = ["measure"]

KEYS: Final = 60  # for each extension
KEYS_QUICK: Final = 20
WARM_UP: Final = 5  # keys at the beginning that are not counted
LOT: Final = 10  # messages
PAUSE: Final = 0.1  # seconds between lots: 100 messages a second
FRAME: Final = 1 / 60  # seconds

WATCH: Final = """() => {
  const box = document.querySelector('textarea');
  box.focus();
  globalThis.benchKeys = [];
  let pressed = 0;
  box.addEventListener('keydown', (event) => { pressed = event.timeStamp; }, true);
  box.addEventListener('input', () => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { benchKeys.push(performance.now() - pressed); port1.close(); };
    port2.postMessage(null);
  }), true);
}"""


def measure(stage: Stage, plan: Plan) -> list[Row]:
    """Return the rows of the median and of the 95th percentile."""
    keys = KEYS_QUICK if plan.quick else KEYS
    taken = {app.name: _type(stage, app, keys) for app in stage.apps}
    peer, ours = taken["peer"], taken["ours"]
    what = "key to painted letter, 100 messages a second coming in"
    return [
        Row(
            "keys.median",
            f"{what}, median",
            "ms",
            median(peer),
            median(ours),
            no_budget(),
            details={name: spread(figures) for name, figures in taken.items()},
        ),
        Row(
            "keys.p95",
            f"{what}, p95",
            "ms",
            percentile(peer, 0.95),
            percentile(ours, 0.95),
            no_budget(),
        ),
    ]


def _type(stage: Stage, app: App, keys: int) -> list[float]:
    """Press keys in a panel while messages come in; return what each took.

    Raises:
        RuntimeError: No message came in meanwhile.
    """
    session = stage.new_session(50)
    phases = random.Random(keys)  # the same ones for both extensions
    over = threading.Event()

    def push() -> None:
        while not over.wait(PAUSE):
            stage.server.faults.add_messages(session, "Crowd", count=LOT)

    with stage.live_panel(app, session) as page:
        before = int(page.evaluate("() => threadlineProbe.size()"))
        page.evaluate(WATCH)
        pushing = threading.Thread(target=push)
        pushing.start()
        try:
            for number in range(1, WARM_UP + keys + 1):
                page.keyboard.press("a")
                page.wait_for_function("(count) => benchKeys.length >= count", arg=number)
                time.sleep(phases.uniform(0, FRAME))
        finally:
            over.set()
            pushing.join()
        taken: list[float] = page.evaluate("() => benchKeys")
        if int(page.evaluate("() => threadlineProbe.size()")) == before:
            raise RuntimeError(f"{app.name}: no message came in")
    return taken[WARM_UP:]

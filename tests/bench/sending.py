"""What a person sends: from Enter to the durable row, and to the request that leaves, in ms.

The row is durable when the panel shows the text, which it does not do before. The request leaves
when the engine's page calls `fetch`: after the engine has written down that it begins, and that is
durable, too. Both moments are `performance.timeOrigin + performance.now()` on the same machine.
Each text waits for the answer to the one before, since one of a session is in the air at a time.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

from threadline_build.bench_report import Row, no_budget, percentile, spread

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from .cdp import Target
    from .plan import Plan
    from .stage import Stage

__all__ = ["measure"]

TEXTS: Final = 40
TEXTS_QUICK: Final = 10
WARM_UP: Final = 3  # texts at the beginning that are not counted

LISTEN: Final = """
(() => {
  globalThis.benchSent = [];
  const send = globalThis.fetch;
  globalThis.fetch = (url, order) => {
    if (url.endsWith('/interact')) benchSent.push(performance.timeOrigin + performance.now());
    return send(url, order);
  };
})()
"""

SAY: Final = """
(text) => new Promise((resolve) => {
  const log = document.getElementById('log');
  const box = document.getElementById('message');
  const now = () => performance.timeOrigin + performance.now();
  const seen = new MutationObserver(() => {
    if (![...log.querySelectorAll('article')].some((one) => one.textContent.includes(text))) return;
    seen.disconnect();
    resolve([began, now()]);
  });
  seen.observe(log, { childList: true, subtree: true });
  box.value = text;
  const began = now();
  box.form.requestSubmit();
})
"""


def measure(stage: Stage, plan: Plan) -> list[Row]:
    """Return the rows of the durable row and of the request."""
    count = TEXTS_QUICK if plan.quick else TEXTS
    session = stage.new_session(50)
    durable: list[float] = []
    leaving: list[float] = []
    with stage.live_panel(stage.ours, session) as page, stage.socket_target(stage.ours) as engine:
        engine.evaluate(LISTEN)
        for number in range(WARM_UP + count):
            row, request = _send(page, engine, f"Text number {number} of the measurement")
            if number >= WARM_UP:
                durable.append(row)
                leaving.append(request)
    return [
        _row("sending.durable", "Enter to the row being durable", durable),
        _row("sending.wire", "Enter to the request leaving", leaving),
    ]


def _send(page: Page, engine: Target, text: str) -> tuple[float, float]:
    before = int(engine.evaluate("benchSent.length"))
    began, shown = page.evaluate(SAY, text)
    page.wait_for_function(
        "(text) => [...document.querySelectorAll('article[data-sequence]')]"
        ".some((one) => one.textContent.includes(text))",
        arg=text,
    )
    left = float(engine.evaluate(f"benchSent[{before}]"))
    return shown - began, left - began


def _row(name: str, what: str, taken: list[float]) -> Row:
    note = f"95th percentile {percentile(taken, 0.95):.1f} ms"
    return Row(
        name,
        what,
        "ms",
        None,
        median(taken),
        no_budget(),
        note=note,
        details={"ours": spread(taken)},
    )

"""Memory after many openings and messages, against memory after 20 openings.

- `memory.size`: the JavaScript heap of the process that holds engine and views, after a garbage
  collection, and the WebAssembly memory, in MB: after 200 openings and 10,000 pushed messages,
  divided by that after 20 openings.
- `memory.handles`: views, sockets and requests that bridge.js holds, Python objects that JavaScript
  holds and JavaScript objects that Python holds, with no panel open: how many more or fewer than
  after 20 openings. Of Python's objects those made after these 20 openings are counted.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final

from threadline_build.bench_report import Row, absolute

from .burst import fill

if TYPE_CHECKING:
    from .cdp import Target
    from .plan import Plan
    from .stage import Stage

__all__ = ["measure"]

BEFORE: Final = 20  # openings
AFTER: Final = 200
AFTER_QUICK: Final = 60
MESSAGES: Final = 10_000
MESSAGES_QUICK: Final = 3_000
GROWTH: Final = 1.05
MAPS: Final = ("views", "sockets", "requests")  # variables of bridge.js
MB: Final = 1024 * 1024
PATIENCE: Final = 10.0  # seconds for which an answer under way is waited for
SIZE: Final = "function () { return this.size; }"
# Counts what was made since the first call and is not destroyed.
TRACED: Final = """function () {
  this.enable_pyproxy_allocation_tracing();
  return this.pyproxy_alloc_map.size;
}"""
FUNCTION: Final = "threadlineHost.openSocket"  # one that sees bridge.js's variables


@dataclass(frozen=True, slots=True)
class Held:
    """What the engine's page holds.

    Attributes:
        script: The JavaScript heap in use, in MB.
        wasm: The WebAssembly memory, in MB; it never shrinks.
        handles: By name, how many.
    """

    script: float
    wasm: float
    handles: dict[str, int]

    @property
    def size(self) -> float:
        """All memory, in MB."""
        return self.script + self.wasm


def measure(stage: Stage, plan: Plan) -> list[Row]:
    """Return the rows of the size and of the handles."""
    openings = AFTER_QUICK if plan.quick else AFTER
    messages = MESSAGES_QUICK if plan.quick else MESSAGES
    session = stage.new_session(50)
    stage.end_engine()
    _open(stage, session, BEFORE)
    before = _held(stage)
    _open(stage, session, openings - BEFORE - 1)
    opened = _held(stage)
    with stage.live_panel(stage.ours, session) as page:
        fill(stage, page, session, messages)
    after = _held(stage)
    more = {name: after.handles[name] - before.handles[name] for name in before.handles}
    told = (
        f"{before.size:.1f} MB after {BEFORE} openings, {opened.size:.1f} MB after {openings - 1},"
        f" {after.size:.1f} MB after {messages:,} messages as well"
    )
    details: dict[str, Any] = {
        f"{BEFORE} openings": asdict(before),
        f"{openings - 1} openings": asdict(opened),
        f"{openings} openings and {messages} messages": asdict(after),
    }
    return [
        Row(
            "memory.size",
            f"memory after {openings} openings and {messages:,} messages / after {BEFORE}",
            "x",
            None,
            after.size / before.size,
            absolute(GROWTH, "x"),
            note=told,
            details=details,
        ),
        Row(
            "memory.handles",
            "views, sockets, requests and proxies over the baseline",
            "",
            None,
            float(sum(abs(count) for count in more.values())),
            absolute(0, ""),
            note=", ".join(f"{name} {count}" for name, count in after.handles.items()),
        ),
    ]


def _open(stage: Stage, session: str, times: int) -> None:
    """Open and close a panel so often, each time until the engine has spoken."""
    for _ in range(times):
        with stage.panel(stage.ours, session) as page:
            stage.mark(page, "engine")


def _held(stage: Stage) -> Held:
    """Return what the engine's page holds now that no panel is open."""
    with stage.socket_target(stage.ours) as engine:
        bridge = engine.variables(engine.handle(FUNCTION), "Module")
        _await_answers(engine, bridge["requests"])
        engine.call("HeapProfiler.collectGarbage")
        python = _python(engine, bridge["listener"])
        wasm = engine.apply(python["wasmMemory"], "function () { return this.buffer.byteLength; }")
        script = engine.call("Runtime.getHeapUsage")["usedSize"]
        handles = {name: int(engine.apply(bridge[name], SIZE)) for name in MAPS}
        handles["proxies of Python"] = int(engine.apply(python["Module"], TRACED))
        handles["proxies in Python"] = int(
            engine.apply(python["Hiwire"], "function () { return this.num_keys(); }")
        )
        return Held(script / MB, float(wasm) / MB, handles)


def _await_answers(engine: Target, requests: str) -> None:
    """Wait until no request is under way: one that is asked now and then is none that is kept."""
    deadline = monotonic() + PATIENCE
    while int(engine.apply(requests, SIZE)) and monotonic() < deadline:
        sleep(0.02)


def _python(engine: Target, listener: str) -> dict[str, str]:
    """Return the handles of Pyodide's own variables.

    The function that Python gave bridge.js is of a class whose methods see them.
    """
    method = engine.derive(listener, "function () { return this.destroy; }")
    return engine.variables(method, "Block (_createPyodideModule)")

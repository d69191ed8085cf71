"""The door to JavaScript. No other module imports `js` or `pyodide`.

What passes through: strings, numbers, booleans and None. Structures cross as one JSON text, so
that no `JsProxy` outlives the line that made it. One Python function is lent to JavaScript, once,
for the life of the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import threadlineHost as host  # extension/bridge.js; bound to the page's own at boot
from pyodide.ffi import create_proxy

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["host", "listen"]


def listen(deliver: Callable[[str, int, str], None]) -> None:
    """Let JavaScript call `deliver(topic, number, text)`; what came in before comes first.

    The proxy is never destroyed: it lives exactly as long as the engine does.
    """
    host.listen(create_proxy(deliver))

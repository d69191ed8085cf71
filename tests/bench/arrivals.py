"""When frames arrive in the browser, noted in the page that holds the WebSocket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .cdp import Target

__all__ = ["arrivals", "listen"]

# Both hear their socket by `onmessage`; what stands there is called after the note is made. (The
# capturing listeners of what is no node are called in the order of their registration: too late.)
LISTEN: Final = """function () {
  globalThis.benchArrivals = [];
  const open = [...this.values()].filter(({ readyState }) => readyState === WebSocket.OPEN);
  for (const socket of open) {
    const hear = socket.onmessage;
    socket.onmessage = (event) => {
      globalThis.benchArrivals.push([performance.timeOrigin + performance.now(), event.data]);
      hear.call(socket, event);
    };
  }
  return open.length;
}"""


def listen(holder: Target, app: str) -> None:
    """Begin to note what arrives on the open WebSockets of a page.

    Ours are in a variable of bridge.js; `probe.js` keeps the peer's, whose page it is in.

    Raises:
        RuntimeError: It has none.
    """
    if app == "ours":
        host = holder.handle("threadlineHost.openSocket")
        sockets = holder.variables(host, "Module")["sockets"]
    else:
        sockets = holder.handle("threadlineProbe.sockets")
    if not holder.apply(sockets, LISTEN):
        raise RuntimeError(f"{app} holds no open WebSocket")


def arrivals(holder: Target) -> dict[str, float]:
    """Return when each pushed message arrived since `listen`, in ms since 1970, by its id."""
    found: dict[str, float] = {}
    for at, text in json.loads(holder.evaluate("JSON.stringify(globalThis.benchArrivals)")):
        frame = json.loads(text)
        if frame["event"] == "new_message":
            found.setdefault(json.loads(frame["data"])["message"]["messageId"], at)
    return found

"""A page of the running browser, spoken to in the DevTools protocol.

For what Playwright does not list (the offscreen document) and does not offer: looking into the
variables of a module, and collecting garbage.
"""

from __future__ import annotations

import json
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websockets.sync.client import ClientConnection

__all__ = ["Target", "target"]

LIMIT: Final = 60  # seconds for one answer

Json = dict[str, Any]


class Target:
    """One page, worker or offscreen document.

    Args:
        channel: Open to the target.
    """

    def __init__(self, channel: ClientConnection) -> None:
        self._channel = channel
        self._orders = 0

    def call(self, method: str, **parameters: Any) -> Json:
        """Give one order and return its result.

        Raises:
            RuntimeError: The browser refused it.
            TimeoutError: No answer came.
        """
        self._orders += 1
        order = {"id": self._orders, "method": method, "params": parameters}
        self._channel.send(json.dumps(order))
        while True:
            answer: Json = json.loads(self._channel.recv(timeout=LIMIT))
            if answer.get("id") != self._orders:
                continue  # an event
            if "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']['message']}")
            result: Json = answer["result"]
            return result

    def evaluate(self, expression: str) -> Any:
        """Return the JSON value of an expression; a promise is waited for."""
        return self._value("Runtime.evaluate", expression=expression, awaitPromise=True)

    def handle(self, expression: str) -> str:
        """Return the number under which the browser keeps the object that an expression gives."""
        return str(self.call("Runtime.evaluate", expression=expression)["result"]["objectId"])

    def apply(self, handle: str, function: str) -> Any:
        """Call a function with a kept object as `this`; return the JSON value of its result."""
        return self._value("Runtime.callFunctionOn", objectId=handle, functionDeclaration=function)

    def derive(self, handle: str, function: str) -> str:
        """Call a function with a kept object as `this`; return the handle of its result."""
        answer = self.call("Runtime.callFunctionOn", objectId=handle, functionDeclaration=function)
        return str(answer["result"]["objectId"])

    def variables(self, function: str, scope: str) -> dict[str, str]:
        """Return the handles of the objects that a kept function sees in one of its scopes.

        Args:
            function: Its handle.
            scope: How the browser describes the scope, or the beginning of that.
        """
        properties = self.call("Runtime.getProperties", objectId=function)
        scopes = _named(properties["internalProperties"])["[[Scopes]]"]
        seen = self.call("Runtime.getProperties", objectId=scopes, ownProperties=True)["result"]
        wanted = next(one["value"] for one in seen if _describes(one, scope))["objectId"]
        inside = self.call("Runtime.getProperties", objectId=wanted, ownProperties=True)["result"]
        return _named(inside)

    def _value(self, method: str, **parameters: Any) -> Any:
        answer = self.call(method, returnByValue=True, **parameters)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"].get("description"))
        return answer["result"].get("value")


def _named(properties: list[Json]) -> dict[str, str]:
    """Return the handles of those properties that are objects, by name."""
    return {
        one["name"]: one["value"]["objectId"]
        for one in properties
        if "objectId" in one.get("value", {})
    }


def _describes(scope: Json, words: str) -> bool:
    return str(scope["value"].get("description", "")).startswith(words)


@contextmanager
def target(port: int, address: str) -> Iterator[Target]:
    """Speak to the one target whose address begins so, for as long as the block lasts.

    Raises:
        LookupError: There is none.
    """
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/version", timeout=LIMIT) as answer:
        browser = json.load(answer)["webSocketDebuggerUrl"]
    with connect(browser, max_size=None) as channel:
        listed = Target(channel).call("Target.getTargets", filter=[{}])["targetInfos"]
    found = [one["targetId"] for one in listed if one["url"].startswith(address)]
    if not found:
        raise LookupError(f"there is no {address} among {[one['url'] for one in listed]}")
    place = f"ws://127.0.0.1:{port}/devtools/page/{found[0]}"
    with connect(place, max_size=None) as channel:
        yield Target(channel)

"""Fixtures of the tests that run inside Pyodide."""

import json

import pytest
from js import scriptedHost


class ScriptedHost:
    """The host object of `host.mjs`, from the side of a test."""

    def calls(self) -> list[list[object]]:
        """Return what Python asked of JavaScript: function name and arguments, in order."""
        return json.loads(scriptedHost.calls())

    def answer(self, **answers: object) -> None:
        """Forget what was called; from now on each named function returns its answer."""
        scriptedHost.reset(json.dumps(answers))

    def deliver(self, topic: str, number: int = 0, text: str = "") -> None:
        """Deliver to Python from JavaScript."""
        scriptedHost.deliver(topic, number, text)


@pytest.fixture
def host() -> ScriptedHost:
    """Return a host that has heard nothing yet."""
    scripted = ScriptedHost()
    scripted.answer()
    return scripted

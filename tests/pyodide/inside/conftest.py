"""Fixtures of the tests that run inside Pyodide."""

import json
from collections.abc import Iterator

import pytest
from js import scriptedHost

from tests.support.catalogue import ENGLISH
from threadline.ui.words import speak


def messages(words: dict[str, str]) -> str:
    """Return words as a messages.json holds them."""
    return json.dumps({id_: {"message": text} for id_, text in words.items()})


# What a page in English answers of its language.
LANGUAGE = {
    "messages": messages(dict(ENGLISH.words)),
    "englishMessages": "",
    "pluralForm": "other",
    "formatNumber": "1",
}


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
def host() -> Iterator[ScriptedHost]:
    """Return a host that has heard nothing yet."""
    scriptedHost.stand(json.dumps(LANGUAGE))
    scripted = ScriptedHost()
    scripted.answer()
    yield scripted
    speak(ENGLISH)

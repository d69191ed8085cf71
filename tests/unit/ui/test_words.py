"""The catalogue: every id is used, every use has an id, and plurals pick their form."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from threadline.ui.words import WORDS, plural, say

# Ids that are put together from an enum's value or a status are written `f"badge.{...}"`.
_COMPOSED = re.compile(r'f"([a-z_.]+\.)\{')
_WHOLE = re.compile(r'"([a-z_]+(?:\.[a-z_0-9]+)+)"')


def _sources() -> str:
    """All code and templates of the ring, without the catalogue itself."""
    folder = files("threadline.ui")
    parts = [file for file in folder.iterdir() if file.name.endswith(".py")]
    parts += list((folder / "templates").iterdir())
    return "\n".join(part.read_text("utf-8") for part in parts if part.name != "words.py")


def test_words_without_values_are_the_catalogues_own() -> None:
    """A sentence without places is handed out as it is."""
    assert say("badge.fallback") == "Polling"


def test_values_are_put_in() -> None:
    """A named place takes its value; braces in the value stay what they are."""
    assert say("delivery.failed.because", reason="{boom}") == "Not sent: {boom}"


def test_an_unknown_id_is_an_error() -> None:
    """A typing mistake does not reach the screen."""
    with pytest.raises(KeyError):
        say("badge.conected")


@pytest.mark.parametrize(("count", "words"), [(1, "1 step"), (2, "2 steps"), (0, "0 steps")])
def test_plural_picks_the_form(count: int, words: str) -> None:
    """English has one form for one and another for all else."""
    assert plural("turn.steps", count) == words


def test_every_id_is_used() -> None:
    """No sentence is left behind when the code that said it has gone."""
    sources = _sources()
    whole, composed = set(_WHOLE.findall(sources)), set(_COMPOSED.findall(sources))
    unused = [
        id_
        for id_ in WORDS
        if id_ not in whole
        and re.sub(r"\.(one|other)$", "", id_) not in whole
        and not any(id_.startswith(stem) for stem in composed)
    ]

    assert unused == []


def test_plurals_come_in_pairs() -> None:
    """Each `.one` has its `.other`, and the reverse."""
    ones = {id_.removesuffix(".one") for id_ in WORDS if id_.endswith(".one")}
    others = {id_.removesuffix(".other") for id_ in WORDS if id_.endswith(".other")}

    assert ones == others

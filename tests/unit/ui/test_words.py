"""What is said, in which form, and in whose language."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.catalogue import ENGLISH
from threadline.ui.sentences import Sentences
from threadline.ui.words import (
    Language,
    is_as_core_speaks,
    number,
    plural,
    say,
    speak,
    translated,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# As `Intl` knows them: Slovene has four forms, and French puts a comma before the tenths.
OTHER = Language(
    words={
        "step_one": "{count} korak",
        "step_two": "{count} koraka",
        "step_other": "{count} korakov",
    },
    plural=lambda count: {1: "one", 2: "two"}.get(count, "other"),
    number=lambda value, digits: f"{value:.{digits}f}".replace(".", ","),
)


@pytest.fixture
def other() -> Iterator[None]:
    """Another language, for one test."""
    speak(OTHER)
    yield
    speak(ENGLISH)


def test_words_without_values_are_the_catalogues_own() -> None:
    """A sentence without places is handed out as it is."""
    assert say("badge_fallback") == "Polling"


def test_values_are_put_in() -> None:
    """A named place takes its value; braces in the value stay what they are."""
    assert say("delivery_failed_because", reason="{boom}") == "Not sent: {boom}"


def test_an_unknown_id_is_an_error() -> None:
    """A typing mistake does not reach the screen."""
    with pytest.raises(KeyError):
        say("badge_conected")


@pytest.mark.parametrize(("count", "words"), [(1, "1 step"), (2, "2 steps"), (0, "0 steps")])
def test_plural_picks_the_form(count: int, words: str) -> None:
    """English has one form for one and another for all else."""
    assert plural("turn_steps", count) == words


@pytest.mark.usefixtures("other")
def test_another_language_brings_its_own_forms_and_numbers() -> None:
    """How many forms there are, and how a number is written, is not ours to know."""
    assert plural("step", 2) == "2 koraka"
    assert number(1234.56, 1) == "1234,6"


def test_what_core_says_is_translated_where_it_is_not_spoken() -> None:
    """Core speaks English."""
    assert is_as_core_speaks()
    assert translated("It greets.") == "It greets."
    speak(replace(ENGLISH, sentences=Sentences({"It greets.": "Er meldet sich."})))
    try:
        assert not is_as_core_speaks()
        assert translated("It greets.") == "Er meldet sich."
    finally:
        speak(ENGLISH)


def test_numbers_are_whole_unless_digits_are_asked_for() -> None:
    """English puts a comma between the thousands."""
    assert number(100_000) == "100,000"


def test_words_are_read_from_chromes_format() -> None:
    """Descriptions are for translators."""
    text = json.dumps({"a": {"message": "A {b}", "description": "A letter."}})
    assert words_of(text) == {"a": "A {b}"}

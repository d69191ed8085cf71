"""Answers to pages, in the language that is spoken."""

from __future__ import annotations

import json
from dataclasses import replace

from tests.support.catalogue import ENGLISH
from threadline.ui.answers import in_language
from threadline.ui.sentences import Sentences
from threadline.ui.words import speak

GERMAN = replace(ENGLISH, sentences=Sentences({"It greets.": "Er meldet sich."}))


def test_english_is_what_core_speaks() -> None:
    """Nothing is touched, not even a space."""
    assert in_language('{"errors" : {}}') == '{"errors" : {}}'


def test_words_of_fields_and_checks_are_translated() -> None:
    """And nothing else of the answer is."""
    answer = {
        "errors": {"apiBase": "It greets."},
        "checks": [{"words": "It greets.", "check": "x"}],
    }
    speak(GERMAN)
    try:
        told = json.loads(in_language(json.dumps(answer)))
        other = json.loads(in_language('{"content": "It greets."}'))
    finally:
        speak(ENGLISH)

    assert told == {
        "errors": {"apiBase": "Er meldet sich."},
        "checks": [{"words": "Er meldet sich.", "check": "x"}],
    }
    assert other == {"content": "It greets."}

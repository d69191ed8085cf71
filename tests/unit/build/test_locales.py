"""`threadline_build.locales`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from threadline_build.errors import BuildError
from threadline_build.locales import (
    check_locales,
    compared,
    hard_coded,
    misspelt,
    sentences,
    wrong_words,
)
from threadline_build.places import Places

ROOT = Path(__file__).parents[3]
MANIFEST: dict[str, Any] = {"default_locale": "en", "description": "__MSG_description__"}
WORDS = {
    "title": "A title",
    "step_one": "{count} step",
    "step_other": "{count} steps",
    "at": "{place}",
}


def written(folder: Path, **languages: dict[str, str]) -> Path:
    """Write languages, each with its messages by name, and return their folder."""
    for language, messages in languages.items():
        (folder / language).mkdir(parents=True)
        text = json.dumps({name: {"message": words} for name, words in messages.items()})
        (folder / language / "messages.json").write_text(text, encoding="utf-8")
    return folder


def test_m28_no_word_is_missing_unused_or_elsewhere() -> None:
    """Ux.md M28: every language is whole, each sentence is said, and none stands in a page."""
    assert wrong_words(Places.of(ROOT)) == []


def test_what_is_wrong_with_a_checkout_is_all_said(tmp_path: Path) -> None:
    """Each place by its name: unused, unknown, in a page and in Python."""
    written(
        tmp_path / "webpack-free-assets" / "_locales",
        en={"title": "A", "language_name": "English", "left": "B"},
    )
    ui = tmp_path / "py" / "threadline" / "ui"
    ui.mkdir(parents=True)
    (ui / "badge.py").write_text(
        '"""A docstring."""\nsay("title")\nsay("ttile")\nx = "Two words"\n'
    )
    (tmp_path / "extension").mkdir()
    (tmp_path / "extension" / "panel.html").write_text("<p>Words</p>")
    (tmp_path / "manifest.json").write_text("{}")

    assert wrong_words(Places.of(tmp_path)) == [
        "nothing says left",
        "py/threadline/ui/badge.py: asks for ttile, which is no word",
        "py/threadline/ui/badge.py: holds the words 'Two words'",
        "extension/panel.html: holds the words 'Words'",
    ]


def test_a_catalogue_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """And nothing else: the rest would follow from it."""
    assert wrong_words(Places.of(tmp_path)) == []
    written(tmp_path / "webpack-free-assets" / "_locales", en={})
    (tmp_path / "webpack-free-assets/_locales/en/messages.json").write_text("{")

    [wrong] = wrong_words(Places.of(tmp_path))
    assert "_locales/en/messages.json cannot be used" in wrong


def test_languages_that_hold_the_same_are_let_through() -> None:
    """The form for one may leave its number out."""
    other = {**WORDS, "step_one": "Ein Schritt"}
    assert compared({"en": WORDS, "de": other}) == []


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"title": None}, "de lacks title"),
        ({"step_other": None}, "de lacks step_other"),
        ({"extra": "x"}, "de has extra, unknown to en"),
        ({"step_few": "x"}, "de has step_few, unknown to en"),
        ({"title": " "}, "de: title says nothing"),
        ({"at": "{palce}"}, "de: at has places for ['palce'] and not for ['place']"),
    ],
)
def test_a_language_that_differs_is_refused(changes: dict[str, str | None], wrong: str) -> None:
    """By its name, with what is wrong."""
    other = {id_: words for id_, words in {**WORDS, **changes}.items() if words is not None}

    assert compared({"en": WORDS, "de": other}) == [wrong]


def test_a_language_of_unknown_forms_and_names_alike_are_refused() -> None:
    """Chrome tells no names apart by case."""
    [alike, _, unknown] = compared({"en": {"at": "x", "At": "y"}, "xx": {}})

    assert alike == "at differs from another in case alone"
    assert unknown.startswith("xx: its plural categories are not known")


def test_words_that_are_asked_for_are_there() -> None:
    """A plural is asked for by its stem."""
    assert misspelt(set(WORDS), "say('title') plural('step', 2) plural('setp', 2)") == [
        "asks for setp, which is no word"
    ]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<p data-i18n="title"></p><p>{{ say("title") }} · 1</p>', []),
        ("<p>{% if it %}Hello{% endif %}</p>", ["holds the words 'Hello'"]),
        ('<p title="Hello" data-i18n-title="x" class="y"><br></p>', ["holds the words 'Hello'"]),
        ("<p><code>chrome://x</code><kbd>K</kbd> then</p>", ["holds the words 'then'"]),
        ("</p><p>Still</p>", ["holds the words 'Still'"]),
    ],
)
def test_words_in_a_page_are_found(html: str, found: list[str]) -> None:
    """Text and attributes that are read; not keys, code, or what Jinja puts in."""
    assert hard_coded(html) == found


@pytest.mark.parametrize(
    ("code", "suffix", "found"),
    [
        ("x = 'Two words'", ".py", True),
        ('"""Two words."""\nx = "one"', ".py", False),
        ("say('Two words');", ".js", True),
        ("say(`Two words ${more}`);", ".js", True),
        ("throw new Error('Two words');", ".js", False),
        ("f(); // it is 'Two words'", ".js", False),
        ("a = 'one two';", ".js", False),
    ],
)
def test_sentences_in_code_are_found(code: str, suffix: str, found: bool) -> None:
    """What comments and errors say is for engineers."""
    assert bool(sentences(code, suffix)) == found


def test_what_the_manifest_names_is_in_every_language(tmp_path: Path) -> None:
    """Chrome refuses the extension otherwise; a manifest without a default has no languages."""
    folder = written(tmp_path, en={"description": "Words"}, de={})
    check_locales(folder, {})

    with pytest.raises(BuildError, match="_locales/de lacks description"):
        check_locales(folder, MANIFEST)


def test_a_description_that_chrome_would_refuse_is_refused(tmp_path: Path) -> None:
    """At most 132 characters."""
    folder = written(tmp_path, en={"description": "x" * 133})

    with pytest.raises(BuildError, match="too long"):
        check_locales(folder, MANIFEST)

"""`threadline_build.catalogue`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from threadline_build.catalogue import (
    catalogues,
    languages_module,
    messages_module,
    stem,
    used,
    with_words,
)
from threadline_build.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

FOUND = {
    "en": {"title": "Title", "steps_one": "One", "steps_other": "More"},
    "de": {"title": "Titel"},
}


def written(folder: Path, name: str, text: str) -> None:
    """Write one language's file."""
    (folder / name).mkdir()
    (folder / name / "messages.json").write_text(text, encoding="utf-8")


def test_languages_are_read_the_default_first(tmp_path: Path) -> None:
    """A folder is named in Chrome's way, a language in everybody's."""
    for name in ("de", "en", "pt_BR"):
        written(tmp_path, name, json.dumps({"language_name": {"message": name}}))

    found = catalogues(tmp_path)

    assert list(found) == ["en", "de", "pt-BR"]
    assert found["pt-BR"] == {"language_name": "pt_BR"}


def test_the_default_has_to_be_there(tmp_path: Path) -> None:
    """It is what the pages hold."""
    with pytest.raises(BuildError, match="no _locales/en"):
        catalogues(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"a": {}}', '{"a": "words"}'])
def test_what_chrome_would_not_take_is_refused(tmp_path: Path, text: str) -> None:
    """By the name of the file."""
    written(tmp_path, "en", text)

    with pytest.raises(BuildError, match="_locales/en"):
        catalogues(tmp_path)


@pytest.mark.parametrize(
    ("code", "ids"),
    [
        ("say('title')", {"title"}),
        ('plural("steps", 2)', {"steps_one", "steps_other"}),
        ('<b data-i18n="title">', {"title"}),
        ('say(f"{rest}")', set()),
        ('say(f"test_{rest}")', {"test_ok_one", "test_bad", "test_bad_why"}),
        ("say(`test_${rest}`)", {"test_ok_one", "test_bad", "test_bad_why"}),
        ('say(f"test_{rest}_why")', {"test_bad_why"}),
        ("title", set()),
    ],
)
def test_ids_are_found_in_code(code: str, ids: set[str]) -> None:
    """As a literal, by the stem of a plural, or put together."""
    known = {"title", "steps_one", "steps_other", "test_ok_one", "test_bad", "test_bad_why"}

    assert used(known, code) == ids


def test_a_form_has_the_stem_of_its_sentence() -> None:
    """Anything else is its own."""
    assert (stem("steps_few"), stem("title")) == ("steps", "title")


def test_words_are_put_where_a_page_names_them() -> None:
    """The mark stays: another language is put in its place."""
    page = '<a class="b" data-i18n-title="q" data-i18n="t"></a>'

    assert with_words(page, {"q": 'A "quote"', "t": "1 < 2 'so'"}, "panel.html") == (
        '<a class="b" title="A &quot;quote&quot;" data-i18n-title="q" data-i18n="t">'
        "1 &lt; 2 'so'</a>"
    )


@pytest.mark.parametrize("page", ['<a data-i18n="none"></a>', '<a data-i18n="t">Own</a>'])
def test_a_page_with_a_mistake_is_refused(page: str) -> None:
    """A word that there is not, and an element with words of its own."""
    with pytest.raises(BuildError, match=r"panel\.html"):
        with_words(page, {"t": "T"}, "panel.html")


def test_pages_carry_what_they_name_in_every_language() -> None:
    """And nothing else."""
    assert messages_module(FOUND, "say('title')") == (
        'export const MESSAGES = {\n "en": {\n  "title": "Title"\n },\n'
        ' "de": {\n  "title": "Titel"\n }\n};\n'
    )
    assert languages_module(FOUND) == 'export const LANGUAGES = ["en", "de"];\n'

"""`threadline_build.locales`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from threadline_build.errors import BuildError
from threadline_build.locales import check_locales

ROOT = Path(__file__).parents[3]
MANIFEST: dict[str, Any] = {"default_locale": "en", "description": "__MSG_description__"}


def written(folder: Path, **languages: dict[str, str]) -> Path:
    """Write languages, each with its messages by name, and return their folder."""
    for language, messages in languages.items():
        (folder / language).mkdir()
        text = json.dumps({name: {"message": words} for name, words in messages.items()})
        (folder / language / "messages.json").write_text(text, encoding="utf-8")
    return folder


def test_our_languages_are_whole() -> None:
    """Ux.md M28, for what Chrome shows: English and German hold the same, and all of it is used."""
    folder = ROOT / "webpack-free-assets" / "_locales"
    manifest = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))

    check_locales(folder, manifest)
    assert sorted(path.name for path in folder.iterdir()) == ["de", "en"]
    assert manifest["default_locale"] == "en"


def test_languages_that_hold_the_same_are_let_through(tmp_path: Path) -> None:
    """A manifest without a default has none."""
    words = {"description": "Words"}
    check_locales(written(tmp_path, en=words, de=words), MANIFEST)
    check_locales(tmp_path / "nowhere", {})


@pytest.mark.parametrize(
    ("messages", "problem"),
    [
        ({}, "_locales/de lacks description"),
        ({"description": "x", "extra": "x"}, "_locales/de has extra"),
        ({"description": " "}, "_locales/de says nothing for description"),
        ({"description": "x" * 133}, "too long"),
    ],
)
def test_a_language_that_differs_is_refused(
    tmp_path: Path, messages: dict[str, str], problem: str
) -> None:
    """By its name, with what is wrong."""
    folder = written(tmp_path, en={"description": "Words"}, de=messages)

    with pytest.raises(BuildError, match=problem):
        check_locales(folder, MANIFEST)

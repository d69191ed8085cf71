"""Checks of the words: every language is whole, each sentence is used, and none stands elsewhere.

Chrome puts words into the manifest for `__MSG_<name>__`; for one that is missing it refuses the
extension, or shows nothing. In Python and in the pages a missing one is an error on the screen.
"""

from __future__ import annotations

import ast
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final

from .catalogue import DEFAULT, NAME, catalogues, stem, used
from .core_sentences import PREFIX, unmatched
from .errors import BuildError
from .fingerprints import files_below

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .catalogue import Catalogues
    from .places import Places

__all__ = ["check_locales", "compared", "hard_coded", "misspelt", "sentences", "wrong_words"]

LONGEST_DESCRIPTION: Final = 132  # characters; Chrome, "Manifest: description"

# The plural categories of whole numbers in each language (CLDR, "Language Plural Rules").
FORMS: Final = {"en": {"one", "other"}, "de": {"one", "other"}}

_NAMED: Final = re.compile(r"__MSG_(\w+)__")
_PLACE: Final = re.compile(r"\{(\w*)\}")
_CALLED: Final = re.compile(r"""\b(?:say|plural)\(\s*["'](\w+)["']""")
_SHOWN: Final = {"aria-label", "alt", "placeholder", "title"}  # attributes that are words
_SAME: Final = {"code", "kbd", "script", "style"}  # what is in them is no word of a language
_SENTENCE: Final = re.compile(r"[A-Z]\w* \w+")
_SAID: Final = re.compile(  # in JavaScript; what an error says is for engineers
    r"""(?<!Error\()(?<!Exception\()(?<!justification: )['`]([A-Z]\w* \w[^'`\n]*)['`]"""
)
_COMMENT: Final = re.compile(r"^\s*(?://|/?\*).*|//.*", re.MULTILINE)
_CODE: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)  # Jinja's


def check_locales(folder: Path, manifest: dict[str, Any]) -> None:
    """Refuse a language that lacks what the manifest names.

    Args:
        folder: `_locales`, with a folder for each language.
        manifest: what names the messages.

    Raises:
        BuildError: names the language and the message.
    """
    if "default_locale" not in manifest:
        return
    named = set(_NAMED.findall(json.dumps(manifest)))
    for path in sorted(folder.glob("*/messages.json")):
        messages = json.loads(path.read_text(encoding="utf-8"))
        where = f"_locales/{path.parent.name}"
        missing = sorted(named - set(messages))
        if missing:
            raise BuildError(f"{where} lacks {', '.join(missing)}", "the manifest names it")
        if len(messages.get("description", {}).get("message", "")) > LONGEST_DESCRIPTION:
            raise BuildError(f"{where} has a description that is too long for Chrome")


def wrong_words(places: Places) -> list[str]:
    """Return what is wrong with the words of the checkout, in words, one a line."""
    folder = places.assets / "_locales"
    if not folder.is_dir():
        return []  # a project without languages
    try:
        found = catalogues(folder)
    except BuildError as error:
        return [str(error)]
    ui = places.python / "threadline" / "ui"
    code = [*files_below(ui, (".py",)), *files_below(places.extension, (".js",))]
    pages = [*files_below(ui, (".html",)), *files_below(places.extension, (".html", ".jinja"))]
    texts = {path: path.read_text(encoding="utf-8") for path in (*code, *pages)}
    wrong = compared(found)
    ids = set(found[DEFAULT])
    manifest = (places.root / "manifest.json").read_text(encoding="utf-8")
    everything = "\n".join(texts.values())
    unused = ids - used(ids, everything) - set(_NAMED.findall(manifest)) - {NAME}
    wrong += [f"nothing says {id_}" for id_ in sorted(unused) if not id_.startswith(PREFIX)]
    wrong += unmatched(places.python / "threadline" / "core", found[DEFAULT])
    for path, text in texts.items():
        name = path.relative_to(places.root).as_posix()
        wrong += [f"{name}: {one}" for one in misspelt(ids, text)]
        if path in pages:
            wrong += [f"{name}: {one}" for one in hard_coded(text)]
        else:
            wrong += [f"{name}: {one}" for one in sentences(text, path.suffix)]
    return wrong


def compared(found: Catalogues) -> list[str]:
    """Return in what the languages differ, and what is wrong with one by itself."""
    wrong = []
    default = found[DEFAULT]
    lower = [id_.lower() for id_ in default]
    wrong += [
        f"{id_} differs from another in case alone"
        for id_ in default
        if lower.count(id_.lower()) > 1
    ]
    for language, words in found.items():
        if language not in FORMS:
            wrong.append(
                f"{language}: its plural categories are not known; see FORMS in locales.py"
            )
            continue
        expected = {id_ for id_ in default if stem(id_) == id_}
        plurals = {stem(id_) for id_ in default if stem(id_) != id_}
        expected |= {f"{id_}_{form}" for id_ in plurals for form in FORMS[language]}
        wrong += [f"{language} lacks {id_}" for id_ in sorted(expected - set(words))]
        wrong += [
            f"{language} has {id_}, unknown to {DEFAULT}" for id_ in sorted(set(words) - expected)
        ]
        for id_ in sorted(expected & set(words)):
            wrong += [f"{language}: {id_} {one}" for one in _unlike(words[id_], default, id_)]
    return wrong


def _unlike(words: str, default: dict[str, str], id_: str) -> Iterator[str]:
    """Yield what is wrong with the words of one sentence beside the default's."""
    if not words.strip():
        yield "says nothing"
    model = default.get(id_, default.get(f"{stem(id_)}_other", ""))
    wanted, got = set(_PLACE.findall(model)), set(_PLACE.findall(words))
    if wanted != got and not (stem(id_) != id_ and wanted ^ got == {"count"}):
        yield f"has places for {sorted(got)} and not for {sorted(wanted)}"


def misspelt(ids: set[str], text: str) -> list[str]:
    """Return which words `text` asks for that are not among `ids`."""
    known = ids | {stem(id_) for id_ in ids}
    return [
        f"asks for {id_}, which is no word" for id_ in _CALLED.findall(text) if id_ not in known
    ]


def hard_coded(html: str) -> list[str]:
    """Return the words that stand in a page or a template themselves."""
    looking = _Words()
    looking.feed(_CODE.sub("", html))
    looking.close()
    return [f"holds the words {one!r}" for one in looking.found]


class _Words(HTMLParser):
    """Finds what a reader would read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append(tag)
        self.found += [
            value or "" for name, value in attrs if name in _SHOWN and _says(value or "")
        ]

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if _says(data) and not _SAME.intersection(self._open):
            self.found.append(data.strip())


def _says(text: str) -> bool:
    """Whether there is a letter in it."""
    return any(one.isalpha() for one in text)


def sentences(code: str, suffix: str) -> list[str]:
    """Return the literals of Python (`.py`) or JavaScript that look like a sentence: a capital, and
    a second word.
    """
    if suffix == ".py":
        found = _literals(ast.parse(code))
    else:
        found = iter(_SAID.findall(_COMMENT.sub("", code)))
    return [f"holds the words {one!r}" for one in found]


def _literals(tree: ast.Module) -> Iterator[str]:
    """Yield the literals that look like a sentence, docstrings left out."""
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            if isinstance(node, ast.Expr) or not isinstance(child, ast.Constant):
                continue
            if isinstance(child.value, str) and _SENTENCE.match(child.value):
                yield child.value

"""The words of the product, one file for each language: `_locales/<language>/messages.json`.

Chrome reads them for the manifest, Python for what the engine says, and the build puts into the
pages what those need: the default language into the HTML, so that nothing is waited for before the
first frame, and all languages into one module, `messages.js`.

Chrome's own placeholders (`$NAME$`) are not used, because Chrome puts in none of these: a value
stands in braces, `{count}`. Ids that end in a plural category (CLDR) are forms of one sentence.
"""

from __future__ import annotations

import json
import re
from html import escape
from typing import TYPE_CHECKING, Final

from .errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "DEFAULT",
    "NAME",
    "Catalogues",
    "catalogues",
    "languages_module",
    "messages_module",
    "stem",
    "used",
    "with_words",
]

Catalogues = dict[str, dict[str, str]]  # language (BCP 47) -> id -> words

NAME: Final = "language_name"  # what a language calls itself
DEFAULT: Final = "en"  # the manifest's `default_locale`, and what stands in the HTML

_FORM: Final = re.compile(r"_(?:zero|one|two|few|many|other)$")  # CLDR's plural categories
_TEXT: Final = re.compile(r'(<[a-z][^>]*\bdata-i18n="(\w+)"[^>]*>)')
_ATTRIBUTE: Final = re.compile(r'\bdata-i18n-([a-z-]+)="(\w+)"')
_LITERAL: Final = re.compile(r"""["'](\w+)["']""")
_COMPOSED: Final = re.compile(r"""(?:f"|`)(\w*)(?:\$?\{[^{}]*\})(\w*)["`]""")


def catalogues(folder: Path) -> Catalogues:
    """Return the words of each language in the folder `_locales`, the default first.

    Raises:
        BuildError: a file is not what Chrome would take, or the default language is not there.
    """
    found: Catalogues = {}
    names = sorted(path.parent.name for path in folder.glob("*/messages.json"))
    for name in sorted(names, key=lambda one: one != DEFAULT):
        try:
            entries = json.loads((folder / name / "messages.json").read_text(encoding="utf-8"))
            words = {id_: str(entry["message"]) for id_, entry in entries.items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BuildError(f"_locales/{name}/messages.json cannot be used ({error})") from None
        if NAME not in words:
            raise BuildError(f"_locales/{name} does not say {NAME}: what the language calls itself")
        found[name.replace("_", "-")] = words
    if DEFAULT not in found:
        raise BuildError(f"there is no _locales/{DEFAULT}, which is the default")
    return found


def stem(id_: str) -> str:
    """Return the name of the sentence that `id_` is a form of, or `id_` itself."""
    return _FORM.sub("", id_)


def used(ids: set[str], text: str) -> set[str]:
    """Return which of `ids` are named in code, a template or a page: as a literal, by the stem of
    a plural, or put together from a literal and a value (`f"badge_{state}"`).
    """
    literal = set(_LITERAL.findall(text))
    composed = [
        re.compile(rf"{start}\w+{end}")
        for start, end in set(_COMPOSED.findall(text))
        if start.endswith("_")
    ]
    return {
        id_
        for id_ in ids
        if id_ in literal
        or stem(id_) in literal
        or any(pattern.fullmatch(stem(id_)) for pattern in composed)
    }


def with_words(html: str, words: dict[str, str], page: str) -> str:
    """Return the page with the words of the default language in the elements that name them.

    Args:
        html: in which `data-i18n="<id>"` stands for an element's text, and
            `data-i18n-<attribute>="<id>"` for one of its attributes.
        words: by id.
        page: its name, for errors.

    Raises:
        BuildError: an id is not in the catalogue, or an element has a text of its own as well.
    """

    def find(id_: str) -> str:
        if id_ not in words:
            raise BuildError(f"{page} names the words {id_}, which _locales/{DEFAULT} lacks")
        return words[id_]

    def attribute(match: re.Match[str]) -> str:
        return f'{match[1]}="{escape(find(match[2]))}" {match[0]}'

    def text(match: re.Match[str]) -> str:
        if html[match.end() : match.end() + 2] != "</":
            raise BuildError(f"{page}: an element with the words {match[2]} has a text of its own")
        return match[1] + escape(find(match[2]), quote=False)

    # Texts first: a title would otherwise hold what looks like the end of a tag.
    return _ATTRIBUTE.sub(attribute, _TEXT.sub(text, html))


def messages_module(found: Catalogues, code: str) -> str:
    """Return the module with the words that `code` names, pages and modules, in every language."""
    ids = sorted(used(set(found[DEFAULT]), code))
    wanted = {
        language: {id_: words[id_] for id_ in ids if id_ in words}
        for language, words in found.items()
    }
    return f"export const MESSAGES = {json.dumps(wanted, ensure_ascii=False, indent=1)};\n"


def languages_module(found: Catalogues) -> str:
    """Return the module that names the languages, the default first."""
    return f"export const LANGUAGES = {json.dumps(list(found))};\n"

"""What the engine says, by id, in the person's language.

The words themselves stand in `webpack-free-assets/_locales`, one file for each language, in
Chrome's own format; pages and the manifest take theirs from the same files. An id names the place,
then the case: `badge_connected`. Ids that end in `_one` and `_other` are forms of one sentence;
`plural` picks between them. Values stand in braces: `{count}`.

One browser speaks one language, so there is one at a time here: whoever starts Python says which
(`speak`), before anything else is said.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .sentences import Sentences

__all__ = [
    "Language",
    "is_as_core_speaks",
    "number",
    "plural",
    "say",
    "speak",
    "translated",
    "words_of",
]


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its words, and what only the browser's `Intl` knows of it.

    Attributes:
        words: By id.
        plural: The plural category of a count: `one`, `other`, … (CLDR).
        number: A number with so many digits after the decimal mark, as it is written.
        sentences: What core says, in this language; None for English, which core speaks.
    """

    words: Mapping[str, str]
    plural: Callable[[int], str]
    number: Callable[[float, int], str]
    sentences: Sentences | None = None


def words_of(text: str) -> dict[str, str]:
    """The words by id in `text`, a `messages.json` of Chrome's."""
    return {id_: entry["message"] for id_, entry in json.loads(text).items()}


_spoken = Language({}, plural=str, number="{:,.{}f}".format)


def speak(language: Language) -> None:
    """Say everything in `language` from now on. What has been said already stays as it is."""
    global _spoken
    _spoken = language


def say(id_: str, **values: object) -> str:
    """The words of `id_`, with `values` put in. Raises `KeyError` for an unknown id or value."""
    words = _spoken.words[id_]
    return words.format(**values) if values else words


def plural(id_: str, count: int) -> str:
    """The form of `id_` that fits `count`, which is put in as `count`."""
    return say(f"{id_}_{_spoken.plural(count)}", count=count)


def number(value: float, digits: int = 0) -> str:
    """`value` with so many digits after the decimal mark, as the language writes it."""
    return _spoken.number(value, digits)


def is_as_core_speaks() -> bool:
    """Whether what core says needs no translation."""
    return _spoken.sentences is None


def translated(text: str) -> str:
    """What core or a server says, in the language spoken as far as it is known (`sentences`)."""
    return text if _spoken.sentences is None else _spoken.sentences.translated(text)

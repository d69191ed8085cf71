"""What core says in whole sentences, in the person's language.

Core speaks English: so do its tests, the log, and the reason that is stored with an unsent text and
may be read by a later life in another language. On the way to the screen such a sentence is looked
up by its English words, the values in it are kept, and what is not known stays as it is: a server's
own words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PREFIX", "Sentences"]

PREFIX: Final = "core_"  # of the ids of these sentences in the catalogue

_PLACE: Final = re.compile(r"\\\{(\w+)\\\}")
_CODE: Final = re.compile(r"(.+)( \(\d+\))", re.DOTALL)  # a number that core puts behind its words


class Sentences:
    """The sentences of one language.

    Args:
        pairs: English words to the language's, with the same places in braces.
    """

    def __init__(self, pairs: Mapping[str, str]) -> None:
        self._whole = {english: words for english, words in pairs.items() if "{" not in english}
        self._patterns = [
            (re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(english)), re.DOTALL), words)
            for english, words in sorted(pairs.items(), key=lambda pair: -len(pair[0]))
            if "{" in english
        ]

    def translated(self, text: str) -> str:
        """`text` in this language, as far as it is known."""
        known = self._known(text)
        if known is None and self._whole:
            known = self._pieces(text)
        return text if known is None else known

    def _known(self, text: str) -> str | None:
        """One sentence, or None."""
        if text in self._whole:
            return self._whole[text]
        for pattern, words in self._patterns:
            match = pattern.fullmatch(text)
            if match is not None:
                values = {name: self.translated(one) for name, one in match.groupdict().items()}
                return words.format(**values)
        coded = _CODE.fullmatch(text)
        if coded is not None and coded[1] in self._whole:
            return self._whole[coded[1]] + coded[2]
        return None

    def _pieces(self, text: str) -> str | None:
        """Several sentences, of which the first is known, or None; it may be a cause that core made
        a sentence of, with a capital and a full stop.
        """
        stop = text.find(". ")
        while stop >= 0 or text.endswith("."):
            first, rest = (text[:stop], text[stop + 2 :]) if stop >= 0 else (text[:-1], "")
            known = self._known(f"{first}.") if rest else None
            if known is None:
                cause = self._known(first[:1].lower() + first[1:])
                known = None if cause is None else f"{cause[:1].upper()}{cause[1:]}."
            if known is not None:
                return f"{known} {self.translated(rest)}" if rest else known
            if stop < 0:
                return None
            stop = text.find(". ", stop + 1)
        return None

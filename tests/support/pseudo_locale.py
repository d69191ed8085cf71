"""A language for tests: English with an accent on every letter, longer, and in brackets.

What is on the screen without brackets comes from no catalogue; what has only one of them was cut.
Its tag, en-XA, is the usual one for such a language.
"""

from __future__ import annotations

import json
import math
import re
import shutil
from typing import TYPE_CHECKING, Final

from tests.support.catalogue import LOCALES

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PSEUDO", "pseudo", "with_pseudo_locale"]

PSEUDO: Final = "en-XA"
GROWTH: Final = 0.35  # of a text's length: what a translation from English takes, and a little more
CHUNK: Final = 7  # letters of a word that is added: lines break between them

_ACCENTED: Final = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ",
)
_PLACE: Final = re.compile(r"(\{\w+\})")


def pseudo(words: str) -> str:
    """Return `words` in the language; the places of values stay."""
    parts = _PLACE.split(words)
    accented = "".join(
        part if place % 2 else part.translate(_ACCENTED) for place, part in enumerate(parts)
    )
    more = math.ceil(GROWTH * sum(map(len, parts[::2])))
    added = "".join(" " if place % (CHUNK + 1) == 0 else "ö" for place in range(more))
    return f"[{accented}{added}]"


def with_pseudo_locale(folder: Path) -> Path:
    """Return a folder of languages like ours with this one as well, in the empty `folder`."""
    locales = folder / "_locales"
    shutil.copytree(LOCALES, locales)
    entries = json.loads((LOCALES / "en" / "messages.json").read_text("utf-8"))
    for entry in entries.values():
        entry["message"] = pseudo(entry["message"])
    home = locales / PSEUDO.replace("-", "_")
    home.mkdir()
    (home / "messages.json").write_text(json.dumps(entries), encoding="utf-8")
    return locales

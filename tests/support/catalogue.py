"""The words of `_locales`, for tests that run without a browser: what `Intl` would say of English
is said here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from threadline.ui.words import Language, words_of

__all__ = ["ENGLISH", "LOCALES"]

LOCALES: Final = Path(__file__).parents[2] / "webpack-free-assets" / "_locales"


def _plural(count: int) -> str:
    """English has one form for one and another for all else (CLDR)."""
    return "one" if count == 1 else "other"


ENGLISH: Final = Language(
    words=words_of((LOCALES / "en" / "messages.json").read_text("utf-8")),
    plural=_plural,
    number=lambda value, digits: f"{value:,.{digits}f}",
)

"""The language of the page that Python runs in: its words, and what the browser's `Intl` knows."""

from __future__ import annotations

from threadline.browser import ffi
from threadline.ui.words import Language, speak, words_of

__all__ = ["speak_as_page"]


def speak_as_page() -> None:
    """Say everything in the page's language from now on."""
    speak(
        Language(
            words=words_of(ffi.host.messages()),
            plural=lambda count: str(ffi.host.pluralForm(count)),
            number=lambda value, digits: str(ffi.host.formatNumber(value, digits)),
        )
    )

"""The language of the page that Python runs in: its words, and what the browser's `Intl` knows."""

from __future__ import annotations

from threadline.browser import ffi
from threadline.ui.sentences import PREFIX, Sentences
from threadline.ui.words import Language, speak, words_of

__all__ = ["speak_as_page"]


def speak_as_page() -> None:
    """Say everything in the page's language from now on."""
    words = words_of(ffi.host.messages())
    english = ffi.host.englishMessages()  # "" where that is the language
    speak(
        Language(
            words=words,
            plural=lambda count: str(ffi.host.pluralForm(count)),
            number=lambda value, digits: str(ffi.host.formatNumber(value, digits)),
            sentences=_sentences(words_of(english), words) if english else None,
        )
    )


def _sentences(english: dict[str, str], words: dict[str, str]) -> Sentences:
    return Sentences({text: words[id_] for id_, text in english.items() if id_.startswith(PREFIX)})

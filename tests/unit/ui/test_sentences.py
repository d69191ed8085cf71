"""Core's sentences in another language, and a server's as they are."""

from __future__ import annotations

import pytest

from threadline.ui.sentences import Sentences

GERMAN = Sentences(
    {
        "Too many requests.": "Zu viele Anfragen.",
        "The server failed ({status}).": "Der Server hatte einen Fehler ({status}).",
        "It could not be renamed: {reason}": "Umbenennen war nicht möglich: {reason}",
        "the push server is full": "der Push-Server ist voll",
        "the server failed": "der Server hatte einen Fehler",
        "Ask whoever runs it.": "Hier hilft, wer ihn betreibt.",
    }
)


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("Too many requests.", "Zu viele Anfragen."),
        ("The server failed (502).", "Der Server hatte einen Fehler (502)."),
        (
            "It could not be renamed: Too many requests.",
            "Umbenennen war nicht möglich: Zu viele Anfragen.",
        ),
        ("It could not be renamed: Nope {x}", "Umbenennen war nicht möglich: Nope {x}"),
        ("the push server is full (4100)", "der Push-Server ist voll (4100)"),
        (
            "The push server is full (4100). Ask whoever runs it.",
            "Der Push-Server ist voll (4100). Hier hilft, wer ihn betreibt.",
        ),
        ("The push server is full.", "Der Push-Server ist voll."),
        ("Too many requests. And more.", "Zu viele Anfragen. And more."),
    ],
)
def test_what_core_says_is_said_in_the_language(english: str, german: str) -> None:
    """Whole, with values, with a code, and as cause and cure."""
    assert GERMAN.translated(english) == german


@pytest.mark.parametrize("words", ["Nope", "Nope.", "Nope. Not at all. No", "Nope (7)", "", "."])
def test_a_servers_own_words_stay(words: str) -> None:
    """Nobody here knows them."""
    assert GERMAN.translated(words) == words


def test_english_needs_no_sentences() -> None:
    """It is what core speaks."""
    assert Sentences({}).translated("Too many requests. Yes.") == "Too many requests. Yes."

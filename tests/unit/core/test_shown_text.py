"""`core.shown_text`: words are found as a reader sees them, not as they are written."""

from __future__ import annotations

import html
import re

import pytest

from tests.support.catalogue import ENGLISH
from threadline.core.shown_text import shown_text, shows
from threadline.ui.markdown import markdown
from threadline.ui.words import speak

TEXTS = (
    "Nothing but words, 2 * 3 and snake_case.",
    "The **bold word** and the *slanted one*, ~~not this~~, __strong__ and _soft_.",
    "See [their page](https://example.test/offers) for more.",
    "## A heading\n\n> Said *once*.\n> And again.",
    "Press \\*here\\* now.",
    "Run `build.py run **now**` or `a * b`.",
    "```\nkeep **all** of [it](x)\n```",
    "| Place | Price |\n|:--|--:|\n| Corner | **7** |",
)


def words(text: str) -> list[str]:
    """Return the words of a text, whatever stands between them."""
    return text.split()


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_what_the_page_shows(text: str) -> None:
    """Ux.md S7: held against the page's own Markdown, without its labels and buttons."""
    speak(ENGLISH)
    page = re.sub(
        r"<button.*?</button>|<span class=\"code-name\">.*?</span>", "", markdown(text) or ""
    )
    shown = html.unescape(re.sub(r"</t[hd]>|<br ?/?>", " ", page))

    assert words(shown_text(text)) == words(re.sub(r"<[^>]+>", "", shown))


@pytest.mark.parametrize(
    ("wanted", "is_shown"),
    [
        ("bold word and", True),
        ("their page for", True),
        ("word, and", False),
        ("unbelievable!", True),
        ("example.test", False),
        ("**", False),
        ("page bold", False),
        ("nowhere", False),
    ],
)
def test_what_is_shown_is_found(wanted: str, is_shown: bool) -> None:
    """Ux.md S7: across marks; neither marks nor where a link leads."""
    text = "A **Bold word** and [their page](https://example.test) for you: un**believ**able!"

    assert shows(text, wanted) is is_shown


@pytest.mark.parametrize("mark", ["*", "_", "[", "](", "`", "> ", "|-", "a_", " **", "\\"])
def test_no_text_takes_long(mark: str) -> None:
    """What a broken server can send: a mark a hundred thousand times, on one line."""
    assert not shows(mark * 100_000 + "a", "a \N{SNOWMAN}")
    assert len(shown_text(mark * 100_000 + " a")) <= len(mark) * 100_000 + 2


def test_a_text_without_marks_is_searched_as_it_is() -> None:
    """Most messages of most people."""
    assert shows("Plain words", "plain")
    assert not shows("Plain words", "bold")

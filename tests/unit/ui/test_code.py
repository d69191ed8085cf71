"""`ui/code.py`: blocks of code in colour, and every language it knows."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threadline.ui.code import LANGUAGES, MAX_COLOURED, code_block


def _code(html: str) -> str:
    """The HTML between the block's `code` tags."""
    found = re.search(r"<code>(.*)</code>", html, re.DOTALL)
    assert found is not None
    return found[1]


def _text(html: str) -> str:
    """The text of the code in some HTML."""
    return unescape(re.sub(r"<[^>]*>", "", _code(html)))


def test_a_block_says_its_language_and_offers_a_copy() -> None:
    """The name as people write it, and the words for when it is done."""
    html = code_block("x", "py")

    assert '<span class="code-language">Python</span>' in html
    assert 'data-command="copy_code" data-done="Copied">Copy</button>' in html
    assert 'role="region" aria-label="Code: Python" tabindex="0"' in html


@pytest.mark.parametrize(
    ("language", "code", "colour", "word"),
    [
        ("python", "def f():  # why\n    return 'a' + 1", "keyword", "def"),
        ("python", "def f(): pass", "function", "f"),
        ("python", "class A: pass", "type", "A"),
        ("python", "# why", "comment", "# why"),
        ("js", "const a = 12;", "number", "12"),
        ("json", '{"a": true}', "keyword", "true"),
        ("html", "<p>x</p>", "keyword", "p"),
        ("ts", "let a: string", "type", "string"),
        ("HTML", '<p class="x">', "function", "class"),
    ],
)
def test_words_have_the_colour_of_their_kind(
    language: str, code: str, colour: str, word: str
) -> None:
    """The six colours of the design, by class; the case of the language's name does not matter."""
    assert f'<span class="code-{colour}">{word}</span>' in code_block(code, language)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@given(code=st.text(st.characters(exclude_characters="\r\ufeff")))
def test_no_character_is_lost(language: str, code: str) -> None:
    """Colouring changes nothing of the text, whatever it is.

    Markdown has made each line end a `\\n` before; a mark of byte order is no character to see.
    """
    assert _text(code_block(code, language)) == code


def test_what_is_not_known_or_too_long_has_no_colours() -> None:
    """But it is there, escaped."""
    assert _code(code_block("<b>", "brainfuck")) == "&lt;b&gt;"
    assert 'aria-label="Code: brainfuck"' in code_block("x", "brainfuck")
    assert 'aria-label="Code"' in code_block("x", "")
    assert "<span" not in _code(code_block("1" * (MAX_COLOURED + 1), "python"))


def test_a_language_cannot_break_out() -> None:
    """The word behind the fence comes from the server too."""
    assert "<script" not in code_block("x", '"><script>')

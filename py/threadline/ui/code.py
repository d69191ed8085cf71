"""Blocks of code: coloured by Pygments, with a head that names the language and offers a copy.

Only some languages are here: each is a module in the memory snapshot, and what an agent shows is
nearly always one of these. Any other is shown without colours.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape
from pygments import lex
from pygments.lexers.css import CssLexer
from pygments.lexers.data import JsonLexer, YamlLexer
from pygments.lexers.diff import DiffLexer
from pygments.lexers.html import HtmlLexer
from pygments.lexers.javascript import JavascriptLexer, TypeScriptLexer
from pygments.lexers.python import PythonLexer
from pygments.lexers.shell import BashLexer
from pygments.token import Comment, Keyword, Name, Number, String

from .words import say

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

__all__ = ["LANGUAGES", "MAX_COLOURED", "code_block"]

# Characters up to which a block is coloured. Some two hundred lines: a longer one is read for its
# words, and colouring it inside Pyodide would take a good part of a second.
MAX_COLOURED: Final = 8_000

# The word behind the fence to the language: its name, and what colours it.
LANGUAGES: Final[dict[str, tuple[str, type[Lexer]]]] = {
    **dict.fromkeys(("bash", "sh", "shell", "zsh", "console"), ("Shell", BashLexer)),
    "css": ("CSS", CssLexer),
    **dict.fromkeys(("diff", "patch"), ("Diff", DiffLexer)),
    **dict.fromkeys(("html", "xml", "svg"), ("HTML", HtmlLexer)),
    **dict.fromkeys(("javascript", "js", "jsx", "mjs"), ("JavaScript", JavascriptLexer)),
    **dict.fromkeys(("json", "jsonc"), ("JSON", JsonLexer)),
    **dict.fromkeys(("python", "py", "python3"), ("Python", PythonLexer)),
    **dict.fromkeys(("typescript", "ts", "tsx"), ("TypeScript", TypeScriptLexer)),
    **dict.fromkeys(("yaml", "yml"), ("YAML", YamlLexer)),
}

# The six colours of ux.md 5.1, by kind of token. A kind without one has that of its family.
COLOURS: Final[dict[_TokenType, str]] = {
    Comment: "comment",
    Keyword: "keyword",
    Keyword.Type: "type",
    Name.Attribute: "function",
    Name.Class: "type",
    Name.Function: "function",
    Name.Tag: "keyword",
    Number: "number",
    String: "string",
}


def code_block(code: str, language: str) -> Markup:
    """Return the HTML of one block of `code`; `language` is the word behind the fence, or ""."""
    name, lexer = LANGUAGES.get(language.lower(), (language, None))
    return _BLOCK.format(
        name=name,
        copy=say("button_copy_code"),
        done=say("said_copied"),
        label=say("message_code_named", language=name) if name else say("message_code"),
        code=_coloured(code, lexer) if lexer is not None and len(code) <= MAX_COLOURED else code,
    )


def _coloured(code: str, lexer: type[Lexer]) -> Markup:
    """`code` with a `span` around each stretch that has a colour."""
    tokens = lex(code, lexer(stripnl=False, ensurenl=False))
    stretches = groupby(tokens, key=lambda token: _colour(token[0]))
    return Markup().join(
        _stretch(colour, "".join(text for _, text in tokens)) for colour, tokens in stretches
    )


def _colour(kind: _TokenType) -> str:
    """The colour of a kind of token, or ""."""
    return next((COLOURS[one] for one in reversed(kind.split()) if one in COLOURS), "")


def _stretch(colour: str, text: str) -> Markup:
    """Some code of one colour."""
    if not colour:
        return escape(text)
    return Markup('<span class="code-{}">{}</span>').format(colour, text)


_BLOCK: Final = Markup(
    '<div class="code-block"><div class="code-head"><span class="code-language">{name}</span>'
    '<button type="button" class="text-button" data-command="copy_code" data-done="{done}">'
    "{copy}</button></div>"
    '<pre class="code" role="region" aria-label="{label}" tabindex="0"><code>{code}</code></pre>'
    "</div>\n"
)

"""The agent's Markdown to HTML: what a message may look like, and nothing that acts.

The server's text is data. HTML in it stays text, an address that is neither web nor mail stays
text, a picture becomes a link to it (nothing is fetched that the person did not ask for), and what
comes out passes the allow-list of `view_html.js` before it reaches the page (ux.md M16).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from .code import code_block
from .words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.rules_core import StateCore
    from markdown_it.utils import EnvType, OptionsDict

__all__ = ["MAX_MARKDOWN", "markdown", "plain"]

# Characters up to which a text is parsed. Some ten printed pages; a longer one is shown as it is,
# because parsing inside Pyodide is slow and nothing else happens meanwhile.
MAX_MARKDOWN: Final = 20_000
# How often these may occur: the parser's work grows with the square of their number.
MAX_BRACKETS: Final = 1_000
MAX_ADDRESSES: Final = 200

# One line that begins with a letter and has no sign in it by which HTML or Markdown means anything,
# nor what could be an address: it is a paragraph as it stands. Much of what an agent says while it
# works is such a line, and parsing one is a sixth of all that the engine does to show a message.
_SIMPLE: Final = re.compile(
    r"""[^\W\d_](?:[^\W_]|[ ,.;!?%()'\u2018-\u201d\u2013\u2014\u2026+=-]|:(?=[ ]|$)|/(?!/))*"""
)

# Schemes that a link may have; a relative address would lead into the extension.
SCHEMES: Final = frozenset({"http", "https", "mailto"})
LINK: Final = {"rel": "noopener noreferrer", "target": "_blank"}
# The page's own headings are `h1` and `h2`.
HEADINGS: Final = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}


def markdown(text: str) -> Markup | None:
    """Return the HTML of `text`, or None for what is too much to parse. Never raises."""
    is_heavy = (
        len(text) > MAX_MARKDOWN
        or text.count("[") > MAX_BRACKETS
        or text.count("//") > MAX_ADDRESSES
    )
    if is_heavy:
        return None
    is_simple = _SIMPLE.fullmatch(text) is not None and not text.endswith(" ")
    return Markup(f"<p>{text}</p>" if is_simple else _PARSER.render(text))


def plain(text: str) -> Markup:
    """Return the HTML of `text` as it was typed; the style sheet keeps its line breaks."""
    return escape(text)


def _is_allowed(address: str) -> bool:
    """Whether a link may lead to `address`."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    has_place = bool(parts.netloc) or parts.scheme == "mailto"
    return parts.scheme in SCHEMES and has_place


def _adapt(state: StateCore) -> None:
    """After parsing: headings below the page's own, no inline style, pictures as links."""
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = HEADINGS[token.tag]
        if (alignment := token.attrs.pop("style", None)) is not None:
            token.attrs["class"] = str(alignment).replace("text-align:", "align-")
        if token.children is not None:
            token.children = list(_inline(token.children))


def _inline(tokens: Sequence[Token]) -> Iterator[Token]:
    """`tokens` with links that open elsewhere, and pictures as links; inside a link, as words.

    A link to nowhere is just its words. Links do not nest.
    """
    leads_to: str | None = None  # the link that is open
    for token in tokens:
        if token.type == "link_open":
            leads_to = str(token.attrs["href"])
            token.attrs.update(LINK)
        if token.type == "image":
            yield from _picture(token, is_linked=leads_to is not None)
        elif token.type not in {"link_open", "link_close"} or leads_to:
            yield token
        if token.type == "link_close":
            leads_to = None


def _picture(token: Token, *, is_linked: bool) -> Iterator[Token]:
    """What stands for a picture."""
    words = Token("text", "", 0, content=say("message_picture", name=token.content.strip()))
    address = str(token.attrs["src"])
    if is_linked or not address:
        yield words
        return
    yield Token("link_open", "a", 1, attrs={"href": address, **LINK})
    yield words
    yield Token("link_close", "a", -1)


def _fence(
    _: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType
) -> str:
    """A block of code, fenced or indented."""
    token = tokens[place]
    language = token.info.strip().split(maxsplit=1)
    return code_block(token.content, language[0] if language else "")


def _table_open(
    _: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType
) -> str:
    """A table that is too wide scrolls by itself, also with the keyboard (ux.md S12)."""
    label = escape(say("message_table"))
    return f'<div class="table" role="region" aria-label="{label}" tabindex="0"><table>\n'


def _table_close(
    _: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType
) -> str:
    """Its end."""
    return "</table></div>\n"


def _parser() -> MarkdownIt:
    """The parser, with our rules."""
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True})
    parser.enable(["table", "strikethrough", "linkify"])
    assert parser.linkify is not None, "linkify-it-py is among the packages"
    # Only what is spelt as an address: "example.com" may be a file's name.
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    setattr(parser, "validateLink", _is_allowed)  # noqa: B010 # the documented way; not typed so
    parser.core.ruler.push("threadline", _adapt)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("code_block", _fence)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


_PARSER: Final = _parser()
_PARSER.render("https://example.com `x`")  # so that the memory snapshot holds what is made lazily

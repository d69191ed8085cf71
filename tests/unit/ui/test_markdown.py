"""`ui/markdown.py`: what the agent's Markdown looks like, and that nothing in it acts."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threadline.ui.markdown import (
    MAX_ADDRESSES,
    MAX_BRACKETS,
    MAX_MARKDOWN,
    _is_allowed,
    markdown,
    plain,
)


def _html(text: str) -> str:
    """What `text` becomes, without line ends."""
    found = markdown(text)
    assert found is not None, "shown as typed"
    return found.strip()


class _Elements(HTMLParser):
    """Collects the elements of some HTML, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** _it_ ~~gone~~", "<p><strong>bold</strong> <em>it</em> <s>gone</s></p>"),
        ("one\ntwo", "<p>one<br />\ntwo</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
        ("`x < y`", "<p><code>x &lt; y</code></p>"),
        ("a\n\n---", "<p>a</p>\n<hr />"),
    ],
)
def test_it_reads_markdown(text: str, html: str) -> None:
    """CommonMark, with struck out text; a line break is one, as people write in a chat."""
    assert _html(text) == html


@given(st.text("aZé9 ,.;:!?%()'\"\u2019\u2014\u2026+=-/\n@#*_[]<&\\", min_size=1, max_size=12))
def test_a_line_without_any_sign_is_shown_as_the_parser_would_show_it(text: str) -> None:
    """The way around the parser shows nothing else: a line break at the end goes through it."""
    assert _html(text) == _html(f"{text}\n")


@pytest.mark.parametrize("text", ["see http://a.test/b", "to mailto:a@b.test", "https://a.test"])
def test_an_address_is_never_taken_for_a_plain_line(text: str) -> None:
    """A colon and a slash may be in a plain line, but not as in an address."""
    assert "<a href=" in _html(text)


def test_headings_stay_below_the_pages_own() -> None:
    """The page has an `h1` and `h2`s; a message begins with `h3`, and ends with `h6`."""
    found = re.findall(r"<(h\d)>", _html("# a\n\n## b\n\n### c\n\n#### d\n\n##### e\n\n###### f"))

    assert found == ["h3", "h4", "h5", "h6", "h6", "h6"]
    assert _html("a\n=").startswith("<h3>")


def test_a_table_scrolls_by_itself_and_is_aligned_by_classes() -> None:
    """A style attribute would be refused by the page's policy."""
    html = _html("| a | b |\n|:-:|--:|\n| 1 | 2 |")

    assert html.startswith('<div class="table" role="region" aria-label="Table" tabindex="0"><tab')
    assert '<th class="align-center">a</th>' in html
    assert '<td class="align-right">2</td>' in html
    assert "style" not in html
    assert html.endswith("</table></div>")


def test_code_is_a_block_of_its_own() -> None:
    """Fenced with a language, fenced without, and indented."""
    assert "code-language" in _html("```py\nx = 1\n```")
    assert 'aria-label="Code: Python"' in _html("```py title=x\nx\n```")
    assert 'aria-label="Code"' in _html("```\nx\n```")
    assert 'aria-label="Code"' in _html("    x")


@pytest.mark.parametrize(
    "address", ["https://a.example/b?c=d#e", "http://a.example", "mailto:a@b.c"]
)
def test_a_link_opens_elsewhere_and_tells_nothing(address: str) -> None:
    """A new tab that knows nothing of us, for what is written as a link or as a bare address."""
    attributes = {"href": address, "rel": "noopener noreferrer", "target": "_blank"}

    assert _Elements(_html(f"[x]({address})")).found[-1] == ("a", attributes)
    assert _Elements(_html(f"<{address}>")).found[-1] == ("a", attributes)
    if address.startswith("http"):
        assert _Elements(_html(f"see {address} there")).found[-1] == ("a", attributes)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#x09;script:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "file:///etc/passwd",
        "chrome-extension://x/options.html",
        "blob:https://a/b",
        "options.html",
        "/options.html",
        "//a.example",
        "#x",
        "https:",
        "http://[x",
        "",
    ],
)
def test_an_address_that_is_neither_web_nor_mail_stays_text(address: str) -> None:
    """Also a relative one: it would lead into the extension."""
    for text in (f"[x]({address})", f"![x]({address})", f"<{address}>", f"[x]: {address}\n\n[x]"):
        links = [
            attributes["href"] for tag, attributes in _Elements(_html(text)).found if tag == "a"
        ]
        assert address not in links
        assert all(link and link.startswith("http") for link in links)


def test_words_that_look_like_a_place_are_not_one() -> None:
    """Only what is spelt as an address is a link: `setup.py` is a file."""
    assert _html("setup.py, example.com, a@b.example") == (
        "<p>setup.py, example.com, a@b.example</p>"
    )


def test_a_picture_is_a_link_to_it() -> None:
    """Nothing is fetched that the person did not ask for; inside a link its words are left."""
    html = _html("![a *cat*](https://a.example/c.png)")
    linked = _html("[![cat](https://a.example/c.png)](https://b.example)")

    assert _Elements(html).found[-1][1]["href"] == "https://a.example/c.png"
    assert "Picture: a *cat*</a>" in html
    assert linked.count("<a ") == 1
    assert "b.example" in linked
    assert "Picture: cat</a>" in linked


def test_html_is_text() -> None:
    """In a line, and as a block."""
    assert _html("a <b>x</b>") == "<p>a &lt;b&gt;x&lt;/b&gt;</p>"
    assert "<script" not in _html("<script>alert(1)</script>\n")


@pytest.mark.parametrize(
    "text",
    [
        "*x*" + "x" * MAX_MARKDOWN,
        "*x*" + "[" * (MAX_BRACKETS + 1),
        "*x*" + "//" * (MAX_ADDRESSES + 1),
    ],
)
def test_what_is_too_much_to_parse_is_shown_as_it_is(text: str) -> None:
    """A hostile text must not keep the engine busy for seconds."""
    assert markdown(text) is None
    assert plain(text) == text


def test_plain_text_is_escaped() -> None:
    """As a person typed it."""
    assert plain("a <b> & *c*\nd") == "a &lt;b&gt; &amp; *c*\nd"


@given(st.text(alphabet=st.sampled_from("[]()<>!`*_~#-|:\"'\\ \n=/.hxtpjavscrim&;1")))
def test_nothing_but_what_the_page_allows_comes_out(text: str) -> None:
    """Whatever the punctuation: known elements, no handler, no style, only links to elsewhere."""
    known = {"div", "p", "br", "em", "strong", "s", "a", "code", "pre", "span", "button", "hr"}
    known |= {"ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td"}
    known |= {"h3", "h4", "h5", "h6"}
    for tag, attributes in _Elements(markdown(text) or "").found:
        assert tag in known
        assert not any(name.startswith("on") or name in {"style", "src"} for name in attributes)
        assert re.match(r"(https?://|mailto:)", attributes.get("href") or "https://")


@pytest.mark.parametrize("address", ["http://[::1", "http://a\u2100b.test/"])
def test_an_address_that_is_none_is_no_link(address: str) -> None:
    """The parser quotes such ones today; whoever asks gets an answer all the same."""
    assert not _is_allowed(address)

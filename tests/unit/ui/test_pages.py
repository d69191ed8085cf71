"""The pages hold what the engine's HTML and the contract rely on, and nothing that is forbidden."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from tests.support.catalogue import LOCALES
from threadline.ui.render import SLOTS
from threadline_build.catalogue import catalogues
from threadline_build.pages import render_page

_ROOT = Path(__file__).parents[3]
_EXTENSION = _ROOT / "extension"
_ASSETS = _ROOT / "webpack-free-assets"
_PAGES = ("panel.html", "options.html")
_SCRIPTS = sorted(
    [*_EXTENSION.glob("view*.js"), *_EXTENSION.glob("options*.js"), _EXTENSION / "intake.js"]
)
_STYLES = sorted((_ASSETS / "css").glob("*.css"))
_TEMPLATES = [file for file in (files("threadline.ui") / "templates").iterdir()]

# Ways past the sanitizer, and ways to run text as code.
_FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|setHTMLUnsafe"
    r"|document\.write|\beval\(|new Function"
)


class _Elements(HTMLParser):
    """Collects the elements of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def with_attribute(self, name: str) -> list[dict[str, str]]:
        return [attributes for _, attributes in self.found if name in attributes]


def _page(name: str) -> _Elements:
    """The page as the build makes it."""
    found = catalogues(LOCALES)
    page = render_page(_EXTENSION / name, name="Threadline", version="1.2.3", found=found)
    return _Elements(page)


def test_the_panel_has_every_slot_once() -> None:
    """What the engine paints has a place."""
    slots = [
        attributes["data-slot"] for attributes in _page("panel.html").with_attribute("data-slot")
    ]

    assert sorted(slots) == sorted(SLOTS)


def test_the_panel_keeps_the_contract() -> None:
    """The log, the composer, the badge and the one status line, as others look for them."""
    page = _page("panel.html")
    (log,) = [a for a in page.with_attribute("role") if a["role"] == "log"]
    (status,) = [a for a in page.with_attribute("role") if a["role"] == "status"]
    (badge,) = page.with_attribute("data-connection-state")
    labels = [a for tag, a in page.found if tag == "label"]
    (box,) = [a for tag, a in page.found if tag == "textarea"]
    (send,) = [a for _, a in page.found if a.get("class") == "send"]

    assert log["aria-label"] == "Conversation"
    assert status["data-slot"] == "working"
    assert "data-typing-context" not in status
    assert badge["data-slot"] == "badge"
    assert box["id"] in {label["for"] for label in labels}
    assert send["aria-label"] == "Send"


@pytest.mark.parametrize("name", _PAGES)
def test_pages_bring_no_code_or_style_inline(name: str) -> None:
    """The policy would refuse it."""
    page = _page(name)

    assert all("src" in attributes for tag, attributes in page.found if tag == "script")
    assert not page.with_attribute("style")
    assert "style" not in {tag for tag, _ in page.found}
    assert not [name for _, a in page.found for name in a if name.startswith("on")]


@pytest.mark.parametrize("name", _PAGES)
def test_what_a_page_loads_is_there(name: str) -> None:
    """Scripts lie beside the page, style sheets among the assets."""
    for _, attributes in _page(name).found:
        address = attributes.get("src") or attributes.get("href") or ""
        folder = _ASSETS if address.startswith("./css/") else _EXTENSION
        assert (folder / address).exists()


@pytest.mark.parametrize("name", _PAGES)
def test_ids_are_unique_and_references_lead_somewhere(name: str) -> None:
    """Labels, descriptions and popovers point at elements of the page."""
    page = _page(name)
    ids = [attributes["id"] for attributes in page.with_attribute("id")]
    pointing = ("for", "aria-labelledby", "aria-describedby", "popovertarget")
    targets = {id_ for key in pointing for a in page.with_attribute(key) for id_ in a[key].split()}

    assert len(ids) == len(set(ids))
    assert targets <= set(ids)


@pytest.mark.parametrize("script", _SCRIPTS, ids=lambda script: script.name)
def test_scripts_use_the_one_way_to_html(script: Path) -> None:
    """Nothing but `setHTML` with the allow-list."""
    assert not _FORBIDDEN.search(script.read_text("utf-8"))


@pytest.mark.parametrize("script", _SCRIPTS, ids=lambda script: script.name)
def test_scripts_begin_with_what_and_why(script: Path) -> None:
    """A reader learns what a file is for from its first lines; none is longer than 400."""
    lines = script.read_text("utf-8").splitlines()

    assert lines[0].startswith("// ")
    assert len(lines) <= 400


def test_every_icon_has_a_shape() -> None:
    """A class without a mask would be a coloured square."""
    styles = "\n".join(style.read_text("utf-8") for style in _STYLES)
    sources = [source.read_text("utf-8") for source in _TEMPLATES]
    sources += [(_EXTENSION / name).read_text("utf-8") for name in _PAGES]
    named = set(re.findall(r"\bicon-[a-z-]+[a-z]\b", "\n".join(sources))) - {"icon-button"}

    assert {icon for icon in named if f".{icon}" not in styles} == set()
    for address in re.findall(r'url\("\.\./([^"]+)"\)', styles):
        assert (_ASSETS / address).is_file()


@pytest.mark.parametrize("style", _STYLES, ids=lambda style: style.name)
def test_style_sheets_are_of_a_readable_size(style: Path) -> None:
    """Split by concern."""
    assert len(style.read_text("utf-8").splitlines()) < 400


@pytest.mark.parametrize("name", _PAGES)
def test_a_page_is_not_painted_before_its_script_has_run(name: str) -> None:
    """The first frame has the theme, the last known text and what a running engine says to it."""
    (script,) = [a for tag, a in _page(name).found if tag == "script" and a["type"] == "module"]

    assert script["blocking"] == "render"


def test_the_icons_are_where_the_style_sheet_says() -> None:
    """One picture holds all of them, 16 pixels each, one below the other."""
    picture = (_ASSETS / "icons" / "icons.svg").read_text("utf-8")
    styles = (_ASSETS / "css" / "icons.css").read_text("utf-8")
    drawn = re.findall(r'<g id="([a-z]+)" transform="translate\(0 (\d+)\)">', picture)
    named = re.findall(r"--at-([a-z]+): (\d+);", styles)

    assert [(name, int(top)) for name, top in drawn] == [(n, 16 * int(at)) for n, at in named]
    assert f'viewBox="0 0 16 {16 * len(drawn)}"' in picture
    assert f"/ {len(drawn) - 1} * 100%) / 100% {len(drawn)}00% no-repeat" in styles


def test_the_allow_list_has_one_owner() -> None:
    """What gets past the sanitizer is said in one place."""
    owners = [script.name for script in _SCRIPTS if "new Sanitizer" in script.read_text("utf-8")]
    callers = [script.name for script in _SCRIPTS if ".setHTML(" in script.read_text("utf-8")]

    assert owners == callers == ["view_html.js"]

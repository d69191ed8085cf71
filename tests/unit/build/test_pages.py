"""`threadline_build.pages`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from threadline_build.errors import BuildError
from threadline_build.pages import join_styles, render_page

if TYPE_CHECKING:
    from pathlib import Path


FOUND = {
    "en": {"language_name": "English", "hello": "Hello & <welcome>"},
    "de": {"language_name": "Deutsch"},
}


def rendered(folder: Path, text: str) -> str:
    """Render one page."""
    (folder / "panel.html").write_text(text)
    return render_page(folder / "panel.html", name="A & B", version="1.2.3", found=FOUND)


def test_name_and_version_are_filled_in_and_escaped(tmp_path: Path) -> None:
    """The name is text, whatever is in it."""
    assert rendered(tmp_path, "<b>{{ name }} {{ version }}</b>\n") == "<b>A &amp; B 1.2.3</b>\n"


def test_a_page_is_in_the_default_language_and_names_all(tmp_path: Path) -> None:
    """Ux.md M28: nothing is waited for before the first frame."""
    text = (
        '<b data-i18n="hello"></b>{% for tag, own in languages %}{{ tag }} {{ own }} {% endfor %}\n'
    )
    assert rendered(tmp_path, text) == (
        '<b data-i18n="hello">Hello &amp; &lt;welcome&gt;</b>en English de Deutsch \n'
    )


@pytest.mark.parametrize("text", ["{{ nmae }}", "{% if %}", "{{ name"])
def test_a_mistake_in_a_page_fails_the_build(tmp_path: Path, text: str) -> None:
    """Nothing becomes an empty string in silence."""
    with pytest.raises(BuildError, match=r"panel\.html"):
        rendered(tmp_path, text)


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    """Return a folder with two style sheets and a picture."""
    (tmp_path / "css").mkdir()
    (tmp_path / "icons").mkdir()
    (tmp_path / "css" / "one.css").write_text('a { mask: url("../icons/dot.svg") center; }\n')
    (tmp_path / "css" / "two.css").write_text("b {}\n")
    (tmp_path / "icons" / "dot.svg").write_text("<svg/>")
    return tmp_path


def links(*names: str) -> str:
    """Return the links to style sheets, one below the other."""
    return "".join(f'<link rel="stylesheet" href="./css/{name}.css">\n' for name in names)


def test_style_sheets_are_joined_in_the_order_of_the_page(assets: Path) -> None:
    """Later rules win, so the order is the page's; the picture comes with the sheet."""
    page, styles = join_styles(f"<i>{links('two', 'one')}</i>", assets, "panel.css")

    assert page == f"<i>{links('panel')}</i>"
    assert styles == 'b {}\n\na { mask: url("data:image/svg+xml;base64,PHN2Zy8+") center; }\n'


def test_a_page_without_style_sheets_stays_as_it_is(tmp_path: Path) -> None:
    """The engine's page is never seen."""
    assert join_styles("<p>", tmp_path, "engine.css") == ("<p>", "")


def test_a_style_sheet_that_is_not_there_fails_the_build(assets: Path) -> None:
    """Chrome would show the page without it, and say nothing."""
    with pytest.raises(BuildError, match=r"panel\.css: .*none\.css"):
        join_styles(links("none"), assets, "panel.css")

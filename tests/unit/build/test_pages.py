"""`threadline_build.pages`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from threadline_build.errors import BuildError
from threadline_build.pages import render_page

if TYPE_CHECKING:
    from pathlib import Path


def rendered(folder: Path, text: str) -> str:
    """Render one page."""
    (folder / "panel.html").write_text(text)
    return render_page(folder / "panel.html", name="A & B", version="1.2.3")


def test_name_and_version_are_filled_in_and_escaped(tmp_path: Path) -> None:
    """The name is text, whatever is in it."""
    assert rendered(tmp_path, "<b>{{ name }} {{ version }}</b>\n") == "<b>A &amp; B 1.2.3</b>\n"


@pytest.mark.parametrize("text", ["{{ nmae }}", "{% if %}", "{{ name"])
def test_a_mistake_in_a_page_fails_the_build(tmp_path: Path, text: str) -> None:
    """Nothing becomes an empty string in silence."""
    with pytest.raises(BuildError, match=r"panel\.html"):
        rendered(tmp_path, text)

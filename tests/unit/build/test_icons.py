"""`threadline_build.icons`: one drawing in every size, and the same bytes each time."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest

from threadline_build.errors import BuildError
from threadline_build.icons import ICON_SIZES, drawn_icons
from threadline_build.places import Places
from threadline_build.vendored import vendored_packages

ROOT = Path(__file__).parents[3]
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Return a checkout of its own with our drawing, and the vendored packages of the real one."""
    for folder in ("webpack-free-assets/icons", "py/threadline_build/node"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return Places.of(tmp_path)


def test_every_size_is_drawn(places: Places) -> None:
    """Each a PNG of the size that it is named for."""
    folder = drawn_icons(places, vendored_packages(Places.of(ROOT)))

    for size in ICON_SIZES:
        head = (folder / f"icon-{size}.png").read_bytes()[:24]
        assert head[:8] == PNG
        assert struct.unpack(">II", head[16:24]) == (size, size)


def test_it_is_drawn_anew_when_the_drawing_changes_and_is_the_same_else(places: Places) -> None:
    """What is in the cache is taken from there."""
    vendored = vendored_packages(Places.of(ROOT))
    drawing = places.assets / "icons" / "icon.svg"
    first = drawn_icons(places, vendored)
    before = (first / "icon-32.png").read_bytes()
    (first / "marker").touch()

    assert (drawn_icons(places, vendored) / "marker").is_file()
    drawing.write_text(drawing.read_text().replace("#1F5FD6", "#D61F5F"))
    assert (drawn_icons(places, vendored) / "icon-32.png").read_bytes() != before
    drawing.write_text(drawing.read_text().replace("#D61F5F", "#1F5FD6"))
    shutil.rmtree(first)
    assert (drawn_icons(places, vendored) / "icon-32.png").read_bytes() == before


def test_a_drawing_that_is_none_ends_the_build(places: Places) -> None:
    """And leaves nothing in the cache."""
    (places.assets / "icons" / "icon.svg").write_text("<not an svg")

    with pytest.raises(BuildError, match=r"draw_icons\.mjs failed"):
        drawn_icons(places, vendored_packages(Places.of(ROOT)))
    assert not list(places.cache.glob("icons-*"))

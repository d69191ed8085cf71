"""Screenshots of a page, and whether two of them show the same.

A picture is taken with every text in blocks (`block_font`), nothing in motion and every moment as a
bar, so that it depends on the page alone. Two pictures are compared cell by cell, by each cell's
mean colour: how an edge is smoothed makes no difference, an element that is missing does, and one
that is elsewhere. What is kept is half as large, so that all of them together stay small.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final, NamedTuple

from PIL import Image, ImageChops

from tests.support.block_font import block_style

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

__all__ = ["CELL", "Difference", "difference", "keep", "kept", "taken"]

CELL: Final = 8  # CSS pixels: the side of what is compared by its mean colour
TOLERANCE: Final = 12  # levels of 255 between two cells that count as the same
MOST_CELLS: Final = 2  # that may differ: no icon is so small
SCALE: Final = 2  # how many times smaller a kept picture is

# A moment is a bar as wide as a short one: which moment it is depends on when the picture is taken.
STILL: Final = """
* { caret-color: transparent !important; scrollbar-color: transparent transparent !important; }
time, [data-changing] { display: inline-block !important; overflow: hidden !important;
  inline-size: 4em !important; block-size: 0.6em !important; background: currentcolor !important;
  text-indent: 100em !important; white-space: nowrap !important; }
"""

LOAD: Final = """async () => {
  globalThis.isInBlocks = true;
  await document.fonts.load('16px Blocks', 'A');
}"""


class Difference(NamedTuple):
    """Where two pictures differ: in how many cells, and the box around them in CSS pixels."""

    cells: int
    box: tuple[int, int, int, int]


def taken(page: Page, *, whole: bool = False) -> Image.Image:
    """Return a picture of what `page` shows; `whole`: also of what one would scroll to."""
    if not page.evaluate("() => 'isInBlocks' in globalThis"):
        page.add_style_tag(content=block_style() + STILL)
        page.evaluate(LOAD)
    shot = page.screenshot(animations="disabled", caret="hide", full_page=whole)
    return Image.open(BytesIO(shot)).convert("RGB")


def keep(picture: Image.Image, path: Path) -> None:
    """Write a picture as it is to be held against later ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.reduce(SCALE).save(path, optimize=True)


def kept(path: Path) -> Image.Image:
    """Return a picture that was kept."""
    return Image.open(path).convert("RGB")


def difference(before: Image.Image, picture: Image.Image) -> Difference | None:
    """Return where `picture` shows something else than the kept one, or None."""
    if before.size != picture.reduce(SCALE).size:
        return Difference(picture.width * picture.height // CELL**2, (0, 0, *picture.size))
    apart = ImageChops.difference(_cells(before, CELL // SCALE), _cells(picture, CELL))
    red, green, blue = apart.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    differs = most.point([255 * (level > TOLERANCE) for level in range(256)])
    count = differs.histogram()[255]
    box = differs.getbbox()
    if box is None or count <= MOST_CELLS:
        return None
    left, top, right, bottom = (CELL * edge for edge in box)
    return Difference(count, (left, top, right, bottom))


def _cells(picture: Image.Image, side: int) -> Image.Image:
    """Return the mean colour of each square of so many pixels; a rest at an edge is left out."""
    across, down = picture.width // side, picture.height // side
    whole = picture.crop((0, 0, across * side, down * side))
    return whole.resize((across, down), Image.Resampling.BOX)

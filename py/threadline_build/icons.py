"""The extension's icons: one drawing, as PNG in the sizes that Chrome and the store ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .fingerprints import fingerprint
from .node import run_script
from .products import forget_older, product
from .progress import step

if TYPE_CHECKING:
    from pathlib import Path

    from .places import Places
    from .vendored import Vendored

__all__ = ["ICON_SIZES", "drawn_icons"]

# Pixels a side: Chrome's places, and the store's listing (Chrome, "Manifest - icons").
ICON_SIZES: Final = (16, 32, 48, 128)


def drawn_icons(places: Places, vendored: Vendored) -> Path:
    """Return the folder with `icon-<size>.png` for each size, drawn anew when the drawing changed.

    Raises:
        BuildError: the drawing cannot be read.
    """
    drawing = places.assets / "icons" / "icon.svg"
    script = places.node_scripts / "draw_icons.mjs"
    key = fingerprint([drawing, script], vendored.key, *map(str, ICON_SIZES))
    folder = places.cache / f"icons-{key}"
    if not folder.is_dir():
        with product(folder) as unfinished, step("drawing the icons"):
            run_script(
                script,
                {
                    "resvg": str(vendored.resvg),
                    "drawing": str(drawing),
                    "sizes": ICON_SIZES,
                    "output": str(unfinished),
                },
            )
        forget_older(places.cache, "icons-*")
    return folder

"""A font of plain blocks, for screenshots that look the same on every machine.

Which letters a machine has, and how it draws them, is not the panel's business; where its texts
stand and how long they are is. Every character is a block of one width, every space a gap of it.
"""

from __future__ import annotations

import base64
from functools import cache
from io import BytesIO
from typing import Final

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

__all__ = ["block_style"]

FAMILY: Final = "Blocks"
EM: Final = 1000  # units
WIDTH: Final = 550  # of each character: about what a sans-serif text takes
BLOCK: Final = (40, 0, 510, 560)  # left, bottom, right, top: about as dark as letters
SPACES: Final = (0x20, 0xA0, 0x2009, 0x202F)
# Latin with its accents, punctuation, currency, arrows, technical signs and dingbats.
SHOWN: Final = (*range(0x21, 0x250), *range(0x2010, 0x2028), *range(0x2030, 0x27C0))


@cache
def _font() -> str:
    """Return the font file in base64."""
    pen = TTGlyphPen(None)
    left, bottom, right, top = BLOCK
    pen.moveTo((left, bottom))
    for corner in ((left, top), (right, top), (right, bottom)):
        pen.lineTo(corner)
    pen.closePath()
    block = pen.glyph()
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", "space", "block"])
    builder.setupCharacterMap(
        {**dict.fromkeys(SHOWN, "block"), **dict.fromkeys(SPACES, "space")},
    )
    empty = TTGlyphPen(None).glyph()
    builder.setupGlyf({".notdef": block, "space": empty, "block": block})
    builder.setupHorizontalMetrics(
        {".notdef": (WIDTH, left), "space": (WIDTH, 0), "block": (WIDTH, left)}
    )
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": FAMILY, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    written = BytesIO()
    builder.save(written)
    return base64.b64encode(written.getvalue()).decode()


def block_style() -> str:
    """Return the style sheet that sets every text of a page in blocks, measured in exact widths."""
    return (
        f'@font-face {{ font-family: "{FAMILY}";'
        f" src: url(data:font/ttf;base64,{_font()}); }}"
        f' *, *::before, *::after {{ font-family: "{FAMILY}" !important;'
        " font-weight: 400 !important; font-style: normal !important;"
        " font-synthesis: none !important; text-rendering: geometricPrecision !important; }"
    )

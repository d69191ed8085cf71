"""JSON from outside, as Python values.

Not `json.loads`: in Pyodide a text nested some thousand levels deep overflows WebAssembly's stack
there, which ends Python for good. pydantic's parser stops at 200 levels, and is faster. It refuses
half a surrogate pair, which a server that cuts a text in the middle of an emoji does send, and
which a text of JavaScript's may hold: such a half becomes the replacement character, rather than a
page of good messages becoming unreadable.
"""

from __future__ import annotations

import re
from typing import Any, Final

from pydantic_core import from_json

__all__ = ["parse"]

# An escape: a whole surrogate pair, half of one, or any other; or a half that is not escaped.
_ESCAPE: Final = re.compile(
    r"\\(?:(?P<pair>u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)|(?P<bare>[\ud800-\udfff])",
    re.DOTALL,
)
REPLACEMENT: Final = r"\ufffd"


def parse(text: str | bytes) -> Any:
    """Return the value that `text` holds.

    Raises:
        ValueError: not JSON (NaN and Infinity are none), or nested deeper than 200 levels.
    """
    try:
        return from_json(text, allow_inf_nan=False)
    except (ValueError, TypeError):  # a TypeError for a bare half, which is not in UTF-8
        whole = _mended(text) if isinstance(text, str) else text
        if whole == text:
            raise
        return from_json(whole, allow_inf_nan=False)


def _mended(text: str) -> str:
    return _ESCAPE.sub(
        lambda one: REPLACEMENT if one["half"] or one["bare"] else one[0],
        text,
    )

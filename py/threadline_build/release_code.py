"""All code of a release is in it, and ours is what it says: nothing from elsewhere, nothing made of
text.

Comments are read like code: a pattern that a comment has to avoid is easier to trust than one that
knows what a comment is.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from .errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["refuse_code", "refuse_page", "refuse_python", "refuse_style"]

_ELSEWHERE: Final = re.compile(r"\s*([a-z][a-z0-9+.-]*:|//|\\)", re.IGNORECASE)
_LOADING: Final = {"src", "srcset", "href", "data", "poster", "config", "action", "formaction"}
_EMBEDDING: Final = {"base", "embed", "frame", "iframe", "object"}

_MADE_OF_TEXT: Final = re.compile(
    r"\beval\s*\(|\bFunction\s*\(|\bnew\s+Function\b|\bset(?:Timeout|Interval)\s*\(\s*[\"'`]"
)
_IMPORT: Final = re.compile(
    r"\bimport\s*\(\s*(?P<called>[\"'`]?[^\"'`)]*)"
    r"|\b(?:from|import)\s*[\"'`](?P<named>[^\"'`]*)"
)
_OTHER_DOORS: Final = re.compile(
    r"\bimportScripts\b|\bcreateElement(?:NS)?\s*\([^)]*[\"'`]script[\"'`]"
    r"|\b(?:Worker|addModule)\s*\(\s*[\"'`]\s*(?:[a-z][a-z0-9+.-]*:|//)"
)
_STYLE_ADDRESS: Final = re.compile(
    r"(?:@import\s+|\burl\(\s*)[\"']?\s*((?:(?!data:image/)[a-z][a-z0-9+.-]*:|//)[^\"')\s]*)",
    re.IGNORECASE,
)
_SOURCE_MAP: Final = re.compile(r"[#@]\s*sourceMappingURL\s*=")
# `re.compile(` and the like are methods, and no text becomes code there.
_PYTHON_OF_TEXT: Final = re.compile(
    r"(?<![\w.])(?:eval|exec|compile)\s*\(|\b(?:run_js|eval_code|micropip|pyodide_http)\b"
)


def refuse_page(name: str, text: str) -> None:
    """Refuse HTML that takes anything from elsewhere; a link that a person follows may lead there.

    Raises:
        BuildError: names the element.
    """
    reader = _Page()
    reader.feed(text)
    reader.close()
    if reader.found:
        raise BuildError(
            f"{name} takes something from elsewhere ({reader.found[0]})",
            "put it into the extension",
        )


class _Page(HTMLParser):
    """Collects the elements that lead out of the extension."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        if tag in _EMBEDDING:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or (name, (value or "").lower()) == ("http-equiv", "refresh"):
                self.found.append(f"<{tag} {name}>")
            elif (
                name in _LOADING and (tag, name) != ("a", "href") and _ELSEWHERE.match(value or "")
            ):
                self.found.append(f"<{tag} {name}={value}>")


def refuse_style(name: str, text: str) -> None:
    """Refuse CSS that takes anything from elsewhere.

    Raises:
        BuildError: names the address.
    """
    found = _STYLE_ADDRESS.search(text)
    if found:
        raise BuildError(f"{name} takes {found[1]} from elsewhere", "put it into the extension")
    _refuse_source_map(name, text)


def refuse_code(name: str, text: str) -> None:
    """Refuse JavaScript of ours that imports from elsewhere, or what cannot be told before it runs,
    or that makes code of text.

    Raises:
        BuildError: names the words.
    """
    made = _MADE_OF_TEXT.search(text)
    if made:
        raise BuildError(f"{name} makes code of text ({made[0].strip()})", "write the code down")
    for found in _IMPORT.finditer(text):
        if found["named"] is not None:
            target = found["named"]
        else:
            target = found["called"].strip()
            if target[:1] not in {"'", '"'}:
                raise BuildError(
                    f"{name} imports what is decided while it runs ({found[0].strip()})",
                    "name the module in quotes",
                )
            target = target[1:]
        if not target.startswith(("./", "../")):
            raise BuildError(
                f"{name} imports {target}, which is not below the extension", "vendor it"
            )
    other = _OTHER_DOORS.search(text)
    if other:
        raise BuildError(f"{name} loads code in a way that is not allowed ({other[0]})")
    _refuse_source_map(name, text)


def refuse_python(sources: Iterable[tuple[str, str]]) -> None:
    """Refuse Python of ours that makes code of text or asks for packages while it runs.

    Args:
        sources: name and text of each module.

    Raises:
        BuildError: names the module and the words.
    """
    for name, text in sources:
        found = _PYTHON_OF_TEXT.search(text)
        if found:
            raise BuildError(
                f"{name} makes code of text or fetches some ({found[0]})", "write the code down"
            )


def _refuse_source_map(name: str, text: str) -> None:
    """Refuse a note that leads a debugger to a file which is not there."""
    if _SOURCE_MAP.search(text):
        raise BuildError(f"{name} names a source map", "ship the source itself")

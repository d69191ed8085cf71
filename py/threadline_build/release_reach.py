"""What of an extension folder is used: the files that can be reached from its manifest by name."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any, Final

from .errors import BuildError
from .manifest import files_named_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["refuse_unused", "unused"]

# Text that can name other files: an attribute, an import, a string that is fetched, a CSS `url()`.
_NAMING: Final = (".html", ".js", ".mjs", ".css", ".json")
_QUOTED: Final = re.compile(r"""["'`(]([^"'`()\s?#]+)(?=["'`)?#])""")

# What is used without being named in full, and by what.
FOUND_OTHERWISE: Final = {
    "vendor/pyodide/pyodide.asm.wasm": "pyodide.asm.mjs puts its address together from indexURL",
    "THIRD_PARTY.txt": "people read it",
}
LOCALES: Final = "_locales/"  # Chrome itself picks among them, where there is a default_locale


def refuse_unused(folder: Path, manifest: dict[str, Any], names: Iterable[str]) -> None:
    """Refuse a folder with a file in it that nothing uses.

    Raises:
        BuildError: names the files.
    """
    left = unused(folder, manifest, names)
    if left:
        raise BuildError(
            f"nothing names {', '.join(left)}", "use it, or keep it out of the extension"
        )


def unused(folder: Path, manifest: dict[str, Any], names: Iterable[str]) -> list[str]:
    """Return those of `names`, the files in `folder`, that neither the manifest nor a file which
    is used itself names.
    """
    present = set(names)
    used = {"manifest.json", *files_named_by(manifest), *FOUND_OTHERWISE} & present
    if "default_locale" in manifest:
        used |= {name for name in present if name.startswith(LOCALES)}
    waiting = sorted(used)
    while waiting:
        found = (set(_named_in(folder, waiting.pop())) & present) - used
        used |= found
        waiting += sorted(found)
    return sorted(present - used)


def _named_in(folder: Path, name: str) -> Iterator[str]:
    """Yield what could be the path of another file in the text of one; most of it is none."""
    if not name.endswith(_NAMING) or name == "manifest.json":
        return
    for said in _QUOTED.findall((folder / name).read_text(encoding="utf-8")):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(name), said))

"""The notice of what the extension carries of others: name, version, licence, and its words.

A reviewer of the store matches the WebAssembly files and scripts in the package with their makers'
by it (Chrome Web Store, "Code readability requirements").
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from email.parser import HeaderParser
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from email.message import Message
    from pathlib import Path

    from .vendored import Vendored
    from .wheels import Wheels

__all__ = ["Package", "notice", "packages"]

_HEAD: Final = """\
Threadline carries the following packages of others, unchanged. The Python packages are in
runtime/python.zip, compiled by the Python of Pyodide, and in runtime/snapshot.bin, which is the
memory of that Python after it has imported them.
"""


@dataclass(frozen=True, slots=True)
class Package:
    """One package of others.

    Attributes:
        licence: its short name, as the package's maker spells it.
        text: the licence's own words, or "" where the package brings none.
    """

    name: str
    version: str
    licence: str
    text: str = ""


# Python itself is a part of Pyodide, and neither a wheel nor an npm package.
PYTHON: Final = Package("CPython", "3.14", "PSF-2.0")


def packages(vendored: Vendored, wheels: Wheels) -> list[Package]:
    """Return every package that the extension carries, by name."""
    scripts = (vendored.pyodide, vendored.pyscript.parent)
    return sorted(
        [PYTHON, *map(_npm_package, scripts), *_wheels(wheels.site)],
        key=lambda package: package.name.lower(),
    )


def notice(found: Iterable[Package], folder: Path, files: Iterable[str]) -> str:
    """Return the text of the notice.

    Args:
        found: the packages.
        folder: the extension.
        files: paths in it whose digests are told, so that they can be compared.
    """
    listed = list(found)
    digests = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}"
        for name in sorted(files)
    ]
    texts = [
        f"{'-' * 80}\n{one.name} {one.version}\n\n{one.text.strip()}\n"
        for one in listed
        if one.text
    ]
    names = [f"{one.name} {one.version}, {one.licence}" for one in listed]
    return "\n".join([_HEAD, *names, "", "Files, with their SHA-256:", "", *digests, "", *texts])


def _npm_package(folder: Path) -> Package:
    told = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    return Package(told["name"], told["version"], told["license"], _texts(folder))


def _wheels(site: Path) -> Iterator[Package]:
    for metadata in sorted(site.glob("*.dist-info/METADATA")):
        told = HeaderParser().parsestr(metadata.read_text(encoding="utf-8"))
        text = _texts(metadata.parent) + _texts(metadata.parent / "licenses")
        yield Package(str(told["Name"]), str(told["Version"]), _licence(told), text)


def _licence(told: Message) -> str:
    classifiers = [
        str(line).rpartition(" :: ")[2]
        for line in told.get_all("Classifier", [])
        if str(line).startswith("License ::")
    ]
    named = told.get("License-Expression") or told.get("License")
    return str(named or ", ".join(classifiers) or "licence not told")


def _texts(folder: Path) -> str:
    """The words of the licence files in `folder`."""
    found = sorted(path for path in folder.glob("*") if path.is_file() and _is_licence(path.name))
    return "\n\n".join(path.read_text(encoding="utf-8", errors="replace") for path in found)


def _is_licence(name: str) -> bool:
    return name.upper().startswith(("LICENSE", "LICENCE", "COPYING"))

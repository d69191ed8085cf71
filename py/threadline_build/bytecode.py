"""One zip with everything Python that the extension carries, compiled: standard library, packages,
Threadline.

Without it a start compiles some two hundred modules. It is what a boot without snapshot starts
from, and where a late import finds its module after a boot from the snapshot.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .fingerprints import files_below, fingerprint
from .node import run_script
from .products import forget_older, product
from .progress import step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from .places import Places

__all__ = [
    "Source",
    "compiled",
    "data_below",
    "package",
    "packages_below",
    "standard_library",
    "write_zip",
]

ZIP_TIME = (2026, 1, 1, 0, 0, 0)  # a fixed moment, so that the same input gives the same bytes


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the zip.

    Attributes:
        name: its path inside the zip, such as `json/decoder.py`.
        path: where it lies.
        optimize: `compile`'s; 2 leaves out docstrings and asserts, which makes other people's code
            a tenth smaller.
    """

    name: str
    path: Path
    optimize: int = 2


def packages_below(folder: Path, *, leave_out: tuple[str, ...] = ()) -> list[Source]:
    """Return other people's modules below `folder`; names that begin with one of `leave_out` stay
    out.
    """
    found = (
        Source(path.relative_to(folder).as_posix(), path) for path in files_below(folder, (".py",))
    )
    return [source for source in found if not source.name.startswith(leave_out)]


def package(folder: Path) -> list[Source]:
    """Return our own modules in the package at `folder`, asserts and all, as they were tested."""
    return [
        Source(path.relative_to(folder.parent).as_posix(), path, optimize=0)
        for path in files_below(folder, (".py",))
    ]


def data_below(folder: Path) -> list[Source]:
    """Return what the package at `folder` reads as its own resources: everything that is not
    Python.
    """
    found = (
        Source(path.relative_to(folder.parent).as_posix(), path) for path in files_below(folder)
    )
    return [
        source for source in found if source.path.suffix not in {".py", ".pyi", ".pyc", ".typed"}
    ]


def standard_library(
    archive: Path, folder: Path, *, leave_out: tuple[str, ...] = ()
) -> list[Source]:
    """Return the modules of Pyodide's `python_stdlib.zip`, unpacked into `folder` on the first
    call.
    """
    if not folder.is_dir():
        with product(folder) as unfinished, zipfile.ZipFile(archive) as packed:
            packed.extractall(unfinished)
    return packages_below(folder, leave_out=leave_out)


def compiled(
    places: Places, runtime: Path, sources: Iterable[Source], *, stdlib: Path | None = None
) -> dict[str, Path]:
    """Return the compiled file of each source by its name inside the zip (`json/decoder.pyc`).

    Each is kept in the cache by its name and text, so one changed file costs one compilation.

    Args:
        places: the checkout.
        runtime: folder with Pyodide, whose own Python compiles.
        sources: what to compile.
        stdlib: a compiled standard library to start that Python with, which is faster.
    """
    scripts = [places.node_scripts / name for name in ("compile.mjs", "compiling.py", "making.mjs")]
    compiler = fingerprint([*scripts, runtime / "package.json"])
    shelf = places.cache / f"pyc-{compiler}"
    shelf.mkdir(parents=True, exist_ok=True)
    products: dict[str, Path] = {}
    missing = []
    for source in sources:
        head = f"{source.name} {source.optimize}\n".encode()
        digest = hashlib.sha256(head + source.path.read_bytes()).hexdigest()
        product = shelf / f"{digest[:32]}.pyc"
        products[source.name + "c"] = product
        if not product.is_file():
            missing.append(
                {
                    "name": source.name,
                    "path": str(source.path),
                    "optimize": source.optimize,
                    "output": str(product),
                }
            )
    if missing:
        job = {"runtime": str(runtime), "stdlib": stdlib and str(stdlib), "sources": missing}
        with step(f"compiling {len(missing)} Python modules"):
            run_script(places.node_scripts / "compile.mjs", job)
        forget_older(places.cache, "pyc-*")
    return products


def write_zip(target: Path, contents: Mapping[str, Path]) -> None:
    """Write `contents` (path in the zip to file) to `target`, the same bytes for the same contents.

    Stored, not deflated: what Chrome reads is a local file, and the store's package is compressed
    anyway.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(contents):
            archive.writestr(zipfile.ZipInfo(name, ZIP_TIME), contents[name].read_bytes())

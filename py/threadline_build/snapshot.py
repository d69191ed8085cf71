"""The memory snapshot that the extension boots from, and the files that a boot without it needs."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .bytecode import (
    Source,
    compiled,
    data_below,
    package,
    packages_below,
    standard_library,
    write_zip,
)
from .fingerprints import files_below, fingerprint
from .node import run_script
from .products import forget_older, product
from .progress import step
from .sparse import encode

if TYPE_CHECKING:
    from pathlib import Path

    from .places import Places
    from .vendored import Vendored
    from .wheels import Wheels

__all__ = ["Runtime", "make_snapshot", "python_runtime"]

# Parts of the standard library that nothing in a browser page imports; they only make the zip
# larger.
LEFT_OUT_STDLIB = (
    "ensurepip/",
    "idlelib/",
    "lib2to3/",
    "pydoc_data/",
    "sqlite3/",
    "test/",
    "tkinter/",
    "turtle",
    "venv/",
    "wsgiref/",
)
LEFT_OUT_PACKAGES = (
    "jinja2/ext",
    "markdown_it/cli/",
    "pydantic/_hypothesis",
    "pydantic/mypy.py",
    "pydantic/v1/",
    "pygments/formatters/",
    "pygments/styles/",
)
# Of the languages that Pygments knows: those of `threadline.ui.code`, and what they stand on. One
# that is missing ends the build, because the snapshot imports all of ours.
LEXERS = frozenset(
    {
        "__init__",
        "_css_builtins",
        "_mapping",
        "css",
        "data",
        "diff",
        "html",
        "javascript",
        "jvm",
        "python",
        "ruby",
        "shell",
    }
)
SIDE_MODULE = "pydantic_core/_pydantic_core.cpython-314-wasm32-emscripten.so"


@dataclass(frozen=True, slots=True)
class Runtime:
    """What the build makes for the boot.

    Attributes:
        key: changes when any of it does.
        folder: holds `python.zip`, `pydantic_core.wasm` and `snapshot.bin`.
    """

    key: str
    folder: Path


def python_runtime(places: Places, vendored: Vendored, wheels: Wheels) -> Runtime:
    """Return zip, side module and snapshot, remade when a source, a package or the maker changed.

    Raises:
        BuildError: a source does not compile, or a module does not import inside Pyodide.
    """
    ours = package(places.python / "threadline")
    data = data_below(places.python / "threadline")
    scripts = [*files_below(places.node_scripts), *files_below(places.extension / "runtime")]
    key = fingerprint(
        [*scripts, *(source.path for source in [*ours, *data])],
        vendored.key,
        wheels.key,
        *(source.name for source in [*ours, *data]),
        *LEFT_OUT_STDLIB,
        *LEFT_OUT_PACKAGES,
        *sorted(LEXERS),
    )
    folder = places.cache / f"runtime-{key}"
    if not folder.is_dir():
        with product(folder) as unfinished:
            shutil.copyfile(wheels.site / SIDE_MODULE, unfinished / "pydantic_core.wasm")
            _write_python_zip(places, vendored, wheels, (ours, data), unfinished / "python.zip")
            make_snapshot(places, vendored.pyodide, unfinished)
        forget_older(places.cache, "runtime-*")
    return Runtime(key, folder)


def _write_python_zip(
    places: Places,
    vendored: Vendored,
    wheels: Wheels,
    threadline: tuple[list[Source], list[Source]],
    target: Path,
) -> None:
    """Compile everything and put it into one zip, Threadline under its package name, with its
    templates.
    """
    ours, data = threadline
    library = places.cache / f"stdlib-{vendored.key}"
    contents = compiled(
        places,
        vendored.pyodide,
        standard_library(
            vendored.pyodide / "python_stdlib.zip", library, leave_out=LEFT_OUT_STDLIB
        ),
    )
    quick = places.cache / f"stdlib-{vendored.key}.zip"
    if not quick.is_file():
        write_zip(quick, contents)
    others = [
        *filter(_is_wanted, packages_below(wheels.site, leave_out=LEFT_OUT_PACKAGES)),
        *ours,
        *packages_below(places.extension / "runtime"),
    ]
    contents |= compiled(places, vendored.pyodide, others, stdlib=quick)
    contents |= {resource.name: resource.path for resource in data}
    write_zip(target, contents)


def _is_wanted(source: Source) -> bool:
    """Say whether the extension needs this module of other people's."""
    folder, _, name = source.name.rpartition("/")
    return folder != "pygments/lexers" or name.removesuffix(".py") in LEXERS


def make_snapshot(places: Places, pyodide: Path, folder: Path) -> dict[str, Any]:
    """Write `snapshot.bin` into `folder`, which already holds the zip and the side module.

    Returns:
        `heapBytes` and `tableLength`, and `modules`: the names of all that is loaded in it.
    """
    raw = folder / "snapshot.raw"
    with step("making the memory snapshot"):
        said = run_script(
            places.node_scripts / "make_snapshot.mjs",
            {
                "runtime": str(pyodide),
                "linking": str(places.extension / "runtime" / "linking.mjs"),
                "sideModule": str(folder / "pydantic_core.wasm"),
                "stdlib": str(folder / "python.zip"),
                "output": str(raw),
            },
        )
        made: dict[str, Any] = json.loads(said.splitlines()[-1])
        (folder / "snapshot.bin").write_bytes(
            encode(raw.read_bytes(), heap_bytes=made["heapBytes"], table_length=made["tableLength"])
        )
        raw.unlink()
    return made

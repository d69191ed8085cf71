"""The third-party JavaScript that the extension carries: Pyodide and PyScript, from the locked npm
packages.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .fingerprints import fingerprint
from .node import npm
from .products import forget_older, product
from .progress import step

if TYPE_CHECKING:
    from pathlib import Path

    from .places import Places

__all__ = ["Vendored", "vendored_packages"]


@dataclass(frozen=True, slots=True)
class Vendored:
    """Where the unpacked npm packages are.

    Attributes:
        key: changes when any of them does.
        pyodide: the `pyodide` package.
        pyscript: the `dist` folder of `@pyscript/core`.
        resvg: the `@resvg/resvg-wasm` package, which draws the icons and is not carried.
    """

    key: str
    pyodide: Path
    pyscript: Path
    resvg: Path


def vendored_packages(places: Places) -> Vendored:
    """Return the vendored packages, fetched on the first call; npm checks each against its locked
    hash.

    Raises:
        BuildError: no network, or a package is not what the lock file says.
    """
    lists = [places.assets / "package.json", places.assets / "package-lock.json"]
    key = fingerprint(lists)
    home = places.cache / f"npm-{key}"
    if not home.is_dir():
        with product(home) as folder, step("fetching Pyodide and PyScript"):
            for path in lists:
                shutil.copy(path, folder)
            npm(["ci"], folder)
        forget_older(places.cache, "npm-*")
    modules = home / "node_modules"
    return Vendored(
        key,
        modules / "pyodide",
        modules / "@pyscript" / "core" / "dist",
        modules / "@resvg" / "resvg-wasm",
    )

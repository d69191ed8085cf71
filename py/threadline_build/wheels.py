"""The Python packages that run in the extension, as wheels for Pyodide from a hash-locked list."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import BuildError, last_word
from .fingerprints import fingerprint
from .products import forget_older, product
from .progress import step

if TYPE_CHECKING:
    from pathlib import Path

    from .places import Places

__all__ = ["TARGET", "Wheels", "pyodide_wheels"]

# pip's words for the Python inside Pyodide 314.0 (PEP 783). The second platform is there for
# MarkupSafe, which has no wheel for Pyodide: of its Linux wheel only the Python part is used, the
# compiled speed-ups stay out.
TARGET = [
    "--only-binary=:all:",
    "--python-version=3.14",
    "--implementation=cp",
    "--abi=cp314",
    "--abi=none",
    "--platform=pyemscripten_2026_0_wasm32",
    "--platform=manylinux2014_x86_64",
    "--platform=any",
]


@dataclass(frozen=True, slots=True)
class Wheels:
    """Unpacked wheels.

    Attributes:
        key: changes when any of them does.
        site: their contents, as in a `site-packages`.
    """

    key: str
    site: Path


def pyodide_wheels(places: Places, lock: str, what: str) -> Wheels:
    """Return the wheels that `py/<lock>` names, fetched on the first call.

    Args:
        places: the checkout.
        lock: file name of a list with hashes.
        what: what the progress line calls them.

    Raises:
        BuildError: no network, or a wheel is not what the list says.
    """
    listed = places.python / lock
    key = fingerprint([listed], *TARGET)
    name = listed.stem
    home = places.cache / f"{name}-{key}"
    if not home.is_dir():
        with product(home) as folder, step(f"fetching {what}"):
            _download(listed, folder / "wheels")
            for wheel in sorted((folder / "wheels").glob("*.whl")):
                with zipfile.ZipFile(wheel) as archive:
                    archive.extractall(folder / "site")
        forget_older(places.cache, f"{name}-*")
    return Wheels(key, home / "site")


def _download(listed: Path, folder: Path) -> None:
    """Have pip fetch exactly what `listed` names, each file checked against its hash."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    where = ["--no-deps", "--require-hashes", "-r", str(listed), "-d", str(folder)]
    done = subprocess.run([*pip, *TARGET, *where], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildError(
            f"pip could not fetch what {listed.name} lists ({last_word(done.stderr, 'ERROR:')})",
            "the first build needs the network; check it and run the command again",
        )

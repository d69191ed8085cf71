"""`build.py clean`: delete what the build made. Standard library only."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from .places import Places
from .progress import say

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["clean"]


def clean(root: Path, *, everything: bool) -> int:
    """Delete `dist/` and the cache, with `everything` also `.venv`; return 0."""
    places = Places.of(root)
    for folder in [places.dist, places.cache, *([places.venv] if everything else [])]:
        if folder.exists():
            shutil.rmtree(folder)
            say(f"deleted {folder}")
    return 0

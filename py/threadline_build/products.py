"""Build products in the cache: each appears whole or not at all, also when two builds run at
once.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["forget_older", "product"]

KEPT = 3  # products of one kind that stay in the cache, so that switching branches costs nothing


@contextmanager
def product(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that becomes `folder` when the body succeeds and goes when it fails."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=".part-", dir=folder.parent))
    try:
        yield unfinished
        unfinished.chmod(0o755)  # mkdtemp makes folders that only their owner may enter
        if not folder.exists():  # another build may have been quicker; its product is the same
            unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def forget_older(folder: Path, pattern: str) -> None:
    """Delete all but the newest few folders in `folder` that match `pattern`."""
    found = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[KEPT:]:
        shutil.rmtree(path, ignore_errors=True)

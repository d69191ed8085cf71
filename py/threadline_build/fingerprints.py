"""Content fingerprints: what decides whether a build product is still right."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["files_below", "fingerprint"]

LENGTH = 16  # hexadecimal digits kept in names: 64 bits, far from any chance collision

NEVER_INPUT = {"__pycache__", ".mypy_cache", ".ruff_cache", ".DS_Store"}


def files_below(folder: Path, suffixes: tuple[str, ...] = ()) -> list[Path]:
    """Return the files below `folder` in a fixed order, those of Python's and the tools' own left
    out.

    Args:
        folder: may be missing, which gives an empty list.
        suffixes: keep only these; empty keeps all.
    """
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and NEVER_INPUT.isdisjoint(path.relative_to(folder).parts)
        and (not suffixes or path.suffix in suffixes)
    )


def fingerprint(files: Iterable[Path], *facts: str) -> str:
    """Return a short digest over the names and contents of `files` and over `facts`."""
    digest = hashlib.sha256()
    for fact in facts:
        digest.update(f"fact {len(fact)} {fact}\n".encode())
    for path in files:
        contents = path.read_bytes()
        digest.update(f"file {path.name} {len(contents)}\n".encode())
        digest.update(contents)
    return digest.hexdigest()[:LENGTH]

"""The store's zip: the same bytes for the same files, wherever and whenever it is made."""

from __future__ import annotations

import os
import stat
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .bytecode import ZIP_TIME

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["Packed", "write_archive"]

PERMISSIONS: Final = stat.S_IFREG | 0o644  # whatever they are on this machine
LEVEL: Final = 9  # of deflate; another zlib may give other bytes, and the same contents
UNIX: Final = 3  # what zip calls the system that the permissions are of


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of the zip.

    Attributes:
        name: its path in the zip, with slashes.
        plain_bytes: its size.
        packed_bytes: what it takes up in the zip, its entries in the lists left out.
    """

    name: str
    plain_bytes: int
    packed_bytes: int


def write_archive(folder: Path, names: Iterable[str], target: Path) -> list[Packed]:
    """Write the files of `folder` that `names` lists to the zip `target`, whole or not at all.

    Returns:
        What each file takes up, in the order of the zip.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.part")
    try:
        with zipfile.ZipFile(unfinished, "w") as archive:
            for name in sorted(names):
                entry = zipfile.ZipInfo(name, ZIP_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system = UNIX
                entry.external_attr = PERMISSIONS << 16
                archive.writestr(entry, (folder / name).read_bytes(), compresslevel=LEVEL)
            packed = [
                Packed(entry.filename, entry.file_size, entry.compress_size)
                for entry in archive.infolist()
            ]
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
    return packed

"""Which seeds a change is held against: new ones for each change, the same for each run of it.

They are made of what they try: the sources of the engine and of the simulation. So each change
plays seeds that nobody has seen, and whoever repeats its check, on whatever machine, plays these
same ones: a change that passed passes again, and one that did not can be looked into.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

__all__ = ["first_seed"]

ROOT: Final = Path(__file__).parents[2]
TRIED: Final = ("py/threadline", "tests/sim", "tests/support")


def first_seed(root: Path = ROOT) -> int:
    """Return the first seed of a change, from 0 to 2**32 - 1; the others follow it.

    Line endings do not count: a checkout may have others.
    """
    digest = hashlib.sha256()
    for folder in TRIED:
        for file in sorted((root / folder).rglob("*.py")):
            digest.update(file.relative_to(root).as_posix().encode() + b"\0")
            digest.update(file.read_text(encoding="utf-8").encode() + b"\0")
    return int.from_bytes(digest.digest()[:4])

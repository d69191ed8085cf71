"""Defects planted on purpose: what the simulation has to find (sync.md 2.19).

Each is a few lines put in the place of the engine's own for the time of a run. One that no profile
finds would be a question to the simulation, not a compliment to the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from .profiles import Patch

__all__ = ["VARIANTS", "Variant"]


@dataclass(frozen=True, slots=True)
class Variant:
    """One defect.

    Attributes:
        name: On the command line.
        words: What is wrong.
        patches: What stands where meanwhile.
    """

    name: str
    words: str
    patches: Callable[[], tuple[Patch, ...]]


VARIANTS: Final[dict[str, Variant]] = {}

"""How often a session may be read anew because its numbering contradicts itself.

A counter that gives numbers out twice, or two servers that disagree about the epoch, contradict
themselves for ever; a reset each time would be a loop (sync.md fault 56).
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import Final

__all__ = ["RESET_PAUSE", "Evidence", "Resets"]

RESET_PAUSE: Final = 600.0  # seconds in which a kind of evidence leads to a reset so often only


class Evidence(Enum):
    """Why the numbering is believed to be another one. The value: resets per `RESET_PAUSE`."""

    EPOCH = 3
    CONTRADICTION = 1
    GHOSTS = 2


class Resets:
    """The resets so far."""

    def __init__(self) -> None:
        self._made: dict[Evidence, deque[float]] = {
            evidence: deque(maxlen=evidence.value) for evidence in Evidence
        }

    def may(self, evidence: Evidence, now: float) -> bool:
        """Return whether a reset may be made for it now."""
        made = self._made[evidence]
        return len(made) < evidence.value or now >= made[0] + RESET_PAUSE

    def made(self, evidence: Evidence, now: float) -> None:
        """A reset is made for it."""
        self._made[evidence].append(now)

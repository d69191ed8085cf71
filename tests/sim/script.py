"""What happens in a run: acts, drawn before it begins.

Each act stands for itself, so that a failing run can be cut down act by act.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .browser import Browser
    from .chance import Chance
    from .stage import Stage

__all__ = ["NEW", "OF_BOB", "SESSIONS", "Act", "browser_of", "script", "session_of"]

SESSIONS: Final = ("s1", "s2")
OF_BOB: Final = "o1"
NEW: Final = "new"  # begins the texts of a chat whose session is not known yet


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens at second `at`. `draw` is from [0, 1) and settles the details."""

    number: int
    at: float
    kind: str
    draw: float


def script(draws: Chance, rates: Mapping[str, float], seconds: float) -> list[Act]:
    """Return what happens in `seconds`; `rates` are acts per minute, by kind.

    Each kind has draws of its own: that there is one more does not shift the others.
    """
    acts: list[Act] = []
    for kind, rate in rates.items():
        stream = draws.of(f"script/{kind}")
        expected = rate * seconds / 60.0
        times = int(expected) + (stream.random() < expected % 1.0)
        acts += [Act(0, stream.uniform(0.5, seconds), kind, stream.random()) for _ in range(times)]
    acts.sort(key=lambda act: (act.at, act.kind))
    return [replace(act, number=number) for number, act in enumerate(acts)]


def browser_of(run: Stage, draw: float) -> Browser:
    """Return the browser that an act is about."""
    return run.browsers[int(draw * 1000) % len(run.browsers)]


def session_of(draw: float) -> str:
    """Return the session that an act is about; most happens in the first."""
    return SESSIONS[int(draw * 100_000) % 3 == 2]

"""Which servers there are: one with all of the contract, and some with three calls of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["FULL", "FULL_FORMS", "THREE_CALLS", "Form"]


@dataclass(frozen=True, slots=True)
class Form:
    """Which server it is.

    Attributes:
        name: For the trace.
        is_full: Has numbers in queries, change counters, epochs and our ids; else three calls.
        is_since_inclusive: Whether `since` includes its bound.
        cuts_newest: Whether a page after `since` holds the newest rows rather than the oldest.
        is_sorted: Whether pages are in order.
        pushes_updates: Whether changes of status are pushed.
        has_opaque_tokens: Whether its tokens say nothing; else whose they are.
        key_memory: Seconds for which a repeated `interact` is recognised; 0: never.
    """

    name: str
    is_full: bool
    is_since_inclusive: bool = False
    cuts_newest: bool = False
    is_sorted: bool = True
    pushes_updates: bool = False
    has_opaque_tokens: bool = False
    key_memory: float = 0.0

    @property
    def capabilities(self) -> tuple[str, ...]:
        """What it says that it can do. A server that forgets keys does not claim to know them."""
        if not self.is_full:
            return ()
        return ("listSessions", "me", "changes", "idempotentInteract")


FULL: Final = Form("full", is_full=True, pushes_updates=True, key_memory=float("inf"))
FULL_FORMS: Final = (
    FULL,
    FULL,
    Form("full, keys for 120 s", is_full=True, pushes_updates=True, key_memory=120.0),
)
THREE_CALLS: Final = (
    Form("three calls, bound excluded", is_full=False),
    Form("three calls, bound included", is_full=False, is_since_inclusive=True),
    Form("three calls, newest rows, unsorted", is_full=False, cuts_newest=True, is_sorted=False),
    Form("three calls, updates pushed", is_full=False, pushes_updates=True),
    Form("three calls, keys for 15 s", is_full=False, is_since_inclusive=True, key_memory=15.0),
)

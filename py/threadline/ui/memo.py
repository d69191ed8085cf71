"""Work that is not done twice: what was made from the same parts is handed out again.

A panel is painted after every event, and nearly all of its rows are those of the paint before.
A memo keeps one generation: whatever a paint did not ask for is forgotten when it ends, so that a
memo never holds more than one window of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Memo"]

Parts = TypeVar("Parts")
Made = TypeVar("Made")


class Memo(Generic[Parts, Made]):
    """Remembers what was made under a key, and from which parts."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[Parts, Made]] = {}
        self._current: dict[str, tuple[Parts, Made]] = {}

    def recall(self, key: str, parts: Parts, make: Callable[[Parts], Made]) -> Made:
        """What `make(parts)` gives; made anew only if the parts under `key` have changed.

        Parts are compared with `==`, which for a tuple of the same objects looks at no field.
        """
        known = self._last.get(key)
        if known is None or (known[0] is not parts and known[0] != parts):
            known = (parts, make(parts))
        self._current[key] = known
        return known[1]

    def end_generation(self) -> None:
        """Forget what was not asked for since the last call of this."""
        self._last, self._current = self._current, {}

"""Work that is not done twice: what was made from the same parts is handed out again.

A panel is painted after every event, and nearly all of it is as it was the paint before. A memo
keeps what it made last and nothing older, so that it never holds more than one window.
"""

from __future__ import annotations

from operator import is_
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

__all__ = ["Memo", "SequenceMemo", "same_length"]

Part = TypeVar("Part")
Made = TypeVar("Made")

Span = tuple[int, int, int]  # a place in the old, a place in the new, and how many from there


class Memo(Generic[Part, Made]):
    """Remembers the last thing that was made, and from which part.

    Args:
        make: Makes the thing. It must look at nothing but the part.
    """

    def __init__(self, make: Callable[[Part], Made]) -> None:
        self._make = make
        self._last: tuple[Part, Made] | None = None

    def recall(self, part: Part) -> Made:
        """What `make(part)` gives; made anew only if `part` is not equal to the last one."""
        last = self._last
        if last is None or (last[0] is not part and last[0] != part):
            last = self._last = (part, self._make(part))
        return last[1]


class SequenceMemo(Generic[Part, Made]):
    """Remembers a sequence of things, each made from one part.

    The usual next sequence has lost something at its start and gained something at its end. What
    both share is copied in slices, so that the work is that of the difference.

    Args:
        make: Makes one thing. It must look at nothing but the part.
        name: Under which name a part that is not the same object is looked for; it is compared
            with `==`, and an equal one counts as the same.
    """

    def __init__(self, make: Callable[[Part], Made], name: Callable[[Part], Hashable]) -> None:
        self._make = make
        self._name = name
        self._parts: tuple[Part, ...] = ()
        self._made: tuple[Made, ...] = ()

    def recall(self, parts: tuple[Part, ...]) -> tuple[Made, ...]:
        """What `make` gives for each of `parts`, in order. No name may come twice."""
        spans = list(_shared(self._parts, parts))
        if spans != [(0, 0, len(parts))] or len(parts) != len(self._parts):
            self._made = self._remade(parts, spans)
        self._parts = parts
        return self._made

    def _remade(self, parts: tuple[Part, ...], spans: list[Span]) -> tuple[Made, ...]:
        """The things for `parts`: those of `spans` copied, the rest looked for or made."""
        spans = [*spans, (len(self._parts), len(parts), 0)]
        left: dict[Hashable, tuple[Part, Made]] = {}
        end = 0
        for start, _, length in spans:
            for part, made in zip(self._parts[end:start], self._made[end:start], strict=True):
                left[self._name(part)] = (part, made)
            end = start + length
        result: list[Made] = []
        for start, new_start, length in spans:
            for part in parts[len(result) : new_start]:
                known = left.get(self._name(part))
                same = known is not None and known[0] == part
                result.append(known[1] if known is not None and same else self._make(part))
            result += self._made[start : start + length]
        return tuple(result)


def _shared(old: tuple[Part, ...], new: tuple[Part, ...]) -> Iterator[Span]:
    """Stretches of the very same objects in both, in order.

    Not always the longest possible: what moved back is left out.
    """
    places: dict[int, int] | None = None  # where each object stands in `old`; rarely needed
    start = new_start = 0
    while start < len(old) and new_start < len(new):
        length = _same_from(old, start, new, new_start)
        if length:
            yield start, new_start, length
            start += length
            new_start += length
            continue
        if start + 1 < len(old) and old[start + 1] is new[new_start]:
            start += 1  # the window moved on by one: no need to know where everything stands
            continue
        if places is None:
            places = dict(zip(map(id, old), range(len(old)), strict=True))
        place = places.get(id(new[new_start]), -1)
        if place > start:
            start = place
        else:
            new_start += 1


def same_length(old: tuple[Part, ...], new: tuple[Part, ...]) -> int:
    """How many objects are the same in both, from the first one on."""
    return _same_from(old, 0, new, 0) if old and new else 0


def _same_from(old: tuple[Part, ...], start: int, new: tuple[Part, ...], new_start: int) -> int:
    """How many objects are the same from the given places on."""
    if old[start] is not new[new_start]:
        return 0
    length = min(len(old) - start, len(new) - new_start)
    stretch, new_stretch = old[start : start + length], new[new_start : new_start + length]
    # `is` and not `==`: comparing parts that differ in depth would cost more than it saves. The
    # usual answer is "all of them", and `map` finds that out without a step of Python for each.
    if all(map(is_, stretch, new_stretch)):
        return length
    return [part is other for part, other in zip(stretch, new_stretch, strict=True)].index(False)

"""What was painted and what is to be painted, to operations: the least that makes one the other.

Rows are keyed. A row that stays keeps its element, and so its selection, its focus and what the
person has unfolded in it; only what moved against the order of the rest is taken out and put
back. The usual change
(one row more at the end, and one less at the start) looks into no row that stays.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .facts import FactValue

__all__ = ["Op", "Painted", "PaintedRow", "Snapshot", "operations", "snapshot"]


class PaintedRow(NamedTuple):
    """One direct child of the log."""

    key: str
    html: str


Rows: TypeAlias = tuple[PaintedRow, ...]


@dataclass(frozen=True, slots=True)
class Painted:
    """All that a page shows.

    Attributes:
        rows: In display order; no key comes twice.
        slots: HTML by the slot's name. Always the same names.
        facts: By the contract's names.
    """

    rows: Rows = ()
    slots: dict[str, str] = field(default_factory=dict)
    facts: dict[str, FactValue] = field(default_factory=dict)


class InsertOp(TypedDict):
    """Put a new row before the row `before`, or at the end."""

    op: Literal["insert"]
    key: str
    before: str | None
    html: str


class ReplaceOp(TypedDict):
    """Give the row another element in the same place."""

    op: Literal["replace"]
    key: str
    html: str


class RemoveOp(TypedDict):
    """Take the row away."""

    op: Literal["remove"]
    key: str


class SetOp(TypedDict):
    """Fill a slot."""

    op: Literal["set"]
    slot: str
    html: str


class FactsOp(TypedDict):
    """Put all facts in place of those known."""

    op: Literal["facts"]
    facts: dict[str, FactValue]


Op: TypeAlias = InsertOp | ReplaceOp | RemoveOp | SetOp | FactsOp


class SnapshotRow(TypedDict):
    """One row of a snapshot."""

    key: str
    html: str


class Snapshot(TypedDict):
    """The members of a `snapshot` message that tell what is painted."""

    rows: list[SnapshotRow]
    slots: dict[str, str]
    facts: dict[str, FactValue]


def snapshot(painted: Painted) -> Snapshot:
    """All of `painted`, for a page that has nothing."""
    return {
        "rows": [{"key": row.key, "html": row.html} for row in painted.rows],
        "slots": painted.slots,
        "facts": painted.facts,
    }


def operations(old: Painted, new: Painted) -> list[Op]:
    """The operations that turn `old` into `new`, to be applied in order.

    The fact `announcement` is said once, not held: it is sent whenever it has words.
    """
    ops: list[Op] = [] if old.rows is new.rows else list(_rows(old.rows, new.rows))
    for slot, html in new.slots.items():
        if old.slots.get(slot) != html:
            ops.append({"op": "set", "slot": slot, "html": html})
    if new.facts.get("announcement") or (
        old.facts is not new.facts and _held(old.facts) != _held(new.facts)
    ):
        ops.append({"op": "facts", "facts": new.facts})
    return ops


def _held(facts: dict[str, FactValue]) -> dict[str, FactValue]:
    """The facts that stay true until told otherwise."""
    return {name: value for name, value in facts.items() if name != "announcement"}


def _rows(old: Rows, new: Rows) -> Iterator[Op]:
    """The row operations: removals first, then from the first row to the last."""
    start = _same_keys(old, new)
    gone = _gone(old[start:], new)
    for row in old[start : start + gone]:
        yield {"op": "remove", "key": row.key}
    # From here on as if those had never been there: when a window has only moved on, what stays
    # is then alike up to the new rows at the end.
    old = old[:start] + old[start + gone :]
    start += _same_keys(old[start:], new[start:])
    tail = _same_keys(old[start:][::-1], new[start:][::-1])
    old_end, new_end = len(old) - tail, len(new) - tail
    yield from _replacements(old[:start], new[:start])
    middle = {row.key: place for place, row in enumerate(old[start:old_end])}
    stays = _staying([middle.get(row.key) for row in new[start:new_end]])
    kept = {new[start + place].key for place in stays}
    for row in old[start:old_end]:
        if row.key not in kept:
            yield {"op": "remove", "key": row.key}
    yield from _middle(old[start:old_end], new[start:new_end], middle, kept, _key(new, new_end))
    yield from _replacements(old[old_end:], new[new_end:])


def _same_keys(old: Rows, new: Rows) -> int:
    """How many rows at the beginning of both have the same keys."""
    length = min(len(old), len(new))
    # Rows that did not change are the same objects, which tuples compare without looking inside.
    if old[:length] == new[:length]:
        return length
    pairs = zip(old, new, strict=False)
    return next((at for at, (before, after) in enumerate(pairs) if before.key != after.key), length)


def _gone(old: Rows, new: Rows) -> int:
    """How many rows at the beginning of `old` are nowhere in `new`."""
    if not old:
        return 0
    keys = {key for key, _ in new}
    return next((place for place, row in enumerate(old) if row.key in keys), len(old))


def _key(rows: Rows, place: int) -> str | None:
    """The key at `place`, or None past the end."""
    return rows[place].key if place < len(rows) else None


def _replacements(old: Rows, new: Rows) -> Iterator[Op]:
    """A replacement for each changed row; both hold the same keys in the same order."""
    if old == new:
        return
    for before, after in zip(old, new, strict=True):
        if before.html is not after.html and before.html != after.html:
            yield {"op": "replace", "key": after.key, "html": after.html}


def _middle(
    old: Rows,
    new: Rows,
    places: dict[str, int],
    kept: set[str],
    following: str | None,
) -> Iterator[Op]:
    """Inserts and replacements for the stretch where the keys differ.

    Each new row goes before the next row that is kept, so that rows inserted one after the other
    come to stand in that order. `following` is the key of the row after the stretch.
    """
    anchors: list[str | None] = []
    for row in reversed(new):
        anchors.append(following)
        if row.key in kept:
            following = row.key
    for row, before in zip(new, reversed(anchors), strict=True):
        if row.key not in kept:
            yield {"op": "insert", "key": row.key, "before": before, "html": row.html}
        elif old[places[row.key]].html != row.html:
            yield {"op": "replace", "key": row.key, "html": row.html}


def _staying(places: Sequence[int | None]) -> list[int]:
    """Which rows need not move: the positions of a longest increasing run of old places.

    Args:
        places: For each new row its place among the old ones, or None if it is new.
    """
    tails: list[int] = []  # the smallest old place that ends a run of each length
    ends: list[int] = []  # the position of that place
    before: dict[int, int | None] = {}
    for position, place in enumerate(places):
        if place is None:
            continue
        length = bisect_left(tails, place)
        before[position] = ends[length - 1] if length else None
        tails[length : length + 1] = [place]
        ends[length : length + 1] = [position]
    staying: list[int] = []
    position_or_none = ends[-1] if ends else None
    while position_or_none is not None:
        staying.append(position_or_none)
        position_or_none = before[position_or_none]
    return staying[::-1]

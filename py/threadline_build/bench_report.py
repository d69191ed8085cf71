"""What the benchmark says: one row per budget, its verdict, and the rows as a table and as JSON."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from enum import Enum
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "Budget",
    "Row",
    "Verdict",
    "absolute",
    "as_json",
    "no_budget",
    "percentile",
    "spread",
    "table",
    "times_the_peer",
    "within_the_peer",
]


class Verdict(Enum):
    """What a row comes to."""

    MET = "met"
    MISSED = "MISSED"
    NO_BUDGET = "no budget"  # measured for information


@dataclass(frozen=True, slots=True)
class Budget:
    """What is allowed.

    Attributes:
        words: as a person reads it.
        ratio: ours may be at most so many times the peer's; None: no such bound.
        over: ours may be at most so much over the peer's, in the row's unit; None: no such bound.
        limit: ours may be at most this, in the row's unit; None: no such bound.
    """

    words: str
    ratio: float | None = None
    over: float | None = None
    limit: float | None = None


def times_the_peer(ratio: float, words: str = "") -> Budget:
    """Return the budget "at most `ratio` times the peer"; `words` say more."""
    return Budget(f"<= {ratio:g} x the peer{words}", ratio=ratio)


def within_the_peer(over: float, unit: str) -> Budget:
    """Return the budget "less than `over` above the peer"."""
    return Budget(f"< {over:g} {unit} over the peer", over=over)


def absolute(limit: float, unit: str) -> Budget:
    """Return the budget "at most `limit`", whatever a peer does."""
    return Budget(f"<= {limit:g} {unit}".rstrip(), limit=limit)


def no_budget() -> Budget:
    """Return the absence of one."""
    return Budget("-")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report.

    Attributes:
        name: `measurement.part`, as `--only` takes it.
        what: what was measured, in words.
        unit: of `peer` and `ours`.
        peer: the peer's figure; None where there is no peer.
        ours: our figure.
        budget: what is allowed.
        note: how it was measured, where that is not plain, or what the figure hides.
        details: more figures, for the JSON alone.
    """

    name: str
    what: str
    unit: str
    peer: float | None
    ours: float
    budget: Budget
    note: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """Ours by the peer's, where there is a peer with a figure above zero."""
        return self.ours / self.peer if self.peer else None

    @property
    def verdict(self) -> Verdict:
        """Whether every bound of the budget is kept.

        Raises:
            ValueError: the budget compares with a peer, and there is none.
        """
        budget, bounds = self.budget, list[bool]()
        if budget.limit is not None:
            bounds.append(self.ours <= budget.limit)
        if budget.ratio is not None or budget.over is not None:
            if self.peer is None:
                raise ValueError(f"{self.name} has no peer to be compared with")
            if budget.ratio is not None:
                bounds.append(self.ours <= budget.ratio * self.peer)
            if budget.over is not None:
                bounds.append(self.ours < self.peer + budget.over)
        if not bounds:
            return Verdict.NO_BUDGET
        return Verdict.MET if all(bounds) else Verdict.MISSED


HEAD = ("row", "what", "peer", "ours", "ratio", "budget", "verdict")


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table with aligned columns, and the notes below it."""
    lines = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    aligned = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
    aligned.insert(1, "  ".join("-" * width for width in widths))
    notes = [f"{row.name}: {row.note}" for row in rows if row.note]
    return "\n".join([*aligned, *([""] if notes else []), *notes])


def _cells(row: Row) -> tuple[str, ...]:
    """Return one line of the table."""
    return (
        row.name,
        row.what,
        "no peer" if row.peer is None else _figure(row.peer, row.unit),
        _figure(row.ours, row.unit),
        "" if row.ratio is None else f"{row.ratio:.2f}",
        row.budget.words,
        row.verdict.value,
    )


def _figure(value: float, unit: str) -> str:
    """Return a figure with three significant digits, or whole where it is larger."""
    digits = 0 if value == 0 else max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{min(digits, 3)}f} {unit}".rstrip()


def as_json(rows: Iterable[Row], **facts: object) -> dict[str, Any]:
    """Return the report as JSON members; `facts` are about the whole run."""
    listed = [
        {
            **asdict(row),
            "budget": row.budget.words,
            "ratio": row.ratio,
            "verdict": row.verdict.value,
        }
        for row in rows
    ]
    return {**facts, "rows": listed}


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` (0 to 1) of all `values` do not exceed.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return how `values` lie: how many, least, median, 95th percentile, greatest."""
    return {
        "count": len(values),
        "min": min(values),
        "median": median(values),
        "p95": percentile(values, 0.95),
        "max": max(values),
    }

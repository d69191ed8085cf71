"""`threadline_build.bench_report`."""

from __future__ import annotations

import json

import pytest

from threadline_build.bench_report import (
    Budget,
    Row,
    Verdict,
    absolute,
    as_json,
    no_budget,
    percentile,
    spread,
    table,
    times_the_peer,
    within_the_peer,
)


def row(budget: Budget, ours: float, peer: float | None = 10.0, unit: str = "ms") -> Row:
    """Return a row with these figures."""
    return Row("open.running", "open the panel", unit, peer, ours, budget)


@pytest.mark.parametrize(
    ("budget", "ours", "verdict"),
    [
        (times_the_peer(0.8), 8.0, Verdict.MET),
        (times_the_peer(0.8), 8.1, Verdict.MISSED),
        (within_the_peer(16, "ms"), 25.9, Verdict.MET),
        (within_the_peer(16, "ms"), 26.0, Verdict.MISSED),
        (absolute(50, "ms"), 50.0, Verdict.MET),
        (absolute(50, "ms"), 50.1, Verdict.MISSED),
        (Budget("both", ratio=2.0, limit=15.0), 16.0, Verdict.MISSED),
        (Budget("both", ratio=1.0, limit=15.0), 14.0, Verdict.MISSED),
        (no_budget(), 1e9, Verdict.NO_BUDGET),
    ],
)
def test_every_bound_of_a_budget_counts(budget: Budget, ours: float, verdict: Verdict) -> None:
    """At a ratio and a limit the bound itself is allowed, over the peer it is not."""
    assert row(budget, ours).verdict is verdict


@pytest.mark.parametrize("budget", [times_the_peer(2), within_the_peer(1, "ms")])
def test_a_budget_against_a_peer_needs_one(budget: Budget) -> None:
    """Nothing is met by a comparison with nothing."""
    with pytest.raises(ValueError, match=r"open\.running has no peer"):
        _ = row(budget, 1.0, peer=None).verdict


def test_a_limit_needs_no_peer() -> None:
    """It holds whatever a peer does."""
    alone = row(absolute(1, "s"), 0.5, peer=None, unit="s")

    assert alone.verdict is Verdict.MET
    assert alone.ratio is None
    assert row(absolute(1, ""), 5.0, peer=0.0).ratio is None


def test_the_table_has_every_row_and_hides_no_miss() -> None:
    """Columns stand below each other; a note names its row."""
    noted = Row("push.p95", "push", "", None, 0.0, absolute(0, ""), note="one clock")
    lines = table([row(times_the_peer(0.8), 1234.5), noted]).splitlines()

    assert lines[0].split() == ["row", "what", "peer", "ours", "ratio", "budget", "verdict"]
    assert lines[2].endswith("MISSED")
    assert "10.0 ms  1234 ms  123.45  <= 0.8 x the peer" in lines[2]
    assert "no peer" in lines[3]
    assert lines[3].endswith("met")
    assert lines[2].index("123.45") == lines[0].index("ratio")
    assert lines[4:] == ["", "push.p95: one clock"]


def test_small_figures_keep_three_digits() -> None:
    """A ratio near one and a millisecond are told apart from zero."""
    assert " 0.012 x" in table([row(no_budget(), 0.0123, unit="x")])
    assert " 1.05 x" in table([row(no_budget(), 1.0523, unit="x")])
    assert "\n\n" not in table([row(no_budget(), 1.0)])


def test_the_json_says_what_the_table_says() -> None:
    """And the facts of the run beside it."""
    report = json.loads(json.dumps(as_json([row(times_the_peer(0.8), 5.0)], quick=True)))

    assert report["quick"] is True
    [listed] = report["rows"]
    assert listed["name"] == "open.running"
    assert (listed["peer"], listed["ours"], listed["ratio"]) == (10.0, 5.0, 0.5)
    assert listed["budget"] == "<= 0.8 x the peer"
    assert listed["verdict"] == "met"


def test_a_percentile_is_a_value_that_was_measured() -> None:
    """The nearest rank; of one value it is that value."""
    values = [float(number) for number in range(100, 0, -1)]

    assert percentile(values, 0.95) == 95.0
    assert percentile(values, 0.5) == 50.0
    assert percentile([3.0], 0.95) == 3.0
    assert percentile([3.0, 4.0], 0.0) == 3.0
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_a_spread_names_its_ends() -> None:
    """How many, least, median, 95th percentile, greatest."""
    assert spread([4.0, 1.0, 2.0]) == {
        "count": 3,
        "min": 1.0,
        "median": 2.0,
        "p95": 4.0,
        "max": 4.0,
    }

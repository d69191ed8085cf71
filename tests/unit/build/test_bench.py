"""`threadline_build.bench`, and the figures of the measurements that need no browser."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from threadline_build import cli
from threadline_build.bench import MEASUREMENTS, WITHOUT_BROWSER, chosen
from threadline_build.errors import BuildError

ROOT = Path(__file__).parents[3]


def run_bench(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `build.py bench`."""
    return subprocess.run(
        [sys.executable, ROOT / "build.py", "bench", *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_everything_is_measured_unless_told_otherwise() -> None:
    """In the same order whatever the order of asking."""
    assert chosen(None) == MEASUREMENTS
    assert chosen(["build", "open"]) == ("open", "build")


def test_a_row_stands_for_its_measurement() -> None:
    """Its figures come together with those of its neighbours."""
    assert chosen(["push.median", "push.p95"]) == ("push",)


def test_an_unknown_row_is_refused_with_what_there_is() -> None:
    """One line with the cure."""
    with pytest.raises(BuildError, match=r"no measurement pushes: choose from open, push"):
        chosen(["push", "pushes"])


def test_what_needs_no_browser_is_a_measurement() -> None:
    """A typing error there would ask for a browser in vain."""
    assert set(MEASUREMENTS) > WITHOUT_BROWSER


@pytest.mark.parametrize("count", ["0", "101", "x", "-1"])
def test_the_number_of_runs_is_checked(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on standard error, status 2."""
    with pytest.raises(SystemExit) as caught:
        cli.parse(["bench", f"--runs={count}"])

    assert caught.value.code == 2
    assert "not a number from 1 to 100" in capsys.readouterr().err


def test_without_a_browser_the_growth_is_measured_all_the_same(tmp_path: Path) -> None:
    """A table on standard output, and the same as JSON in the file."""
    file = tmp_path / "figures" / "bench.json"
    done = run_bench("--only", "growth", "--quick", "--json", str(file), CHROME="not-there")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "growth.core" in done.stdout
    report = json.loads(file.read_text())
    [row] = report["rows"]
    assert row["name"] == "growth.core"
    assert set(row["details"]["microseconds"]) == {"100", "1000", "10000"}
    assert report["failed"] == []


def test_what_a_quiet_client_asks_is_measured_without_a_browser() -> None:
    """SPEC.md H18: at most three requests a minute; and what merging costs."""
    done = run_bench("--only", "reading", "--quick", CHROME="not-there")

    assert done.returncode == 0, done.stdout + done.stderr
    line = next(one for one in done.stdout.splitlines() if one.startswith("{"))
    rows = {row["name"]: row for row in json.loads(line)["rows"]}
    assert set(rows) == {"reading.merge", "reading.quiet"}
    assert rows["reading.quiet"]["verdict"] == "met"


def test_the_way_back_to_equality_is_measured_without_a_browser() -> None:
    """Median and tail over all profiles, and each profile's waits in the details."""
    done = run_bench("--only", "recovery", "--quick", CHROME="not-there")

    assert done.returncode == 0, done.stdout + done.stderr
    line = next(one for one in done.stdout.splitlines() if one.startswith("{"))
    rows = {row["name"]: row for row in json.loads(line)["rows"]}
    assert set(rows) == {"recovery.median", "recovery.p99"}
    assert rows["recovery.median"]["ours"] <= rows["recovery.p99"]["ours"]
    assert all(rows["recovery.median"]["details"]["seconds"].values())


def test_without_a_file_the_json_is_printed(tmp_path: Path) -> None:
    """As one line, for a program that reads along."""
    done = run_bench("--only", "growth.core", "--quick")

    [line] = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert json.loads(line)["rows"][0]["name"] == "growth.core"


def test_a_missing_browser_is_one_line() -> None:
    """With what can be done about it; nothing is measured by halves."""
    done = run_bench("--only", "push", CHROME="not-there")

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "CHROME names not-there" in done.stderr

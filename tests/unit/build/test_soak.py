"""`threadline_build.soak`; what a soak finds is tests/soak's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from threadline_build import cli

ROOT = Path(__file__).parents[3]


def run_soak(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `build.py soak`."""
    return subprocess.run(
        [sys.executable, ROOT / "build.py", "soak", *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("option", ["--seconds=0", "--seconds=x", "--seed=-1", "--seed=1000000"])
def test_numbers_are_checked(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on standard error, status 2."""
    with pytest.raises(SystemExit) as caught:
        cli.parse(["soak", option])

    assert caught.value.code == 2
    assert "not a number from 1 to 999999" in capsys.readouterr().err


def test_without_a_sockudo_it_is_one_line_with_the_cure(tmp_path: Path) -> None:
    """Nothing is begun."""
    done = run_soak(XDG_CACHE_HOME=str(tmp_path), SOCKUDO="", CI="")

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "build.py: no Sockudo 5.0.1 built: build it once with `python3 build.py sockudo`"
    ]


@pytest.mark.sockudo
def test_a_few_seconds_of_it_lose_nothing() -> None:
    """Engines alone, through faults drawn from a seed; the report says what was done."""
    done = run_soak("--no-browser", "--seconds", "4", "--seed", "7")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing was lost, nothing came twice." in done.stdout
    assert "all clients equal to the database" in done.stdout

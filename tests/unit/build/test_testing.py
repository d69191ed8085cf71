"""`threadline_build.testing`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def run_tests(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `build.py test` over the tests of one small module."""
    return subprocess.run(
        [sys.executable, ROOT / "build.py", "test", *arguments, "tests/unit/build/test_errors.py"],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_pytest_has_the_last_word() -> None:
    """What is left out is said before; the status is pytest's."""
    done = run_tests("--fast", "-q", "-p", "no:cacheprovider")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "left out: tests in Chromium and in Pyodide" in done.stdout
    assert " passed" in done.stdout.splitlines()[-1]


def test_no_test_at_all_is_no_success() -> None:
    """A typing error in `-k` must not look like a pass."""
    assert run_tests("--fast", "-q", "-p", "no:cacheprovider", "-k", "nothing").returncode != 0


def test_a_missing_browser_is_said_and_under_ci_it_is_a_failure() -> None:
    """CHROME names one that is not there."""
    left_out = run_tests("-q", "-p", "no:cacheprovider", CHROME="not-there", CI="")
    under_ci = run_tests("-q", "-p", "no:cacheprovider", CHROME="not-there", CI="true")

    assert left_out.returncode == 0, left_out.stderr
    assert "left out: tests in Chromium (CHROME names not-there" in left_out.stdout
    assert under_ci.returncode == 1
    assert len(under_ci.stderr.splitlines()) == 1

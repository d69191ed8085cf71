"""`threadline_build.simulating`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def simulate(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `build.py simulate`."""
    return subprocess.run(
        [sys.executable, ROOT / "build.py", "simulate", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_seed_can_be_run_again() -> None:
    """It tells what happened, act by act, and how it ended."""
    done = simulate("--profile", "hostile", "--seed", "7", "--acts", "0,1")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "act 0: " in done.stdout
    assert "act 2: " not in done.stdout
    assert done.stdout.splitlines()[-1].startswith("equal after ")


def test_a_mistake_is_said() -> None:
    """With what there is, and status 2."""
    done = simulate("--profile", "peaceful")

    assert done.returncode == 2
    assert "hostile" in done.stderr

"""`build.py check`: every gate that needs no run of the product, each with its name and result."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from .locales import wrong_words
from .progress import say
from .sizes import oversized

if TYPE_CHECKING:
    from .places import Places

__all__ = ["check"]


def check(places: Places) -> int:
    """Run all gates, also after one has failed; return 0 when all passed."""
    tools = places.venv / ("Scripts" if os.name == "nt" else "bin")
    commands = {
        "lint": [sys.executable, "-m", "ruff", "check", "--output-format=concise", "."],
        "format": [sys.executable, "-m", "ruff", "format", "--check", "."],
        "types": [sys.executable, "-m", "mypy"],
        "imports": [str(tools / "lint-imports")],
    }
    passed = [_passes(name, command, places) for name, command in commands.items()]
    passed.append(_told("sizes", oversized(places.root), 0.0))
    passed.append(_told("words", wrong_words(places), 0.0))
    failed = passed.count(False)
    say(f"{failed} of {len(passed)} gates failed" if failed else f"all {len(passed)} gates passed")
    return 1 if failed else 0


def _passes(name: str, command: list[str], places: Places) -> bool:
    """Run one tool, show what it says only where it has something to say, and return whether it
    passed.
    """
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=places.root,
        env={**os.environ, "PYTHONPATH": str(places.python)},
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [] if done.returncode == 0 else (done.stdout + done.stderr).strip().splitlines()
    return _told(name, complaints, time.monotonic() - started)


def _told(name: str, complaints: list[str], seconds: float) -> bool:
    """Print the result of one gate and return whether it passed."""
    say(f"  {name:8} {'FAILED' if complaints else 'passed'}  {seconds:5.1f} s")
    for line in complaints:
        say(f"    {line}")
    return not complaints

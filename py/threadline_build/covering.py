"""`build.py coverage`: does each module's own test file cover all its branches, by itself?

A module of the pure rings is covered by `test_<module>.py` and its aspects `test_<module>_*.py`,
and by nothing else: what another file's tests happen to run is no proof. The tests run once;
coverage notes which file each of them is in (`tests/conftest.py` tells it), and the report of a
module reads the notes of its own files alone. What runs while modules are imported counts for all.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from .progress import say

if TYPE_CHECKING:
    from pathlib import Path

    from .places import Places

__all__ = ["RINGS", "own_tests", "uncovered"]

RINGS: Final = ("core", "runtime", "ui")  # the pure ones: ARCHITECTURE.md
WHOLE: Final = 100.0  # percent


def own_tests(module: str, modules: set[str], tests: set[str]) -> list[str]:
    """Return the test files of a module: of its own name, and its aspects.

    Args:
        module: Its name, such as `outbox`.
        modules: The names of all modules of its ring: `test_outbox_slot.py` belongs to
            `outbox_slot` where there is one, and is an aspect of `outbox` otherwise.
        tests: The names of the ring's test files.
    """
    longer = [name for name in modules if name.startswith(f"{module}_")]
    return sorted(
        test
        for test in tests
        if _is_of(test, module) and not any(_is_of(test, name) for name in longer)
    )


def _is_of(test: str, module: str) -> bool:
    """Say whether a test file has a module's name, or begins with it."""
    return test == f"test_{module}.py" or test.startswith(f"test_{module}_")


def uncovered(places: Places) -> int:
    """Run the tests of the pure rings and say what their own files leave out; return 0 when that is
    nothing, pytest's status when tests fail, and 1 otherwise.
    """
    data = places.cache / "coverage" / "data"
    data.parent.mkdir(parents=True, exist_ok=True)
    rings = [f"tests/unit/{ring}" for ring in RINGS]
    sources = ",".join(f"py/threadline/{ring}" for ring in RINGS)
    options = ["--branch", f"--source={sources}", f"--data-file={data}"]
    done = subprocess.run(
        [sys.executable, "-m", "coverage", "run", *options, "-m", "pytest", "-q", *rings],
        cwd=places.root,
        env={**os.environ, "PYTHONPATH": str(places.python)},
        check=False,
    )
    if done.returncode:
        return done.returncode
    complaints = [line for ring in RINGS for line in _ring(places.root, ring, data)]
    for line in complaints:
        say(f"  {line}")
    if not complaints:
        say("each module of the pure rings is covered by its own tests")
    return 1 if complaints else 0


def _ring(root: Path, ring: str, data: Path) -> list[str]:
    """Return a line for each module of a ring that its own tests do not cover."""
    from coverage import Coverage  # in .venv, not where this module is imported first

    paths = [
        path for path in (root / "py/threadline" / ring).glob("*.py") if path.stem != "__init__"
    ]
    modules = {path.stem for path in paths}
    folder = root / "tests/unit" / ring
    tests = {path.name for path in folder.glob("test_*.py")}
    coverage = Coverage(data_file=data)
    coverage.load()
    complaints = []
    for path in sorted(paths):
        mine = [re.escape(f"{ring}/{test}") for test in own_tests(path.stem, modules, tests)]
        if not mine:
            continue  # nothing to run of its own: tests/test_layout.py holds the reasons
        told = io.StringIO()
        percent = coverage.report(
            [str(path)],
            contexts=["^$", *(f"^tests/unit/{test}$" for test in mine)],
            show_missing=True,
            file=told,
        )
        if percent < WHOLE:
            row = next(line for line in told.getvalue().splitlines() if path.name in line)
            complaints.append(" ".join(row.split()))
    return complaints

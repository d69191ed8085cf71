"""`build.py build` on a copy of this checkout, from the start of the command to its end, in s.

- `build.unchanged`: nothing changed since the last build.
- `build.changed`: one Python file of the extension changed.

The copy shares the virtual environment and has its own cache, filled with links to this one's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Final

from threadline_build.bench_report import Row, absolute, spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from threadline_build.places import Places

    from .plan import Plan

__all__ = ["measure"]

COPIED: Final = ("build.py", "manifest.json", "extension", "webpack-free-assets", "py")
CHANGED: Final = "py/threadline/core/holes.py"
UNCHANGED_LIMIT: Final = 1.0  # s
CHANGED_LIMIT: Final = 10.0  # s
PREFIX: Final = ".bench-"  # of the copy, beside the cache's products


def measure(places: Places, plan: Plan) -> list[Row]:
    """Return the two rows."""
    unchanged: list[float] = []
    changed: list[float] = []
    with _copy(places) as checkout:
        _build(checkout)
        for run in range(min(plan.runs, 3)):
            unchanged.append(_build(checkout))
            with (checkout / CHANGED).open("a", encoding="utf-8") as source:
                source.write(f"\n_RUN = {run}\n")
            changed.append(_build(checkout))
    return [
        _row("unchanged", "build, nothing changed", unchanged, UNCHANGED_LIMIT),
        _row("changed", "build, one Python file changed", changed, CHANGED_LIMIT),
    ]


def _row(part: str, what: str, taken: list[float], limit: float) -> Row:
    return Row(
        f"build.{part}",
        what,
        "s",
        None,
        median(taken),
        absolute(limit, "s"),
        details={"ours": spread(taken)},
    )


@contextmanager
def _copy(places: Places) -> Iterator[Path]:
    """Make a checkout to change and build in, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=places.cache) as name:
        checkout = Path(name)
        for part in COPIED:
            source = places.root / part
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, checkout / part, ignore=ignored)
            else:
                shutil.copy(source, checkout)
        (checkout / ".venv").symlink_to(places.venv, target_is_directory=True)
        # Products of the build are never written to once they are there, so links are enough.
        shutil.copytree(
            places.cache,
            checkout / ".cache",
            copy_function=os.link,
            ignore=shutil.ignore_patterns(f"{PREFIX}*", ".part-*", "peer-*"),
        )
        yield checkout


def _build(checkout: Path) -> float:
    """Build and return the seconds that the command took.

    Raises:
        RuntimeError: It failed.
    """
    environment = {key: value for key, value in os.environ.items() if key != "THREADLINE_CACHE"}
    started = perf_counter()
    done = subprocess.run(
        [sys.executable, "build.py", "build"],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = perf_counter() - started
    if done.returncode != 0:
        raise RuntimeError(f"the build of the copy failed: {done.stdout}{done.stderr}")
    return seconds

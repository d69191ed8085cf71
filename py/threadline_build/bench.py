"""`build.py bench`: measures the product against its budgets, and against a peer in the same run.

The measurements are in tests/bench, one module each; they run in a process of their own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from .bench_peer import peer_packages
from .chromium import chromium_or_error
from .errors import BuildError
from .progress import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from .places import Places

__all__ = ["MEASUREMENTS", "bench", "chosen"]

# In the order in which they are made; each gives one or more rows, named `measurement.part`.
MEASUREMENTS: Final = (
    "open",
    "push",
    "burst",
    "growth",
    "reading",
    "recovery",
    "catching",
    "sending",
    "keys",
    "line",
    "memory",
    "boot",
    "build",
)
WITHOUT_BROWSER: Final = {"growth", "reading", "recovery", "line", "build"}


def chosen(only: Sequence[str] | None) -> tuple[str, ...]:
    """Return the measurements that `--only` asks for; a row's name stands for its measurement.

    Raises:
        BuildError: there is no such measurement.
    """
    wanted = {name.partition(".")[0] for name in only or MEASUREMENTS}
    unknown = sorted(wanted - set(MEASUREMENTS))
    if unknown:
        raise BuildError(
            f"there is no measurement {unknown[0]}", f"choose from {', '.join(MEASUREMENTS)}"
        )
    return tuple(name for name in MEASUREMENTS if name in wanted)


def bench(places: Places, options: argparse.Namespace) -> int:
    """Measure, print the table and the JSON, and return 0 when everything could be measured.

    A missed budget is reported and is no failure of the command.

    Raises:
        BuildError: there is no Chromium, or the peer's packages cannot be had.
    """
    wanted = chosen(options.only)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(places.python), str(places.root)]),
    }
    if not WITHOUT_BROWSER.issuperset(wanted):
        environment["CHROME"] = str(chromium_or_error(install=options.install_chromium))
        peer_packages(places)
    command = [sys.executable, "-m", "tests.bench", *wanted]
    if options.runs is not None:
        command += ["--runs", str(options.runs)]
    if options.json is not None:
        command += ["--json", os.path.abspath(options.json)]
    if options.quick:
        command.append("--quick")
    done = subprocess.run(command, cwd=places.root, env=environment, check=False)
    if done.returncode != 0:
        raise BuildError("not everything could be measured; the reason is above")
    say("Every row was measured; a missed budget is no failure of this command.")
    return 0

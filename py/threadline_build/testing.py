"""`build.py test`: builds, then hands over to pytest; says beforehand what is left out and why.

A whole run is two at once: most of what needs Chromium, and everything else. What is asked for by
options of pytest is one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from .chromium import chromium_or_error, under_ci
from .dotenv import read_dotenv
from .errors import BuildError
from .options import resolve
from .packing import build
from .progress import say
from .side_by_side import run_side_by_side
from .sockudo import sockudo_or_error
from .wheels import pyodide_wheels

if TYPE_CHECKING:
    import argparse

    from .places import Places

__all__ = ["run_tests"]


def run_tests(places: Places, options: argparse.Namespace) -> int:
    """Set everything up, run pytest over `tests/` and return its exit status. pytest has the last
    word.

    Under CI=true nothing is left out: what is missing is installed, or ends the command.

    Raises:
        BuildError: the build failed, or something is missing under CI=true.
    """
    build(places, resolve(options, os.environ, read_dotenv(places.root / ".env")))
    environment = {**os.environ, "PYTHONPATH": str(places.python)}
    left_out = []
    if options.fast:
        left_out = ["e2e", "pyodide"]
        say("  left out: tests in Chromium and in Pyodide (--fast)")
    else:
        pyodide_wheels(places, "pyodide-test-requirements.lock", "the test tools for Pyodide")
        try:
            environment["CHROME"] = str(chromium_or_error(install=options.install_chromium))
        except BuildError as error:
            if under_ci(os.environ):
                raise
            left_out = ["e2e"]
            say(f"  left out: tests in Chromium ({error})")
    try:
        environment["SOCKUDO"] = str(sockudo_or_error())
    except BuildError as error:
        if under_ci(os.environ):
            raise
        left_out.append("sockudo")
        say(f"  left out: tests against the real Sockudo ({error})")
    pytest = [sys.executable, "-m", "pytest"]
    others = "".join(f" and not {marker}" for marker in left_out)
    if "e2e" in left_out or options.pytest:
        selection = ["-m", others.removeprefix(" and ")] if others else []
        sys.stdout.flush()
        command = [*pytest, *selection, *options.pytest]
        return subprocess.run(command, cwd=places.root, env=environment, check=False).returncode
    say("  most tests in Chromium run beside the others; their report comes after")
    return run_side_by_side(
        [*pytest, "-m", f"(not e2e or patient){others}"],  # so that both take about as long
        [*pytest, "-m", f"(e2e and not patient){others}", "-p", "no:cacheprovider"],
        folder=places.root,
        environment=environment,
    )

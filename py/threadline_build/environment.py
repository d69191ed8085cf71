"""The virtual environment that everything else runs in: made from the hash-locked list, kept while
that stands.

Standard library only: it runs on the Python that the person started `build.py` with.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from .errors import BuildError, last_word
from .progress import say, step

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["hand_over", "python_of", "ready_environment"]

MARKER = "threadline-lock.sha256"  # in the environment: the list it was filled from


def python_of(venv: Path) -> Path:
    """Return the path of the environment's own Python."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def hand_over(root: Path, options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Run the command with the environment's Python, making the environment first; return its exit
    status.

    `clean` needs no environment and makes none.
    """
    if options.command == "clean":
        from .cleaning import clean

        return clean(root, everything=options.all)
    python = ready_environment(root)
    environment = {**os.environ, "PYTHONPATH": str(root / "py")}
    command = [str(python), "-m", "threadline_build", *arguments]
    if os.name == "nt":
        return subprocess.run(command, env=environment, check=False).returncode
    sys.stdout.flush()
    os.execve(python, command, environment)


def ready_environment(root: Path) -> Path:
    """Return the Python of `.venv`, made or refilled when the locked list changed.

    Raises:
        BuildError: this Python cannot make environments, there is no network, or a package is not
            what the list says.
    """
    venv = root / ".venv"
    locked = root / "py" / "requirements.lock"
    digest = hashlib.sha256(locked.read_bytes()).hexdigest()
    marker = venv / MARKER
    python = python_of(venv)
    if python.is_file() and marker.is_file() and marker.read_text().strip() == digest:
        return python
    if not _works(python):
        _make(venv)
    with step("installing the locked Python packages into .venv"):
        _fill(python, locked)
    marker.write_text(digest + "\n")
    return python


def _works(python: Path) -> bool:
    """Say whether there is an environment whose Python starts and has pip."""
    if not python.is_file():
        return False
    return (
        subprocess.run(
            [python, "-m", "pip", "--version"], capture_output=True, check=False
        ).returncode
        == 0
    )


def _make(venv: Path) -> None:
    """Make an empty environment."""
    cure = "install it (Debian and Ubuntu: apt-get install python3-venv) and run the command again"
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise BuildError("this Python lacks the module venv", cure)
    say("Setting up, once; this takes about a minute.")
    with step("making .venv"):
        done = subprocess.run(
            [sys.executable, "-m", "venv", "--clear", str(venv)],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise BuildError(f"the module venv failed ({last_word(done.stderr or done.stdout)})", cure)


def _fill(python: Path, locked: Path) -> None:
    """Install exactly what the list names, each file checked against its hash."""
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command = [*pip, "--require-hashes", "--retries", "2", "-r", str(locked)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildError(
            f"pip could not install what {locked.name} lists ({last_word(done.stderr, 'ERROR:')})",
            "the first run needs the network; check it and run the command again",
        )

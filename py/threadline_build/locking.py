"""`build.py lock`: remakes the lock files. Each holds hashes, and none says from where a package
came.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .errors import BuildError, last_word
from .node import npm
from .progress import say, step
from .wheels import TARGET

if TYPE_CHECKING:
    from .places import Places

__all__ = ["lock", "locks", "refuse_addresses", "requirement"]

# The lists of wheels for Pyodide: of the extension, and of the tests inside Pyodide.
PYODIDE_LISTS: Final = ("pyodide-requirements", "pyodide-test-requirements")


def lock(places: Places) -> int:
    """Remake every lock file from the list beside it and return 0; needs the network.

    Raises:
        BuildError: the network is missing, or the lists contradict each other.
    """
    with step("py/requirements.lock"):
        _lock_environment(places)
    for name in PYODIDE_LISTS:
        with step(f"py/{name}.lock"):
            _lock_wheels(places.python / f"{name}.in", places.python / f"{name}.lock")
    with step("webpack-free-assets/package-lock.json"):
        _lock_npm(places)
    for path in locks(places):
        refuse_addresses(path)
    say("The lock files are remade; `git diff` shows what changed.")
    return 0


def locks(places: Places) -> list[Path]:
    """Return every lock file."""
    return [*sorted(places.python.glob("*.lock")), places.assets / "package-lock.json"]


def _lock_environment(places: Places) -> None:
    """Resolve what the virtual environment holds, for all platforms' files."""
    _run(
        [
            sys.executable,
            "-P",
            "-m",
            "piptools",
            "compile",
            "--quiet",
            "--upgrade",
            "--allow-unsafe",
            "--generate-hashes",
            "--no-emit-find-links",
            "--no-emit-index-url",
            "--no-emit-trusted-host",
            "--strip-extras",
            "--output-file=py/requirements.lock",
            "py/requirements.in",
        ],
        places.root,
        "requirements.in",
    )


def _lock_wheels(listed: Path, locked: Path) -> None:
    """Let pip choose the wheels for the Python inside Pyodide, and note their names and hashes."""
    with tempfile.TemporaryDirectory() as folder:
        _run(
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--disable-pip-version-check",
                *TARGET,
                "-r",
                str(listed),
                "-d",
                folder,
            ],
            listed.parent,
            listed.name,
        )
        lines = ["# Made by `build.py lock` from the list of the same name; do not edit."]
        lines += [
            requirement(wheel)
            for wheel in sorted(Path(folder).glob("*.whl"), key=lambda wheel: wheel.name.lower())
        ]
    locked.write_text("\n".join(lines) + "\n", encoding="utf-8")


def requirement(wheel: Path) -> str:
    """Return the requirement that only this file fulfils."""
    name, version = wheel.name.split("-")[:2]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{name.replace('_', '-').lower()}=={version} --hash=sha256:{digest}"


def _lock_npm(places: Places) -> None:
    """Resolve the vendored packages away from the checkout, so that no node_modules appears in
    it.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(places.assets / "package.json", folder)
        npm(["install", "--package-lock-only", "--omit-lockfile-registry-resolved"], folder)
        shutil.copy(folder / "package-lock.json", places.assets)


def _run(command: list[str], folder: Path, listed: str) -> None:
    """Run one resolver over the list `listed`."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "CUSTOM_COMPILE_COMMAND": "python3 build.py lock"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        words = f"{listed} could not be resolved ({last_word(done.stderr)})"
        raise BuildError(words, "check the network and what the list asks for")


def refuse_addresses(path: Path) -> None:
    """Refuse a lock file that names a place on the network: it would bind everybody to it."""
    if "://" in path.read_text(encoding="utf-8"):
        raise BuildError(
            f"{path.name} holds an address", "remake it with the options of build.py lock"
        )

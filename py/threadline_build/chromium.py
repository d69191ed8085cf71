"""Chromium for `run` and `test`: found, or installed where that was asked for; never installed
unasked.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .errors import BuildError, last_word
from .progress import say, step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["INSTALL_COMMAND", "chromium_or_error", "find_chromium", "launch_arguments", "under_ci"]

INSTALL_COMMAND: Final = "apt-get update && apt-get install -y chromium"

# In the order of trust. Google's own builds are left out: they ignore --load-extension (since
# Chrome 137).
NAMES: Final = ("chromium", "chromium-browser", "ungoogled-chromium", "chrome-for-testing")
APPLICATIONS: Final = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
)
BRANDED: Final = ("google-chrome", "google-chrome-stable", "microsoft-edge")


def under_ci(environment: Mapping[str, str]) -> bool:
    """Say whether this is an unattended run, where what is missing is installed and nothing is
    skipped.
    """
    return environment.get("CI", "").lower() in {"1", "true", "yes"}


def find_chromium(
    environment: Mapping[str, str] = os.environ, which: Callable[[str], str | None] = shutil.which
) -> Path | None:
    """Return the path of a Chromium that loads unpacked extensions, or None.

    Args:
        environment: CHROME names one and beats all else.
        which: finds a command, as `shutil.which` does.

    Raises:
        BuildError: CHROME names a file that is not there.
    """
    named = environment.get("CHROME")
    if named:
        found = which(named)
        if found is None:
            raise BuildError(
                f"CHROME names {named}, which is no program", "set it to the path of a Chromium"
            )
        return Path(found)
    for name in (*NAMES, *APPLICATIONS):
        found = which(name)
        if found is not None:
            return Path(found)
    return _of_playwright()


def chromium_or_error(*, install: bool, environment: Mapping[str, str] = os.environ) -> Path:
    """Return a Chromium, installed first where there is none and `install` or CI=true allows it.

    Raises:
        BuildError: there is none, with the ways to one.
    """
    found = find_chromium(environment)
    if found is None and (install or under_ci(environment)):
        _install()
        found = find_chromium(environment)
    if found is None:
        branded = next((name for name in BRANDED if shutil.which(name)), None)
        also = (
            f"; {branded} does not load unpacked extensions from the command line"
            if branded
            else ""
        )
        raise BuildError(
            f"no Chromium found{also}",
            f"add --install-chromium (it runs `{INSTALL_COMMAND}`), or set CHROME to one's path",
        )
    say(f"  Chromium: {found}")
    return found


def launch_arguments(extension: Path) -> list[str]:
    """Return Chromium's arguments for one unpacked extension; the sandbox goes only where it
    cannot work.
    """
    arguments = [
        f"--disable-extensions-except={extension}",
        f"--load-extension={extension}",
        "--no-first-run",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium refuses to start as root otherwise
    return arguments


def _of_playwright() -> Path | None:
    """Return the browser of Playwright's own, where somebody installed it."""
    cache = (
        Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "ms-playwright"
    )
    found = sorted(cache.glob("chromium-*/*/chrome")) + sorted(
        cache.glob("chromium-*/*/*.app/Contents/MacOS/*")
    )
    return found[-1] if found else None


def _install() -> None:
    """Install Debian's Chromium.

    Raises:
        BuildError: there is no apt-get, or it failed.
    """
    if shutil.which("apt-get") is None:
        raise BuildError(
            "there is no apt-get to install Chromium with",
            "install Chromium and set CHROME to its path",
        )
    with step("installing Chromium with apt-get"):
        done = subprocess.run(
            ["sh", "-c", INSTALL_COMMAND], capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        raise BuildError(
            f"apt-get could not install Chromium ({last_word(done.stderr)})",
            f"as root: {INSTALL_COMMAND}",
        )

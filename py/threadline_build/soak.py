"""`build.py soak`: engines and a browser against the real Sockudo while things go wrong.

What goes wrong is in tests/soak; it runs in a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from .chromium import chromium_or_error
from .sockudo import sockudo_or_error

if TYPE_CHECKING:
    import argparse

    from .places import Places

__all__ = ["soak"]


def soak(places: Places, options: argparse.Namespace) -> int:
    """Run a soak and return 0 when nothing was lost.

    Raises:
        BuildError: there is no Sockudo, or no Chromium.
    """
    path = os.pathsep.join([str(places.python), str(places.root)])
    environment = {**os.environ, "PYTHONPATH": path, "SOCKUDO": str(sockudo_or_error())}
    command = [sys.executable, "-m", "tests.soak"]
    command += ["--seconds", str(options.seconds), "--seed", str(options.seed)]
    if options.no_browser:
        command.append("--no-browser")
    else:
        environment["CHROME"] = str(chromium_or_error(install=options.install_chromium))
    return subprocess.run(command, cwd=places.root, env=environment, check=False).returncode

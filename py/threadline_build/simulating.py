"""`build.py simulate`: runs whole engines against a hostile world in virtual time.

The simulation is in tests/sim; it runs in a process of its own, and needs neither browser nor
network.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import argparse

    from .places import Places

__all__ = ["simulate"]

OPTIONS: Final = (
    "profile",
    "seeds",
    "first_seed",
    "seed",
    "seconds",
    "variant",
    "jobs",
    "without",
    "acts",
    "browsers",
)


def simulate(places: Places, options: argparse.Namespace) -> int:
    """Hand the options over, and return 1 when an invariant did not hold somewhere, 2 when an
    option is wrong.
    """
    command = [sys.executable, "-m", "tests.sim"]
    for option in OPTIONS:
        value = getattr(options, option)
        if value is not None:
            command += [f"--{option.replace('_', '-')}", value]
    paths = os.pathsep.join([str(places.python), str(places.root)])
    environment = {**os.environ, "PYTHONPATH": paths}
    return subprocess.run(command, cwd=places.root, env=environment, check=False).returncode

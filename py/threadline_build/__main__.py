"""`python -m threadline_build`: what `build.py` hands over to, inside the virtual environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import cli
from .places import Places

if TYPE_CHECKING:
    import argparse

ROOT = Path(__file__).resolve().parents[2]


def perform(options: argparse.Namespace) -> int:
    """Do what the command line asks and return the exit status. A command imports only what it
    needs.
    """
    places = Places.of(ROOT)
    match options.command:
        case "build":
            from .dotenv import read_dotenv
            from .options import resolve
            from .packing import build

            configuration = resolve(options, os.environ, read_dotenv(ROOT / ".env"))
            build(places, configuration, Path(options.out) if options.out else None)
            return 0
        case "run":
            from .running import run

            return run(places, options)
        case "test":
            from .testing import run_tests

            return run_tests(places, options)
        case "simulate":
            from .simulating import simulate

            return simulate(places, options)
        case "soak":
            from .soak import soak

            return soak(places, options)
        case "bench":
            from .bench import bench

            return bench(places, options)
        case "release":
            from .release import release

            return release(places, options)
        case "sockudo":
            from .progress import say
            from .sockudo import build_sockudo

            say(f"Sockudo: {build_sockudo()}")
            return 0
        case "check":
            from .gates import check

            return check(places)
        case "coverage":
            from .covering import uncovered

            return uncovered(places)
        case "lock":
            from .locking import lock

            return lock(places)
        case _:  # `clean` is done before this process exists
            raise ValueError(options.command)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.exit(cli.guarded(lambda: perform(cli.parse(arguments))))

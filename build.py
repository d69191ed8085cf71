#!/usr/bin/env python3
"""The one command of this project: build, run, test, simulate, check and more. `python3 build.py
--help` lists all.

Needs Python 3.11 or newer and git, nothing else. This file only looks at the command line and sees
to the virtual environment; all that is done is in py/threadline_build, run by that environment's
Python.
"""

import sys
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent


def main() -> int:
    """Check the command line, make `.venv` where it is missing, and hand over; return the exit
    status.
    """
    if sys.version_info < OLDEST:
        found = "{}.{}".format(*sys.version_info)
        sys.stderr.write(
            "build.py needs Python 3.11 or newer, and this is "
            + found
            + ": run it with a newer one, for example `python3.12 build.py`\n"
        )
        return 1
    sys.path.insert(0, str(ROOT / "py"))
    from threadline_build import cli, environment

    return cli.guarded(lambda: environment.hand_over(ROOT, cli.parse(sys.argv[1:]), sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())

"""`python -m threadline_backend`: the command line of the local back end.

A flag beats the environment variable named beside it. Exit status: 0 after a signal, 1 when it
cannot start (a port in use), 2 for a value that cannot be used.
"""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from threadline_backend.runner import StartError, run
from threadline_backend.settings import SettingsError, read_settings

# Flag, environment variable, what it is.
FLAGS: Final = (
    ("--api-host", "API_HOST", "address that REST listens on (127.0.0.1)"),
    ("--api-port", "API_PORT", "port of REST (3000); 0 takes a free one"),
    ("--pusher-host", "SOCKUDO_HOST", "address that the Pusher server listens on (127.0.0.1)"),
    ("--pusher-port", "SOCKUDO_PORT", "port of the Pusher server (3005); 0 takes a free one"),
    ("--database", "DATABASE_URL", "database (sqlite:///threadline.sqlite3)"),
    ("--key", "SOCKUDO_APP_KEY", "key of the Pusher application (threadline-local)"),
    ("--agent-pace", "AGENT_PACE", "seconds that the demo agent takes for a step (1)"),
    ("--activity-timeout", "ACTIVITY_TIMEOUT", "seconds of silence before a ping (120)"),
    ("--pong-timeout", "PONG_TIMEOUT", "seconds that a pong may take (30)"),
    ("--origins", "ALLOWED_ORIGINS", "web origins let in, by commas (chrome-extension://*)"),
    ("--token-lifetime", "ACCESS_TOKEN_LIFETIME", "seconds that a sign-in lasts (30 days)"),
)


def environment_of(arguments: Sequence[str], environment: Mapping[str, str]) -> dict[str, str]:
    """Return `environment` with what the command line says put over it."""
    parser = argparse.ArgumentParser(
        prog="python -m threadline_backend",
        description="The local back end of Threadline: REST, a demo agent and a Pusher server.",
    )
    for flag, variable, words in FLAGS:
        parser.add_argument(flag, dest=variable, help=f"{words} [{variable}]")
    parser.add_argument(
        "--allow-faults",
        dest="THREADLINE_FAULTS",
        action="store_const",
        const="1",
        help="test control under /faults/, on this machine only [THREADLINE_FAULTS]",
    )
    given = vars(parser.parse_args(arguments))
    return {**environment, **{name: text for name, text in given.items() if text is not None}}


def main(arguments: Sequence[str]) -> int:
    """Run the back end as `arguments` say; return the exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = read_settings(environment_of(arguments, os.environ))
        asyncio.run(run(settings))
    except SettingsError as problem:
        print(f"threadline_backend: {problem}", file=sys.stderr)
        return 2
    except StartError as problem:
        print(f"threadline_backend: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass  # where signals cannot be handled, this is how Ctrl+C ends the servers
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

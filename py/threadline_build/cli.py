"""The command line: what may be said, and how a mistake in it is answered.

Standard library only: it runs before the virtual environment exists.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, NoReturn

from .errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["guarded", "parse"]

USAGE_ERROR = 2  # exit status, as the shell's own commands have it
FAILURE = 1
INTERRUPTED = 130  # 128 + SIGINT


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line instead of printing the whole usage."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(
            f"{self.prog}: {message}; `python3 {self.prog} --help` lists what there is\n"
        )
        raise SystemExit(USAGE_ERROR)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what the command line asks for; `command` names it.

    Raises:
        SystemExit: the line is wrong (status 2, one line on standard error) or help was asked for.
    """
    parser = _Parser(
        prog="build.py", description="Builds, runs and tests Threadline.", allow_abbrev=False
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="command", parser_class=_Parser
    )

    def command(name: str, words: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=words, description=words, allow_abbrev=False)

    _add_build_options(command("build", "make dist/, ready to load unpacked in Chrome"))

    _add_run_options(
        command("run", "build for the local back end, start it, and open Chromium with the panel")
    )

    test = command(
        "test", "build, then run every test that needs no person; other arguments go to pytest"
    )
    test.add_argument(
        "--fast", action="store_true", help="leave out what needs Chromium or Pyodide"
    )
    _add_install_option(test)

    _add_simulate_options(
        command("simulate", "run engines, servers and persons in virtual time, from seeds")
    )
    _add_soak_options(
        command("soak", "engines and a browser at the real Sockudo, much going wrong")
    )
    _add_bench_options(
        command("bench", "measure against the budgets and a peer; prints a table and JSON")
    )
    _add_release_options(command("release", "make the zip for the store, the same every time"))
    command("sockudo", "build the real Sockudo, which tests use, once (10 to 40 minutes)")
    command("check", "lint, formatting, types, import contracts, sizes")
    command("coverage", "whether each module of the pure rings is covered by its own tests")
    command("lock", "remake the lock files from the lists beside them (needs the network)")
    clean = command("clean", "delete dist/ and the cache")
    clean.add_argument("--all", action="store_true", help="delete .venv too")

    if arguments[:1] == ["test"]:
        options, rest = parser.parse_known_args(arguments)
        options.pytest = rest
        return options
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    """Return a TCP port.

    Raises:
        argparse.ArgumentTypeError: it is none; argparse puts the words behind the option's name.
    """
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:6]) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to 65535")
    return int(text)


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add what `run` takes."""
    parser.add_argument("--out", metavar="DIR", help="where to put the extension (dist)")
    parser.add_argument("--headless", action="store_true", help="open Chromium without a window")
    parser.add_argument(
        "--api-port", metavar="N", type=_port, default=3000, help="of the local back end (3000)"
    )
    parser.add_argument(
        "--pusher-port", metavar="N", type=_port, default=3005, help="of its push server (3005)"
    )
    parser.add_argument(
        "--sockudo", action="store_true", help="push through the real Sockudo, not the embedded one"
    )
    _add_install_option(parser)


def _add_build_options(parser: argparse.ArgumentParser) -> None:
    """Add what `build` takes; what is absent stays None, so that the environment can speak."""
    parser.add_argument("--out", metavar="DIR", help="where to put the extension (dist)")
    _add_server_options(parser)


def _add_release_options(parser: argparse.ArgumentParser) -> None:
    """Add what `release` takes."""
    parser.add_argument("--out", metavar="DIR", help="where to put the zip (.cache/release)")
    parser.add_argument(
        "--keep-key",
        action="store_true",
        help="leave the manifest's key in, for the id that unpacked builds have",
    )
    _add_server_options(parser)


def _add_server_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that name the servers."""
    parser.add_argument("--api-base", metavar="URL", help="REST back end [API_BASE]")
    parser.add_argument(
        "--auth-endpoint", metavar="URL", help="signs channel joins [PUSHER_AUTH_ENDPOINT]"
    )
    parser.add_argument("--pusher-key", metavar="KEY", help="public app key [PUSHER_KEY]")
    parser.add_argument("--pusher-host", metavar="HOST", help="push server [PUSHER_WS_HOST]")
    parser.add_argument("--pusher-port", metavar="N", help="its port [PUSHER_WS_PORT]")
    parser.add_argument(
        "--pusher-tls",
        action=argparse.BooleanOptionalAction,
        help="use wss for it [PUSHER_TLS]",
    )


def _add_bench_options(parser: argparse.ArgumentParser) -> None:
    """Add what `bench` takes."""
    parser.add_argument("--json", metavar="FILE", help="write the JSON here instead of printing it")
    parser.add_argument(
        "--runs",
        metavar="N",
        type=_count,
        help="how often each opening, boot and burst is repeated",
    )
    parser.add_argument(
        "--only",
        metavar="ROW",
        action="append",
        help="only this row's measurement, such as push or push.median; may be repeated",
    )
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, a smaller session")
    _add_install_option(parser)


def _add_simulate_options(parser: argparse.ArgumentParser) -> None:
    """Add what `simulate` takes; `tests.sim` knows which profiles and variants there are."""
    parser.add_argument("--profile", metavar="P", help="only this one of the profiles")
    parser.add_argument("--seeds", metavar="N", help="runs of each profile (100)")
    parser.add_argument("--first-seed", metavar="S", help="the first of them (the time)")
    parser.add_argument("--seed", metavar="S", help="run this seed alone, and tell what happens")
    parser.add_argument("--seconds", metavar="T", help="go on with more seeds this long")
    parser.add_argument("--variant", metavar="V", help="plant this defect first")
    parser.add_argument("--jobs", metavar="N", help="processes (one for each processor)")
    parser.add_argument("--without", metavar="F,F", help="leave these faults and acts out")
    parser.add_argument("--acts", metavar="A,A", help="perform these acts only")
    parser.add_argument("--browsers", metavar="N", help="how many (2 or 3, as the seed has it)")


def _add_soak_options(parser: argparse.ArgumentParser) -> None:
    """Add what `soak` takes."""
    parser.add_argument("--seconds", metavar="N", type=_number, default=60, help="how long (60)")
    parser.add_argument("--seed", metavar="S", type=_number, default=1, help="what goes wrong (1)")
    parser.add_argument(
        "--no-browser", action="store_true", help="engines alone, without Chromium and the panel"
    )
    _add_install_option(parser)


def _number(text: str) -> int:
    """Return a number from 1 to 999999.

    Raises:
        argparse.ArgumentTypeError: it is none; argparse puts the words behind the option's name.
    """
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:7]) <= 999_999:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 999999")
    return int(text)


def _count(text: str) -> int:
    """Return a number of repetitions.

    Raises:
        argparse.ArgumentTypeError: it is none; argparse puts the words behind the option's name.
    """
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:4]) <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 100")
    return int(text)


def _add_install_option(parser: argparse.ArgumentParser) -> None:
    """Add the consent to installing a browser."""
    parser.add_argument(
        "--install-chromium",
        action="store_true",
        help="install Chromium with apt-get where there is none",
    )


def guarded(work: Callable[[], int]) -> int:
    """Run `work` and return its exit status; a failure that can be mended becomes one line on
    standard error.
    """
    try:
        return work()
    except BuildError as error:
        sys.stdout.flush()
        sys.stderr.write(f"build.py: {error}\n")
        return FAILURE
    except KeyboardInterrupt:
        sys.stderr.write("\nbuild.py: stopped\n")
        return INTERRUPTED

"""`python -m threadline_backend`: the command line of the local back end.

A flag beats the environment variable named beside it. Exit status: 0 after a signal, 1 when it
cannot start (a port in use), 2 for a value that cannot be used.

Tasks are worked on by a demo agent, or by the language model that `--agent-base-url` and
`--agent-model` name. `--without` switches off what a plain server has not (see `abilities`);
`--three-calls` imitates such a server as a whole (see `three_calls`).
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
Flag = tuple[str, str, str]

FLAGS: Final[tuple[Flag, ...]] = (
    ("--api-host", "API_HOST", "address that REST listens on (127.0.0.1)"),
    ("--api-port", "API_PORT", "port of REST (3000); 0 takes a free one"),
    (
        "--realtime",
        "REALTIME",
        "embedded, a Pusher server in this process, or sockudo, the real one (embedded)",
    ),
    ("--pusher-host", "SOCKUDO_HOST", "address of the Pusher server, or of Sockudo (127.0.0.1)"),
    ("--pusher-port", "SOCKUDO_PORT", "port of either (3005); 0 takes a free one, if embedded"),
    ("--database", "DATABASE_URL", "database (sqlite:///threadline.sqlite3)"),
    ("--key", "SOCKUDO_APP_KEY", "key of the Pusher application (threadline-local)"),
    ("--sockudo-tls", "SOCKUDO_TLS", "1 if Sockudo is reached over TLS (0)"),
    ("--app-id", "SOCKUDO_APP_ID", "id of the Pusher application (1)"),
    ("--activity-timeout", "ACTIVITY_TIMEOUT", "seconds of silence before a ping (120)"),
    ("--pong-timeout", "PONG_TIMEOUT", "seconds that a pong may take (30)"),
    ("--origins", "ALLOWED_ORIGINS", "web origins let in, by commas (chrome-extension://*)"),
    ("--token-lifetime", "ACCESS_TOKEN_LIFETIME", "seconds that a sign-in lasts (30 days)"),
    ("--interact-limit", "INTERACT_LIMIT", "tasks of one account in so many seconds: 5/60 (none)"),
)
AGENT_FLAGS: Final[tuple[Flag, ...]] = (
    ("--agent-pace", "AGENT_PACE", "seconds that the demo agent takes for a step (1)"),
    (
        "--agent-base-url",
        "AGENT_BASE_URL",
        "an OpenAI-compatible server in place of the demo agent: the part before /chat/completions",
    ),
    ("--agent-model", "AGENT_MODEL", "the model to ask there"),
    (
        "--agent-api-key",
        "AGENT_API_KEY",
        "its key, where it wants one; better by the environment, for others on this machine can "
        "see a command line",
    ),
    ("--agent-timeout", "AGENT_TIMEOUT", "seconds that its answer may take (120)"),
)
TEST_FLAGS: Final[tuple[Flag, ...]] = (
    (
        "--without",
        "THREADLINE_WITHOUT",
        "switches off, by commas: R1 pushes of the agent's messages; R2 clientMessageId; R3 after, "
        "before, hasMore, epoch; R4 changes, rev, tombstones; R5 latestSequence, latestRev; R6 "
        "push only after the commit; R7 fresh reads; R8 Retry-After and Date; R9 the message in "
        "interact_response",
    ),
    ("--read-lag", "READ_LAG", "seconds that reads are behind without R7 (1)"),
    ("--since", "SINCE_BOUND", "with --three-calls: since is exclusive or inclusive (exclusive)"),
    (
        "--limit-cuts",
        "LIMIT_CUTS",
        "with --three-calls: which messages limit leaves out, oldest or newest (oldest)",
    ),
    (
        "--order",
        "MESSAGE_ORDER",
        "with --three-calls: order of messages, ascending or descending (ascending)",
    ),
)
# Flags that are a yes by themselves.
SWITCHES: Final[tuple[Flag, ...]] = (
    (
        "--three-calls",
        "THREADLINE_THREE_CALLS",
        "imitates a server that has only GET messages, POST interact and POST pusher/auth",
    ),
    ("--allow-faults", "THREADLINE_FAULTS", "test control under /faults/, on this machine only"),
)


def environment_of(arguments: Sequence[str], environment: Mapping[str, str]) -> dict[str, str]:
    """Return `environment` with what the command line says put over it."""
    parser = argparse.ArgumentParser(
        prog="python -m threadline_backend",
        description="The local back end of Threadline: REST, an agent and a Pusher server. "
        "A flag beats the environment variable named beside it.",
    )
    _add_flags(parser, FLAGS)
    _add_flags(parser.add_argument_group("the agent"), AGENT_FLAGS)
    tests = parser.add_argument_group("for tests of a client")
    _add_flags(tests, TEST_FLAGS)
    for flag, variable, words in SWITCHES:
        tests.add_argument(
            flag,
            dest=variable,
            action="store_const",
            const="1",
            help=f"{words} [{variable}]",
        )
    given = vars(parser.parse_args(arguments))
    return {**environment, **{name: text for name, text in given.items() if text is not None}}


def _add_flags(group: argparse._ActionsContainer, flags: Sequence[Flag]) -> None:
    for flag, variable, words in flags:
        name = flag.removeprefix("--").replace("-", "_").upper()
        group.add_argument(flag, dest=variable, metavar=name, help=f"{words} [{variable}]")


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

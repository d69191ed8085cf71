"""`python -m tests.soak`: engines, and a browser, against the real Sockudo while things go wrong.

`build.py soak` is the command for people. Faults and messages are drawn from a seed; at the end all
faults are taken away, and every client has to show what the database has: each message once, in
order, with nothing of the person's lost or said twice.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

from tests.soak.browsing import Browsing, browsing
from tests.soak.engines import Engines, engines
from tests.soak.mischief import Mischief
from tests.support.backend_server import BackendServer, backend_server
from tests.support.fault_proxy import fault_proxy
from tests.support.sockudo_server import sockudo_server
from threadline_build.progress import say

if TYPE_CHECKING:
    from collections.abc import Sequence

ENGINES: Final = 3
PAGE: Final = 100  # messages in one read of the database
EQUAL_LIMIT: Final = 120.0  # seconds from the end of all faults until every client is equal
LOOK: Final = 0.25  # seconds between two looks
TELL_EVERY: Final = 15.0  # seconds between two words about how it goes

Json = dict[str, Any]


def main(arguments: Sequence[str]) -> int:
    """Run a soak and return 0 when nothing was lost."""
    parser = argparse.ArgumentParser(prog="tests.soak", allow_abbrev=False)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args(arguments)
    say(f"Soak of {options.seconds:g} s with seed {options.seed}")
    with ExitStack() as stack:
        sockudo = stack.enter_context(sockudo_server())
        server = stack.enter_context(backend_server(agent_pace=0.2, sockudo=sockudo))
        proxy = stack.enter_context(fault_proxy(server))
        session = server.new_session("A soak")
        clients = stack.enter_context(engines())
        clients.start(ENGINES, server, proxy, session)
        browser = None
        if not options.no_browser:
            browser = stack.enter_context(browsing(server, proxy, session))

        def speak(place: int, text: str) -> None:
            if browser is not None and place % (ENGINES + 1) == ENGINES:
                browser.send(text)
            else:
                clients.send(place, text)

        mischief = Mischief(options.seed, server, sockudo, proxy, session, speak)
        _go_on(mischief, browser, options.seconds)
        mischief.end()
        began = time.monotonic()
        problems = _problems_at_the_end(server, session, clients, browser, mischief)
        _report(mischief, clients, server, session)
        if not problems:
            seconds = time.monotonic() - began
            say(f"  all clients equal to the database {seconds:.1f} s after the last fault")
    for problem in problems:
        say(f"FAILED: {problem}")
    say("Something was lost." if problems else "Nothing was lost, nothing came twice.")
    return 1 if problems else 0


def _go_on(mischief: Mischief, browser: Browsing | None, seconds: float) -> None:
    """Do one thing after the other for so long."""
    began = told = time.monotonic()
    while time.monotonic() < began + seconds:
        _wait(mischief.step(), browser)
        if time.monotonic() - told >= TELL_EVERY:
            told = time.monotonic()
            say(f"  {told - began:.0f} s; {sum(mischief.done.values())} things done")


def _wait(seconds: float, browser: Browsing | None) -> None:
    if browser is None:
        time.sleep(seconds)
    else:
        browser.wait(seconds)


def _problems_at_the_end(
    server: BackendServer,
    session: str,
    clients: Engines,
    browser: Browsing | None,
    mischief: Mischief,
) -> list[str]:
    """Wait until every client shows what the database has, and return what is still wrong then."""
    deadline = time.monotonic() + EQUAL_LIMIT
    while True:
        messages = stored(server, session)
        problems = [
            f"engine {place}: {problem}"
            for place, problem in enumerate(
                clients.problems([message["content"] for message in messages]), start=1
            )
            if problem
        ]
        if browser is not None:
            problem = browser.problem([message["messageId"] for message in messages])
            problems += [f"browser: {problem}"] if problem else []
        problems += _said_otherwise(messages, mischief.said)
        if not problems or time.monotonic() > deadline:
            return problems
        _wait(LOOK, browser)


def _said_otherwise(messages: Sequence[Json], said: Sequence[str]) -> list[str]:
    """Return what the person said and the database has not exactly once."""
    texts = [message["content"] for message in messages if message["role"] == "user"]
    return [
        f"{text!r} is there {texts.count(text)} times" for text in said if texts.count(text) != 1
    ]


def stored(server: BackendServer, session: str) -> list[Json]:
    """Return every message of the session that the database has, in order."""
    found: list[Json] = []
    while page := server.messages(session, after=len(found), limit=PAGE):
        found += page
    return found


def _report(mischief: Mischief, clients: Engines, server: BackendServer, session: str) -> None:
    sockets, requests = clients.counts()
    done = ", ".join(f"{name} {count}" for name, count in sorted(mischief.done.items()))
    say(f"  done: {done}")
    say(
        f"  {len(stored(server, session))} messages, {len(mischief.said)} of them said by the "
        f"person; {ENGINES} engines opened {sockets} sockets and made {requests} requests"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

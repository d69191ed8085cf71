"""The local back end as a child process, and the few calls that make a first conversation."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

from .errors import BuildError
from .progress import say
from .sockudo_node import Node, running_node

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .options import Configuration
    from .places import Places

__all__ = ["Account", "back_end", "first_session", "sign_in"]

NAME: Final = "local"  # the user that the back end makes by itself, for this machine only
PASSWORD: Final = "threadline"
SECRET: Final = "threadline-local-secret"  # of the back end by itself, for this machine only
TIMEOUT: Final = 20  # seconds for one answer; the machine may be busy
GRACE: Final = 10  # seconds for a clean stop
FIRST_TASK: Final = "Show me what a run looks like"

Account = str  # a bearer token


@contextmanager
def back_end(
    places: Places, configuration: Configuration, api_port: int, sockudo: Path | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run the local back end while the body runs; it listens when the body begins.

    Its database is kept in `.run`, so that a conversation is still there the next time.

    Args:
        places: of the checkout.
        configuration: where the extension will look.
        api_port: of REST.
        sockudo: the Sockudo to run and to push through; None is the embedded server.

    Raises:
        BuildError: a port is in use, or something did not start.
    """
    for port, flag in ((api_port, "--api-port"), (configuration.pusher_port, "--pusher-port")):
        _refuse_used(port, flag)
    folder = places.root / ".run"
    folder.mkdir(exist_ok=True)
    with ExitStack() as stack:
        if sockudo is not None:
            log = folder / "sockudo.log"
            stack.enter_context(running_node(sockudo, _node(configuration), log))
            say(f"  Sockudo listens on port {configuration.pusher_port}; its log is {log}")
        process = subprocess.Popen(
            _command(folder, configuration, api_port, sockudo),
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(places.python)},
        )
        stack.callback(_end, process)
        _wait_until_ready(process)
        yield process


def _node(configuration: Configuration) -> Node:
    """Return a Sockudo for this machine, with the secret that the back end has by itself."""
    return Node(
        port=configuration.pusher_port,
        key=configuration.pusher_key,
        secret=os.environ.get("SOCKUDO_APP_SECRET", SECRET),
        allowed_origins=("chrome-extension://*",),
    )


def _command(
    folder: Path, configuration: Configuration, api_port: int, sockudo: Path | None
) -> list[str]:
    options = {
        "--api-port": str(api_port),
        "--pusher-port": str(configuration.pusher_port),
        "--key": configuration.pusher_key,
        "--database": f"sqlite:///{folder / 'threadline.sqlite3'}",
        "--realtime": "embedded" if sockudo is None else "sockudo",
    }
    said = [word for option in options.items() for word in option]
    return [sys.executable, "-m", "threadline_backend", *said]


def _end(process: subprocess.Popen[str]) -> None:
    """Stop the back end: asked first, then made to."""
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def sign_in(configuration: Configuration) -> Account:
    """Return a token of the local user.

    Raises:
        BuildError: the back end refused.
    """
    answer = _call(
        configuration, "POST", "/api/auth/sign-in", body={"name": NAME, "password": PASSWORD}
    )
    return str(answer["accessToken"])


def first_session(configuration: Configuration, account: Account) -> str:
    """Return the newest session of the account; where there is none, a first task makes one.

    Raises:
        BuildError: the back end refused.
    """
    known = _call(configuration, "GET", "/api/session?limit=1", account=account)["sessions"]
    if known:
        return str(known[0]["sessionId"])
    made = _call(
        configuration, "POST", "/api/agent/interact", account=account, body={"query": FIRST_TASK}
    )
    return str(made["sessionId"])


def _refuse_used(port: int, flag: str) -> None:
    """Find out now, in words, what would otherwise be a stack trace of the server."""
    with socket.socket() as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise BuildError(
                f"port {port} is in use", f"stop what uses it, or choose another with {flag}"
            ) from None


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    """Read the line that says that it listens; it is the first that it prints."""
    assert process.stdout is not None
    line = process.stdout.readline()
    try:
        is_ready = json.loads(line).get("event") == "ready"
    except (ValueError, AttributeError):
        is_ready = False
    if not is_ready:
        raise BuildError("the local back end did not start", "its own words are above")


def _call(
    configuration: Configuration,
    method: str,
    path: str,
    *,
    account: Account | None = None,
    body: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what one call answers. The token goes into the header only."""
    request = urllib.request.Request(
        configuration.api_base + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    if account is not None:
        request.add_header("Authorization", f"Bearer {account}")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            answer: dict[str, Any] = json.load(response)
            return answer
    except urllib.error.HTTPError as error:
        with error:
            raise BuildError(f"the local back end refused {method} {path} ({error.code})") from None
    except OSError as error:
        raise BuildError(f"the local back end did not answer {method} {path} ({error})") from None

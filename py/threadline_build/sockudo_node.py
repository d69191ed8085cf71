"""One node of Sockudo as a child process, configured by its environment alone.

Sockudo takes what it is not told from its own defaults, and some of them lose messages or refuse a
busy machine; `environment_of` says each of these out loud. A node that cannot reach its Redis does
not start: by itself it would go on alone, and its clients would miss what is published elsewhere.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Node", "environment_of", "running_node"]

START_LIMIT: Final = 60.0  # seconds until it answers, on a busy machine
STOP_LIMIT: Final = 10.0  # seconds for a clean stop
LOOK: Final = 0.05  # seconds between two looks whether it answers
NAME_LENGTH: Final = 200  # characters and bytes; Pusher's own bound
PAYLOAD_KB: Final = 256  # two of the longest tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What one node is told.

    Attributes:
        port: of WebSocket and HTTP API, on this machine only.
        app_id, key, secret: of its one application.
        allowed_origins: exact, or with one `*`; none at all lets everybody in.
        redis: address of the Redis that joins several nodes; None is a node by itself.
        name: tells nodes of one Redis apart.
        connects_per_minute: sockets that one address may open in a minute; None is any number.
        requests_per_minute: the same for the HTTP API.
        more: further variables of Sockudo's; they beat those above.
    """

    port: int
    app_id: str = "1"
    key: str
    secret: str = field(repr=False)
    allowed_origins: Sequence[str] = ()
    redis: str | None = None
    name: str = "node"
    connects_per_minute: int | None = None
    requests_per_minute: int | None = None
    more: Mapping[str, str] = field(default_factory=dict)


def environment_of(node: Node) -> dict[str, str]:
    """Return the variables that make a Sockudo this node."""
    driver = "memory" if node.redis is None else "redis"
    limited = node.connects_per_minute is not None or node.requests_per_minute is not None
    said = {
        "HOST": "127.0.0.1",
        "PORT": str(node.port),
        "INSTANCE_PROCESS_ID": node.name,
        "METRICS_ENABLED": "false",  # it would listen on every address
        "APP_MANAGER_DRIVER": "memory",
        "ADAPTER_DRIVER": "local" if node.redis is None else "redis",
        # True by itself: a node without its Redis would serve, and hear nothing from the others.
        "ADAPTER_FALLBACK_TO_LOCAL": "false",
        "CACHE_DRIVER": driver,
        "QUEUE_DRIVER": driver,
        "RATE_LIMITER_DRIVER": driver,
        "RATE_LIMITER_ENABLED": "true" if limited else "false",
        "RATE_LIMITER_WS_MAX_REQUESTS": str(node.connects_per_minute or 1_000_000),
        "RATE_LIMITER_API_MAX_REQUESTS": str(node.requests_per_minute or 1_000_000),
        "SOCKUDO_DEFAULT_APP_ID": node.app_id,
        "SOCKUDO_DEFAULT_APP_KEY": node.key,
        "SOCKUDO_DEFAULT_APP_SECRET": node.secret,
        # A hundred of each by itself.
        "SOCKUDO_DEFAULT_APP_MAX_CONNECTIONS": "10000",
        "SOCKUDO_DEFAULT_APP_MAX_CHANNEL_NAME_LENGTH": str(NAME_LENGTH),
        "SOCKUDO_DEFAULT_APP_MAX_EVENT_NAME_LENGTH": str(NAME_LENGTH),
        "SOCKUDO_DEFAULT_APP_MAX_EVENT_PAYLOAD_IN_KB": str(PAYLOAD_KB),
        "SHUTDOWN_GRACE_PERIOD": "0",  # 10 s by itself, waited out whatever there is to do
        "LOG_COLORS_ENABLED": "false",
    }
    if node.allowed_origins:
        said["SOCKUDO_DEFAULT_APP_ALLOWED_ORIGINS"] = ",".join(node.allowed_origins)
    if node.redis is not None:
        said["REDIS_URL"] = node.redis
    return {**said, **node.more}


@contextmanager
def running_node(
    program: Path, node: Node, log: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a node for as long as the body runs; it answers when the body begins.

    Args:
        program: the Sockudo.
        node: what it is told.
        log: file that what it says is added to; None throws that away.

    Raises:
        BuildError: it ended, or did not answer in time; carries its last words.
    """
    with tempfile.TemporaryDirectory(prefix="sockudo-") as folder:
        said = log or Path(folder) / "sockudo.log"
        with said.open("ab") as output:
            process = subprocess.Popen(
                [program],
                cwd=folder,  # a config/ of the checkout's or the person's own must not be read
                env={**kept(os.environ), **environment_of(node)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            _wait_until_it_answers(process, node.port, said)
            yield process
        finally:
            stop(process)


def kept(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what a node keeps of the surroundings: nothing that configures it."""
    names = ("PATH", "HOME", "TMPDIR", "TEMP", "SYSTEMROOT", "LANG", "RUST_LOG")
    return {name: environment[name] for name in names if name in environment}


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a node: asked first, then made to."""
    process.terminate()
    try:
        process.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            lines = log.read_text(errors="replace").strip().splitlines()
            words = lines[-1].strip() if lines else "it said nothing"
            raise BuildError(f"Sockudo did not start on port {port} ({words})")
        time.sleep(LOOK)


def _answers(port: int) -> bool:
    """Say whether a Sockudo that takes sockets listens there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/up", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.HTTPError):
        return False

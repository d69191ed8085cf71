"""Debian's `redis-server` as a process of its own, for tests: on a free port, nothing on disk."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from tests.support.sockudo_server import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

START_LIMIT: Final = 60.0  # seconds until it answers, on a busy machine
STOP_LIMIT: Final = 10.0  # seconds until it has ended
LOOK: Final = 0.02  # seconds between two looks whether it answers


def find_redis() -> str | None:
    """Return the path of `redis-server`, or None."""
    return shutil.which("redis-server")


class RedisServer:
    """A Redis that can be stopped and started again on its port; it forgets everything then."""

    def __init__(self) -> None:
        self.port: Final = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """As Sockudo is told it."""
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        program = find_redis()
        assert program is not None, "no redis-server: apt-get install redis-server"
        command = [program, "--port", str(self.port), "--bind", "127.0.0.1"]
        self._process = subprocess.Popen(
            [*command, "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_LIMIT
        while not self._answers():
            assert self._process.poll() is None, f"redis-server ended on port {self.port}"
            assert time.monotonic() < deadline, "redis-server does not answer"
            time.sleep(LOOK)

    def stop(self) -> None:
        """End it; whoever is connected sees the connection break."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait(STOP_LIMIT)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(b"PING\r\n")
                return line.recv(64).startswith(b"+PONG")
        except OSError:
            return False


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """Run a Redis for as long as the block lasts."""
    server = RedisServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()

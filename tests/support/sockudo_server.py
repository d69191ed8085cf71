"""The real Sockudo as a process of its own, for tests: `sockudo_server()` starts a node on a free
port and gives a `SockudoServer`, which can be stopped, killed and started again on that port.

    sockudo_server()                                     # one node, nobody counted
    sockudo_server(connects_per_minute=3)                # its rate limiter on
    sockudo_server(redis="redis://…", name="one")        # one of several
    sockudo_server(more={"ACTIVITY_TIMEOUT": "1"})       # anything else that it can be told
"""

from __future__ import annotations

import socket
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.support.push_api import PushApi
from threadline_backend.settings import DEFAULT_SECRET, Settings
from threadline_build.sockudo import BUILD_COMMAND, find_sockudo
from threadline_build.sockudo_node import Node, running_node

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

GONE_LIMIT: Final = 10.0  # seconds until a process that was killed is gone


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class SockudoServer:
    """A node.

    Attributes:
        node: What it was told.
    """

    def __init__(self, node: Node, log: Path) -> None:
        self.node: Final = node
        self._log = log
        self._running = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it takes sockets."""
        assert self._process is None, "this Sockudo is running already"
        program = find_sockudo()
        assert program is not None, f"no Sockudo: {BUILD_COMMAND}"
        node = running_node(program, self.node, self._log)
        self._process = self._running.enter_context(node)

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self._process = None
        self._running.close()

    def kill(self) -> None:
        """End it without warning, as a crash would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(GONE_LIMIT)
        self.stop()

    @property
    def port(self) -> int:
        """Of WebSocket and HTTP API."""
        return self.node.port

    @property
    def socket_url(self) -> str:
        """The address that a Pusher client opens."""
        return f"ws://127.0.0.1:{self.port}/app/{self.node.key}?protocol=7&client=test&version=1"

    def log(self) -> str:
        """Return what it has said."""
        return self._log.read_text(errors="replace")

    @property
    def api(self) -> PushApi:
        """Its HTTP API."""
        return PushApi(self.port, self.node.key, self.node.secret)


@contextmanager
def sockudo_server(**told: Any) -> Iterator[SockudoServer]:
    """Run a node for as long as the block lasts; `told` are members of `Node`."""
    given: dict[str, Any] = {
        "port": free_port(),
        "key": Settings().app_key,
        "secret": DEFAULT_SECRET,
        "allowed_origins": ("chrome-extension://*",),
        **told,
    }
    with tempfile.TemporaryDirectory(prefix="sockudo-") as folder:
        server = SockudoServer(Node(**given), Path(folder) / "sockudo.log")
        server.start()
        try:
            yield server
        finally:
            server.stop()

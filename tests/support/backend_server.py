"""The local back end as a process of its own, for tests that need the real thing.

`backend_server()` starts `python -m threadline_backend` on free ports with a database of its own
and test control switched on, and gives a `BackendServer`: addresses, a signed-in client, and the
faults that a test can order. Everything waits with a time limit; nothing sleeps.

    backend_server()                                  # all that ours can do
    backend_server("--without", "R2,R4")              # without some of it: threadline_backend.abilities
    backend_server("--interact-limit", "3/60")        # 429 from the fourth task in a minute
    backend_server("--three-calls")                   # a server that has three calls
    backend_server("--three-calls", "--since", "inclusive", "--limit-cuts", "newest",
                   "--order", "descending")           # and is as unlike ours as it may be
    backend_server(environment={"AGENT_BASE_URL": completions.base_url, "AGENT_MODEL": "m"})

    with sockudo_server() as sockudo:
        backend_server(sockudo=sockudo)               # pushes through the real Sockudo

The last but one is for `completion_server`. Everything of `BackendServer` works with each of them;
where the server has no such call, signing in and opening a session go through test control.
"""  # noqa: E501

from __future__ import annotations

import json
import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from tests.support.fault_proxy import FaultProxy
    from tests.support.sockudo_server import SockudoServer

REPOSITORY: Final = Path(__file__).parents[2]
START_LIMIT: Final = 90.0  # seconds until the ready line, on a busy machine
STOP_LIMIT: Final = 10.0  # seconds until the process has ended
REQUEST_LIMIT: Final = 20.0  # seconds for one request
# A language model or an imitation that is set outside is not what a test asked for.
OUR_VARIABLES: Final = re.compile(
    "AGENT_.*|THREADLINE_.*|SOCKUDO_.*|REALTIME|INTERACT_LIMIT|READ_LAG|SINCE_BOUND|LIMIT_CUTS|MESSAGE_ORDER"
)
ORIGIN: Final = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"

Json = dict[str, Any]


class BackendProcess:
    """A back end that can be stopped, killed and started again on the same ports and database.

    Args:
        folder: Where the database and the log are kept.
        flags: More of the command line.
        environment: More environment variables.
        faults: Whether test control is on.
    """

    def __init__(
        self,
        folder: Path,
        flags: Sequence[str] = (),
        environment: dict[str, str] | None = None,
        faults: bool = True,
    ) -> None:
        self.ready: Json = {}
        self._database = f"sqlite+aiosqlite:///{folder / 'threadline.sqlite3'}"
        self._log = folder / "backend.log"
        self._flags = [*flags, *(["--allow-faults"] if faults else [])]
        self._environment = environment or {}
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it and wait for its ready line.

        Raises:
            AssertionError: It ended or said nothing in time; the text is its log.
        """
        assert self._process is None, "the back end is running already"
        command = [sys.executable, "-m", "threadline_backend", "--database", self._database]
        command += ["--api-port", str(self.ready.get("apiPort", 0))]
        if "--pusher-port" not in self._flags:
            command += ["--pusher-port", str(self.ready.get("pusherPort", 0))]
        outside = {
            name: text for name, text in os.environ.items() if not OUR_VARIABLES.fullmatch(name)
        }
        environment = {**outside, **self._environment}
        environment["PYTHONPATH"] = str(REPOSITORY / "py")
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [*command, *self._flags],
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                text=True,
            )
        self.ready = json.loads(self._first_line())

    def stop(self, sign: signal.Signals = signal.SIGTERM, limit: float = STOP_LIMIT) -> int:
        """Ask it to end with a signal, within `limit` seconds, and return its exit status."""
        assert self._process is not None
        self._process.send_signal(sign)
        return self._reap(limit)

    def kill(self) -> None:
        """End it without warning, as a crash would."""
        assert self._process is not None
        self._process.kill()
        self._reap()

    def close(self) -> None:
        """End it if it runs; it has to end well."""
        if self._process is not None:
            assert self.stop() == 0, self.log()

    def log(self) -> str:
        """Return what it has said on standard error."""
        return self._log.read_text()

    def _first_line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            line = self._process.stdout.readline() if selector.select(START_LIMIT) else ""
        if not line:
            self._process.kill()
            self._reap()
            raise AssertionError(f"the back end did not start:\n{self.log()}")
        return line

    def _reap(self, limit: float = STOP_LIMIT) -> int:
        process, self._process = self._process, None
        assert process is not None
        try:
            status = process.wait(limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the back end did not stop:\n{self.log()}") from None
        finally:
            if process.stdout is not None:
                process.stdout.close()
        return status


class Faults:
    """What can be made to go wrong; see `threadline_backend.fault_routes`.

    Args:
        client: HTTP to the back end.
        sockudo: The push server, where it is not in the back end's own process.

    Attributes:
        proxy: What stands before the push server, if anything: then sockets end there.
    """

    def __init__(self, client: httpx.Client, sockudo: SockudoServer | None = None) -> None:
        self._client = client
        self._sockudo = sockudo
        self.proxy: FaultProxy | None = None

    def reset(self) -> None:
        """Forget every fault that is still to come."""
        if self.proxy is not None:
            self.proxy.heal()
        self._call("POST", "/faults/reset")

    def drop_pushes(self, count: int, session_id: str = "*") -> None:
        """Lose the next `count` events of a session, or of any."""
        channel = f"private-session-{session_id}"
        self._call("POST", "/faults/pushes/drop", count=count, channel=channel)

    def cut_sockets(self, code: int | None = None, reason: str = "") -> int:
        """End all sockets, without a code abnormally; return how many there were."""
        if self.proxy is not None:
            assert code is None, "a proxy knows no close codes"
            return self.proxy.push.reset()
        answer = self._call("POST", "/faults/sockets/cut", code=code, reason=reason)
        return int(answer["ended"])

    def refuse_sockets(self, seconds: float) -> None:
        """Refuse new sockets for a while (behind a proxy, until it is ended); 0 ends it."""
        if self.proxy is not None:
            self.proxy.push.shape(refused=seconds > 0)
            return
        self._call("POST", "/faults/sockets/refuse", seconds=seconds)

    def send_raw(self, text: str) -> int:
        """Send a raw frame to all sockets; return how many there are."""
        return int(self._call("POST", "/faults/sockets/send", text=text)["sent"])

    def open_sockets(self) -> int:
        """Return how many sockets are open."""
        if self.proxy is not None:
            return self.proxy.push.open_count()
        return int(self._call("GET", "/faults/sockets")["open"])

    def joined_channels(self) -> dict[str, int]:
        """Return each joined channel with the number of its sockets."""
        if self._sockudo is not None:
            return self._sockudo.api.joined_channels()
        channels: dict[str, int] = self._call("GET", "/faults/sockets")["channels"]
        return channels

    def spoil_answers(self, path: str, **fault: Any) -> None:
        """Spoil REST answers to `path`; the rest as in `fault_control.AnswerFault`."""
        self._call("POST", "/faults/answers", path=path, **fault)

    def expire_tokens(self) -> int:
        """Expire all access tokens; return how many."""
        return int(self._call("POST", "/faults/tokens/expire")["expired"])

    def post_event(self, channel: str, event: str, data: object) -> None:
        """Push an event to a channel; a string goes out as it is."""
        self._call("POST", "/faults/channels/post", channel=channel, event=event, data=data)

    def add_messages(self, session_id: str, content: str, **message: Any) -> list[Json]:
        """Add messages (`count` of them) as another device would; return them.

        `push=False` without telling; `burn=n` leaves n numbers out before them; `tie=True` gives
        them one time; `commit=False` tells and undoes.
        """
        answer = self._call(
            "POST", "/faults/messages", sessionId=session_id, content=content, **message
        )
        messages: list[Json] = answer["messages"]
        return messages

    def change_message(self, message_id: str, **change: Any) -> Json:
        """Change a message's `content` or `status`; return it."""
        message: Json = self._call("PATCH", f"/faults/messages/{message_id}", **change)["message"]
        return message

    def delete_message(self, message_id: str) -> Json:
        """Delete a message; return its tombstone."""
        message: Json = self._call("DELETE", f"/faults/messages/{message_id}")["message"]
        return message

    def _call(self, method: str, address: str, /, **body: Any) -> Json:
        response = self._client.request(method, address, json=body)
        assert response.is_success, response.text
        answer: Json = response.json()
        return answer


class BackendServer:
    """A running back end and a person signed in at it.

    Attributes:
        process: To stop and start it.
        sockudo: Its push server; None where that is the embedded one.
        client: HTTP with the person's token.
        faults: To make things go wrong.
        token: The person's access token.
    """

    def __init__(self, process: BackendProcess, sockudo: SockudoServer | None = None) -> None:
        self.process: Final = process
        self.sockudo: Final = sockudo
        self.client: Final = httpx.Client(base_url=process.ready["api"], timeout=REQUEST_LIMIT)
        self.faults: Final = Faults(self.client, sockudo)
        self.token = self.sign_in()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.client.close()

    @property
    def api(self) -> str:
        """The address of REST."""
        return str(self.process.ready["api"])

    @property
    def key(self) -> str:
        """The key of the Pusher application."""
        return str(self.process.ready["key"])

    @property
    def has_three_calls(self) -> bool:
        """Whether it imitates the server with three calls."""
        return bool(self.process.ready["threeCalls"])

    @property
    def pusher_port(self) -> int:
        """The port of the Pusher server, or of the proxy that stands before it."""
        if self.faults.proxy is not None:
            return self.faults.proxy.pusher_port
        return int(self.process.ready["pusherPort"])

    @property
    def socket_url(self) -> str:
        """The address that a Pusher client opens."""
        return f"ws://127.0.0.1:{self.pusher_port}/app/{self.key}?protocol=7&client=test&version=1"

    def sign_in(self, name: str = "local", password: str = "threadline") -> str:
        """Sign in, use the new token from now on, and return it."""
        if self.has_three_calls:
            answer = self.call("POST", "/faults/tokens", json={"name": name})
        else:
            body = {"name": name, "password": password}
            answer = self.call("POST", "/api/auth/sign-in", json=body)
        self.token = str(answer["accessToken"])
        self.client.headers["authorization"] = f"Bearer {self.token}"
        return self.token

    def call(self, method: str, path: str, **request: Any) -> Json:
        """Do a request that must succeed and return its answer."""
        response = self.client.request(method, path, **request)
        assert response.is_success, response.text
        answer: Json = response.json()
        return answer

    def new_session(self, title: str | None = None) -> str:
        """Open a session of the local user and return its id."""
        if self.has_three_calls:
            body = {"title": title or ""}
            return str(self.call("POST", "/faults/sessions", json=body)["sessionId"])
        return str(self.call("POST", "/api/session", json={"title": title})["sessionId"])

    def titles(self) -> dict[str, str]:
        """Return the titles of the local user's sessions, by id."""
        listed = self.call("GET", "/api/session", params={"limit": 200})["sessions"]
        return {str(one["sessionId"]): str(one["title"]) for one in listed}

    def interact(self, query: str, session_id: str | None = None, **more: Any) -> Json:
        """Send a task and return the answer."""
        body = {"query": query, "sessionId": session_id, **more}
        return self.call("POST", "/api/agent/interact", json=body)

    def messages(self, session_id: str, **bounds: Any) -> list[Json]:
        """Read messages of a session."""
        answer = self.call("GET", f"/api/session/{session_id}/messages", params=bounds)
        messages: list[Json] = answer["messages"]
        return messages

    def authorize(self, socket_id: str, channel: str) -> httpx.Response:
        """Ask for a channel's signature and return the answer, whatever it is."""
        form = {"socket_id": socket_id, "channel_name": channel}
        return self.client.post("/api/pusher/auth", data=form)


@contextmanager
def backend_server(
    *flags: str,
    agent_pace: float = 0.02,
    environment: dict[str, str] | None = None,
    sockudo: SockudoServer | None = None,
) -> Iterator[BackendServer]:
    """Run a back end with a database of its own for as long as the block lasts."""
    if sockudo is not None:
        flags = (*flags, "--realtime", "sockudo", "--pusher-port", str(sockudo.port))
    with tempfile.TemporaryDirectory(prefix="threadline-") as folder:
        process = BackendProcess(
            Path(folder), ["--agent-pace", str(agent_pace), *flags], environment
        )
        process.start()
        try:
            with BackendServer(process, sockudo) as server:
                yield server
        finally:
            process.close()

"""A server that speaks the API of language models: it answers what a test told it to.

with completion_server() as completions:
    completions.say('{"answer": "Done."}')
    ...  # POST <completions.base_url>/chat/completions
    assert completions.requests[0].body["model"] == "m"
"""

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

LIMIT: Final = 20.0  # seconds that an answer is held back at most


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came; `headers` have small letters."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer.

    Attributes:
        body, status, headers: Of the answer.
        holds: Whether it waits for `release` first.
        cut: Whether the connection ends after the first half of the body.
    """

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    holds: bool = False
    cut: bool = False


def completion(content: Any, **more: Any) -> bytes:
    """Return the body of a chat completion; `more` goes into its message."""
    message = {"role": "assistant", "content": content, **more}
    return json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}).encode()


class CompletionServer:
    """What is to be answered, and what was asked."""

    def __init__(self) -> None:
        self.base_url = ""
        self.requests: Final[list[Asked]] = []
        self._answers: Final[deque[Answer]] = deque()
        self._arrived: Final = threading.Event()
        self._released: Final = threading.Event()

    def say(self, content: Any, **more: Any) -> None:
        """Answer the next request with a reply of the model."""
        self.answer(completion(content, **more))

    def answer(self, body: bytes, status: int = 200, **more: Any) -> None:
        """Answer the next request with `body` as it is; `more` are the members of `Answer`."""
        self._answers.append(Answer(body, status, **more))

    def wait_for_request(self) -> None:
        """Wait until a request has come in."""
        assert self._arrived.wait(LIMIT), "nothing was asked"

    def release(self) -> None:
        """Let the answers go that are held back."""
        self._released.set()

    def take(self, asked: Asked) -> Answer:
        """Note a request and return its answer."""
        self.requests.append(asked)
        self._arrived.set()
        answer = self._answers.popleft() if self._answers else Answer(b"nothing was set", 500)
        if answer.holds:
            self._released.wait(LIMIT)
        return answer


@contextmanager
def completion_server() -> Iterator[CompletionServer]:
    """Serve for as long as the block lasts."""
    state = CompletionServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    state.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield state
    finally:
        state.release()
        server.shutdown()
        thread.join()
        server.server_close()  # waits for the requests


def _handler(state: CompletionServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers one request from `state`."""

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            headers = {name.lower(): text for name, text in self.headers.items()}
            answer = state.take(Asked(self.path, headers, body))
            try:
                self.send_response(answer.status)
                for name, text in answer.headers.items():
                    self.send_header(name, text)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                half = len(answer.body) // 2
                self.wfile.write(answer.body[:half] if answer.cut else answer.body)
            except ConnectionError:
                pass  # who asked has gone

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler

"""The whole engine against a server of one session, in any order of what may happen.

Hypothesis chooses the order, and cuts one that breaks down to its shortest. After every step what
is on show is in order, with nothing twice; when all is quiet it is what the server has, texts of
the person included. Faults of every kind, many engines and long runs: `build.py simulate`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.support.scripted_server import Reply, ScriptedServer
from tests.support.world import World

if TYPE_CHECKING:
    from threadline.core.effects import SendRequest

QUIET = 700.0  # seconds after which all is read, and everything believed empty was tried again
SECONDS = st.sampled_from((0.05, 0.5, 3.0, 14.0, 40.0))
STATUSES = st.sampled_from((429, 500, 503))


class AnyOrder(RuleBasedStateMachine):
    """What may happen: on the server, on the way, to the engine, and by the person."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.written = 0
        self.loses: list[str] = []

    @initialize(is_whole=st.booleans(), messages=st.integers(0, 3))
    def begin(self, is_whole: bool, messages: int) -> None:
        """A server of either form, some messages, one view."""
        server = (
            ScriptedServer()
            if is_whole
            else ScriptedServer(is_numbered=False, has_feed=False, capabilities=())
        )
        self.world = World(server)
        server.loses_push = lambda _session, event: event in self.loses
        for number in range(messages):
            server.store("s1", f"before {number}")
        self.world.start()
        self.world.attach()

    @rule()
    def post(self) -> None:
        """Somebody writes, and it is published."""
        self.written += 1
        self.world.server.post("s1", f"post {self.written}", role="user")

    @rule()
    def post_unheard(self) -> None:
        """Somebody writes, and the push of it is lost."""
        self.written += 1
        self.world.server.store("s1", f"unheard {self.written}")

    @rule()
    def burn(self) -> None:
        """A number is used up in vain."""
        self.world.server.burn("s1")

    @rule(back=st.integers(0, 4), is_heard=st.booleans())
    def change(self, back: int, is_heard: bool) -> None:
        """One of the last messages changes its status; the push of that may be lost."""
        rows = self.world.server.sessions.get("s1", [])
        self.loses = [] if is_heard else ["message_update"]
        for row in rows[-1 - back :][:1]:
            self.world.server.change("s1", row["sequenceNumber"], status="completed")
        self.loses = []

    @rule()
    def say(self) -> None:
        """The person sends a text."""
        self.written += 1
        self.world.say(f"say {self.written}", f"c{self.written}", self.written)

    @rule(seconds=SECONDS)
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.world.advance(seconds)

    @rule()
    def cut(self) -> None:
        """The line is lost."""
        self.world.cut()

    @rule(is_up=st.booleans())
    def reach(self, is_up: bool) -> None:
        """REST is not to be reached, or is again."""
        self.world.server.is_up = is_up

    @rule(status=STATUSES)
    def fail(self, status: int) -> None:
        """One request is turned away before it does anything."""
        left = [Reply(status)]

        def intercept(_: SendRequest) -> Reply | None:
            return left.pop() if left else None

        self.world.server.intercept = intercept

    @rule(seconds=st.sampled_from((8.0, 600.0)))
    def sleep(self, seconds: float) -> None:
        """The lid is closed for a while."""
        self.world.sleep(seconds)
        self.world.wake()

    @precondition(lambda self: self.world.rows == {})
    @rule()
    def crash(self) -> None:
        """The engine dies, and another one begins with what is on disk."""
        self.world = self.world.next_life()
        self.world.start()
        self.world.attach()

    @rule()
    def read_again(self) -> None:
        """The person asks for the line, and whatever failed, now."""
        self.world.ask("reconnect")

    @invariant()
    def what_is_shown_is_in_order_and_once(self) -> None:
        """SPEC.md I2, I3."""
        messages = self.world.show().messages
        numbers = [one.sequence for one in messages if one.sequence is not None]
        assert all(first < second for first, second in pairwise(numbers))
        assert len({one.id for one in messages}) == len(messages)

    def teardown(self) -> None:
        """SPEC.md I1, H1, O4: when nothing goes wrong any more, it is what the server has."""
        server = self.world.server
        server.is_up, server.intercept = True, lambda _: None
        self.world.advance(QUIET)

        stored = [(row["content"], row["status"]) for row in server.sessions.get("s1", [])]
        assert [(one.content, one.status) for one in self.world.show().messages] == stored
        said = [content for content, _ in stored if content.startswith("say ")]
        assert len(set(said)) == len(said)
        for waiting in self.world.show().pending:
            assert waiting.reason is not None, "a text waits, and nobody is told why"


# Short: in a long one something that reads all again comes last, and hides what went before.
TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=8, deadline=None)

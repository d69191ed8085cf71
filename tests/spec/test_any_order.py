"""The whole engine against a server of one session, in any order of what may happen.

Hypothesis chooses the order, and cuts one that breaks down to its shortest. After every step what
is on show is in order, with nothing twice; when all is quiet it is what the server has, texts of
the person included. Faults of every kind, many engines and long runs: `build.py simulate`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.sim.profiles import replaced
from tests.sim.variants import VARIANTS
from tests.support.scripted_server import Reply, ScriptedServer
from tests.support.world import World
from threadline.core.model import Delivery

if TYPE_CHECKING:
    from threadline.core.effects import SendRequest
    from threadline.core.model import MessageId, OutboxEntry

LATE = 2.0  # seconds that a frame takes when it is late
SOON = 150.0  # seconds after which every message is there, and nothing looked for any more
QUIET = 700.0  # seconds after which all is read, and everything believed empty was tried again
SECONDS = st.sampled_from((0.05, 0.5, 3.0, 14.0, 40.0))
STATUSES = st.sampled_from((429, 500, 503))


class AnyOrder(RuleBasedStateMachine):
    """What may happen: on the server, on the way, to the engine, and by the person."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.written = 0
        self.said: list[str] = []
        self.own: list[str] = []  # those of this life of the engine
        self.done: set[MessageId] = set()  # messages seen completed in this life
        self.loses: list[str] = []
        self.is_slow = False

    @initialize(is_whole=st.booleans(), messages=st.integers(0, 3))
    def begin(self, is_whole: bool, messages: int) -> None:
        """A server of either form, some messages, one view."""
        server = (
            ScriptedServer()
            if is_whole
            else ScriptedServer(is_numbered=False, has_feed=False, capabilities=())
        )
        self._live_in(World(server))
        server.loses_push = lambda _session, event: event in self.loses
        for number in range(messages):
            server.store("s1", f"before {number}")
        self.world.start()
        self.world.attach()

    def _live_in(self, world: World) -> None:
        """Go on in this world, in which frames may be late."""
        self.world, self.own, self.done = world, [], set()
        carry = world.server.say

        def say(number: int, text: str) -> None:
            if self.is_slow:
                world.later(lambda: carry(number, text), LATE)
            else:
                carry(number, text)

        world.server.say = say

    @rule(is_late=st.booleans())
    def post(self, is_late: bool) -> None:
        """Somebody writes, and it is published."""
        self.written += 1
        self.is_slow = is_late
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

    @rule(back=st.integers(0, 4), is_heard=st.booleans(), is_late=st.booleans())
    def change(self, back: int, is_heard: bool, is_late: bool) -> None:
        """One of the last messages changes its status; the push of that may be lost, or late."""
        self.is_slow = is_late
        rows = self.world.server.sessions.get("s1", [])
        self.loses = [] if is_heard else ["message_update"]
        for row in rows[-1 - back :][:1]:
            self.world.server.change("s1", row["sequenceNumber"], status="completed")
        self.loses = []

    @rule(is_late=st.booleans(), is_answered=st.booleans())
    def say(self, is_late: bool, is_answered: bool) -> None:
        """The person sends a text; until the next one answers are lost, or frames late, perhaps."""
        self.written += 1
        self.is_slow, self.world.server.loses_answers = is_late, not is_answered
        self.said.append(f"say {self.written}")
        self.own.append(f"say {self.written}")
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

    @rule()
    def crash(self) -> None:
        """The engine dies, whatever it was at, and another one begins with what is on disk."""
        self._live_in(self.world.next_life())
        self.world.start(unsent=tuple(map(_as_written, self.world.rows.values())))
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

    @invariant()
    def what_was_said_is_on_show(self) -> None:
        """SPEC.md O4, O7: as waiting, as failed, or as the server's message; never neither."""
        shown = self.world.show()
        pending = {one.content for one in shown.pending}
        assert pending.union(self.world.texts()).issuperset(self.own)

    @invariant()
    def what_is_completed_stays_so(self) -> None:
        """SPEC.md I5: whatever comes late."""
        completed = {one.id for one in self.world.show().messages if one.status == "completed"}
        assert completed >= self.done
        self.done = completed

    def teardown(self) -> None:
        """SPEC.md I1, H1, H6, O2, O4: when nothing goes wrong any more all is as on the server."""
        server = self.world.server
        server.is_up, server.intercept, server.loses_answers = True, lambda _: None, False
        self.world.advance(SOON)
        stored = [(row["content"], row["status"]) for row in server.sessions.get("s1", [])]
        assert self.world.texts() == [content for content, _ in stored]

        self.world.advance(QUIET)
        assert [(one.content, one.status) for one in self.world.show().messages] == stored
        said = [content for content, _ in stored if content.startswith("say ")]
        assert said == [one for one in self.said if one in said], "each once, and in order"
        pending = self.world.show().pending
        for waiting in pending:
            assert waiting.delivery is Delivery.FAILED, "a text waits, and nothing will come of it"
        assert set(self.said) == {*said, *(one.content for one in pending)}


def _as_written(row: OutboxEntry) -> OutboxEntry:
    """What is on disk of a text: that it was in the air is not."""
    is_failed = row.delivery is Delivery.FAILED
    return row if is_failed else replace(row, delivery=Delivery.QUEUED)


# Short: in a long one something that reads all again comes last, and hides what went before.
TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=8, deadline=None)


@pytest.mark.parametrize(
    "name", ["max-watermark", "exclusive-since", "new-key-per-try", "inflight-persisted"]
)
def test_a_planted_defect_is_found(name: str) -> None:
    """Defects of the simulation's: in one order or another each shows (sync.md 2.19)."""
    plain = settings(TestAnyOrder.settings, derandomize=True, database=None)
    with replaced(VARIANTS[name].patches()), pytest.raises(AssertionError):
        run_state_machine_as_test(AnyOrder, settings=settings(plain, phases=[Phase.generate]))

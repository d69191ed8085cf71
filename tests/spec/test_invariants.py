"""What holds after every step, whatever happens: whole engines in a hostile world.

Runs are drawn by hypothesis, which prints the steps of a run that fails, cut down to the few that
matter. Each run ends with peace, after which every list must be the server's.
"""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Literal

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.support.builders import channel
from tests.support.scripted_server import ScriptedServer
from tests.support.world import World
from threadline.core.connection import ConnectionState
from threadline.core.events import RequestAnswered, SocketClosed, TextReceived
from threadline.core.model import Delivery
from threadline.core.session_view import Health

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadline.core.session_view import SessionView

# Without the phase that explains: it would repeat a failing run for minutes.
QUICK = settings(max_examples=40, deadline=None, phases=[Phase.generate, Phase.shrink])
SESSIONS = ("s1", "s2")

Step = tuple[str, int]
SocketFate = Literal["greet", "refuse", "hang"]


class Run:
    """One world, what was said in it, and what must always hold."""

    def __init__(self, seed: int, *, is_numbered: bool, can_repeat: bool) -> None:
        capabilities = ("idempotentInteract", "listSessions", "me") if can_repeat else ()
        server = ScriptedServer(is_numbered=is_numbered, capabilities=capabilities)
        self.world = World(server, jitter=Random(seed).random)
        # The machines of the server disagree about the time, by less than a read by time overlaps.
        clocks, skew = self.world.clock, Random(seed + 1)
        server.wall = lambda: clocks.wall + skew.uniform(-2.0, 2.0)
        self.can_repeat = can_repeat
        self.said: list[tuple[str, str]] = []  # session and text, in the person's order
        self.first: dict[str, str] = {}  # what each message said first, by its id
        self.world.after_each_step = self.check
        self.world.start()
        self.world.attach(1, "s1")

    def take(self, step: Step) -> None:
        """Let one thing happen."""
        what, number = step
        ACTS[what](self, number)
        self.world.advance(0.05)

    def lose_line(self, number: int) -> None:
        """The line is cut, or the push server restarts."""
        self.world.cut(4200 if number % 5 == 0 else 1006)

    def set_rest(self, *, is_up: bool = True, loses_answers: bool = False) -> None:
        """REST works, or not."""
        self.world.server.is_up, self.world.server.loses_answers = is_up, loses_answers

    def set_sockets(self, fate: SocketFate) -> None:
        """From now on sockets are greeted, or not."""
        self.world.server.sockets_do = fate

    def sleep(self) -> None:
        """The laptop sleeps for a minute and wakes."""
        self.world.sleep(60.0)
        self.world.wake()

    def sign_out_and_in(self) -> None:
        """The same account signs in again."""
        self.world.sign_in_as(None)
        self.world.sign_in_as("token")

    def say(self) -> None:
        """The person sends the next text of theirs, where they are."""
        session = self.world.show().session_id
        assert session is not None
        text = f"say {len(self.said)}"
        self.said.append((session, text))
        self.world.say(text, name=text, ordinal=len(self.said))

    def speak_nonsense(self, number: int) -> None:
        """The network says what it must not, and what nobody waits for."""
        socket = len(self.world.sockets)
        for text in ("<html>", '{"event":"new_message"}', "[]"):
            self.world.feed(TextReceived(socket, text))
        self.world.feed(SocketClosed(socket + 7, 4001))
        self.world.feed(RequestAnswered(10_000 + number, 200, {}, "{}"))

    def make_peace(self) -> None:
        """All that was wrong is right again, and there is time."""
        server = self.world.server
        server.is_up, server.loses_answers, server.sockets_do = True, False, "greet"
        self.world.advance(400.0)
        self.world.cut()
        self.world.advance(120.0)

    # --- what must hold ----------------------------------------------------------------------

    def check(self) -> None:
        """Look at everything that must hold after every step."""
        view = self.world.show()
        self.check_list(view)
        self.check_own(view)
        if view.connection.state is ConnectionState.CONNECTED:
            assert self.world.engine.next_deadline() is not None
        opened = self.world.opened_at()
        for first, thirteenth in zip(opened, opened[12:], strict=False):
            assert thirteenth - first >= 60.0 - 1e-6, "more than twelve sockets in a minute"

    def check_list(self, view: SessionView) -> None:
        """No duplicate, one order, and holes only where nothing is."""
        messages = view.messages
        numbers = [one.sequence for one in messages if one.sequence is not None]
        assert len({one.id for one in messages}) == len(messages)
        assert all(first < second for first, second in pairwise(numbers))
        assert all(one.id.startswith(f"{view.session_id}-") for one in messages)
        assert not any(one.deleted for one in messages)
        missing = {n for gap in view.gaps for n in range(gap.first, gap.last + 1)}
        assert missing.isdisjoint(numbers)

    def check_own(self, view: SessionView) -> None:
        """What the person sent is somewhere, once, and in their order."""
        ordinals = [one.ordinal for one in view.pending]
        assert ordinals == sorted(ordinals)
        keys = [one.key for one in view.messages]
        keys += [one.client_message_id for one in view.pending]
        assert len(set(keys)) == len(keys)
        assert sum(one.delivery is Delivery.SENDING for one in view.pending) <= 1
        on_disk = {entry.content for entry in self.world.rows.values()}
        for session in SESSIONS:
            rows = self.world.server.sessions.get(session, [])
            # As they were first: somebody may change or delete them.
            stored = [self.first.setdefault(row["messageId"], row["content"]) for row in rows]
            own = [text for place, text in self.said if place == session]
            assert [text for text in stored if text in own] == [t for t in own if t in stored]
            assert all(text in stored or text in on_disk for text in own)

    def check_peace(self) -> None:
        """Every list is the server's, nothing waits, and the badge says so."""
        for session in SESSIONS:
            self.world.ask("open_session", session=session)
            self.world.advance(60.0)
            view = self.world.show()
            rows = self.world.server.sessions.get(session, [])
            there = [(row["sequenceNumber"], row["content"]) for row in rows]
            gone = {row["sequenceNumber"] for row in rows if row.get("deleted")}
            here = [(one.sequence, one.content) for one in view.messages]
            assert here == [one for one in there if one[0] not in gone]
            assert view.gaps == ()
            assert all(one.delivery is Delivery.FAILED for one in view.pending)
            assert view.connection.health is Health.LIVE
            assert channel(session) in self.joined_on_the_server()

    def joined_on_the_server(self) -> set[str]:
        """Return the channels that the server really publishes to."""
        return {name for one in self.world.server.sockets.values() for name in one.channels}


def place(number: int) -> str:
    """Return the session that a step is about."""
    return SESSIONS[number % 2]


def server_of(run: Run) -> ScriptedServer:
    """Return the server of a run."""
    return run.world.server


ACTS: dict[str, Callable[[Run, int], None]] = {
    "post": lambda run, n: ignore(server_of(run).post(place(n), f"post {n}")),
    "lose a push": lambda run, n: ignore(server_of(run).store(place(n), f"silent {n}")),
    "burn": lambda run, n: ignore(server_of(run).burn(place(n))),
    "change": lambda run, n: server_of(run).change(place(n), n, status="completed", content="new"),
    "delete": lambda run, n: server_of(run).change(place(n), n, deleted=True, content=""),
    "cut": Run.lose_line,
    "refuse sockets": lambda run, _: run.set_sockets("refuse"),
    "hang sockets": lambda run, _: run.set_sockets("hang"),
    "greet sockets": lambda run, _: run.set_sockets("greet"),
    "rest down": lambda run, _: run.set_rest(is_up=False),
    "answers lost": lambda run, _: run.set_rest(loses_answers=True),
    "rest up": lambda run, _: run.set_rest(),
    "say": lambda run, _: run.say(),
    "switch": lambda run, n: run.world.ask("open_session", session=place(n)),
    "sleep": lambda run, _: run.sleep(),
    "garbage": lambda run, n: run.speak_nonsense(n),
    "sign out": lambda run, _: run.sign_out_and_in(),
    "reconnect": lambda run, _: run.world.ask("reconnect"),
    "wait": lambda run, n: run.world.advance(float(n)),
}
STEPS = st.lists(st.tuples(st.sampled_from(list(ACTS)), st.integers(0, 40)), max_size=40)


def ignore(_: object) -> None:
    """Drop what a step returns."""


@QUICK
@given(STEPS, st.integers(0, 2**16), st.booleans())
def test_a_server_like_ours_loses_nothing(steps: list[Step], seed: int, can_repeat: bool) -> None:
    """SPEC.md I1, I2, I3, I5, C6, O2, O4, O7, V1, E1: numbers, and repeats known or not."""
    run = Run(seed, is_numbered=True, can_repeat=can_repeat)

    for step in steps:
        run.take(step)
    run.make_peace()

    run.check_peace()


@QUICK
@given(STEPS, st.integers(0, 2**16))
def test_a_server_with_the_three_calls_alone_loses_nothing(steps: list[Step], seed: int) -> None:
    """SPEC.md H9, O5, E1: times only, no repeats known, no capabilities."""
    run = Run(seed, is_numbered=False, can_repeat=False)

    for step in steps:
        run.take(step)
    run.make_peace()

    run.check_peace()


@QUICK
@given(
    st.lists(
        st.tuples(st.sampled_from(["greet", "refuse", "hang"]), st.floats(0.1, 6.0)), max_size=40
    ),
    st.integers(0, 2**16),
)
def test_a_flapping_line_opens_at_most_twelve_sockets_a_minute(
    fates: list[tuple[SocketFate, float]], seed: int
) -> None:
    """SPEC.md C6, C12, L23: whatever the rhythm, and although views wake it."""
    run = Run(seed, is_numbered=True, can_repeat=True)

    for fate, pause in fates:
        run.world.server.sockets_do = fate
        run.world.server.refuse_code = 4001 if pause < 4.0 else 1006
        run.world.ask("wake", reason="online")
        run.world.advance(pause)
        run.world.cut()
        run.world.ask("reconnect")

    run.check()

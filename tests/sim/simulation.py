"""One run: a storm drawn from a seed, then peace, then equality within a bounded time."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from threadline.core.connection import ConnectionState
from threadline.core.model import Delivery

from .browser import Browser, Life
from .chance import Chance
from .ledger import Ledger
from .model_server import FULL, THREE_CALLS, ModelServer
from .network import Network
from .person import ACTS, SESSIONS, script
from .profiles import PROFILES, replaced
from .push_server import PushServer
from .schedule import Schedule
from .watch import Violation, Watch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from threadline.core.events import Event
    from threadline.core.model import SessionId

    from .model_server import Form
    from .person import Act
    from .profiles import Patch, Profile

__all__ = ["Outcome", "Plan", "Simulation", "run"]

STORM: Final = (10.0, 35.0)  # seconds in which things go wrong
LOOK: Final = 0.5  # seconds between looks at whether all is equal
LIMIT: Final = 340.0  # seconds of peace after which all must be equal (sync.md L4, E2)
QUIET: Final = 15.0  # seconds that it must stay so
HAS_FAULT: Final = 0.7  # of the faults that a profile may have a run has these


@dataclass(frozen=True)
class Plan:
    """What to run.

    Attributes:
        without: Faults and kinds of acts to leave out.
        acts: The only acts to perform, by number; None: all.
    """

    profile: str
    seed: int
    without: frozenset[str] = frozenset()
    acts: frozenset[int] | None = None


@dataclass
class Outcome:
    """What came of a run.

    Attributes:
        problem: The invariant that did not hold, or None.
        equal_after: Seconds of peace until all was equal, or None.
        counts: How often things of the "sometimes" list happened.
        trace: A digest of all that happened, in order.
        acts: What the script was.
        faults: Which faults the run had.
        steps: How many facts the engines took.
        messages: How many messages the server took.
    """

    plan: Plan
    problem: str | None = None
    equal_after: float | None = None
    counts: dict[str, int] = field(default_factory=dict)
    trace: str = ""
    acts: tuple[Act, ...] = ()
    faults: tuple[str, ...] = ()
    steps: int = 0
    messages: int = 0


class Simulation:
    """Everything of one run. `perform` runs it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.profile: Profile = PROFILES[plan.profile]
        draws = Chance(plan.seed, {})
        faults = self._choose(draws, "faults", self.profile.faults)
        acts = self._choose(draws, "acts", self.profile.acts)
        self.seconds = draws.between("storm", *STORM)
        self.script = script(draws.of("script"), acts, self.seconds)
        self.chance = Chance(plan.seed, faults)
        self.schedule = Schedule()
        self.push = PushServer(self.schedule, self.chance)
        self.server = ModelServer(_form(draws), self.schedule, self.chance, self.push)
        self.ledger = Ledger(self.server)
        self.watch = Watch(self.server, self.ledger)
        self.browsers = [self._browser(f"b{number}") for number in (1, 2)]
        self.steps = 0
        self._digest = blake2b(digest_size=8)
        self._faults = tuple(sorted(faults))

    def perform(self) -> Outcome:
        """Run it to its end, or to its first violation."""
        outcome = Outcome(self.plan, acts=tuple(self.script), faults=self._faults)
        try:
            outcome.equal_after = self._storm_and_peace()
        except Violation as violation:
            outcome.problem = str(violation)
        except AssertionError as error:
            outcome.problem = f"S17: {type(error).__name__}: {error}"
        outcome.counts = {**self.watch.counts, **self.server.counts, **self.chance.hit}
        outcome.trace = self._digest.hexdigest()
        outcome.steps = self.steps
        outcome.messages = sum(len(one) for one in self.server.begun.values())
        return outcome

    # --- inside -----------------------------------------------------------------------------------

    def _choose(self, draws: Chance, what: str, rates: Mapping[str, float]) -> dict[str, float]:
        """Return the faults, or acts, that this run has (a swarm: sync.md fault 82)."""
        stream = draws.of(what)
        chosen = {}
        for name, rate in rates.items():
            is_chosen = stream.random() < HAS_FAULT or name in self.profile.kept or name in _ALWAYS
            if is_chosen and name not in self.plan.without:
                chosen[name] = rate
        return chosen

    def _browser(self, name: str) -> Browser:
        network = Network(self.schedule, self.chance, self.server, self.push)
        browser = Browser(name, self.schedule, self.chance, network)
        browser.before_step = self.watch.before_step
        browser.after_step = self._after_step
        browser.after_paint = self.watch.after_paint
        return browser

    def _after_step(self, life: Life, event: Event | None) -> None:
        self.steps += 1
        self._digest.update(
            f"{self.schedule.now:.6f} {life.browser.name} {type(event).__name__}\n".encode()
        )
        self.watch.after_step(life, event)

    def _storm_and_peace(self) -> float:
        for number, session_id in enumerate(SESSIONS):
            self.server.begin_with(session_id, 5 + 60 * number)
        for browser in self.browsers:
            browser.open_view(SESSIONS[0])
            browser.start()
        for act in self.script:
            if self.plan.acts is None or act.number in self.plan.acts:
                self.schedule.at(act.at, partial(ACTS[act.kind], self, act))
        self.schedule.run_until(self.seconds)
        return self._peace()

    def _peace(self) -> float:
        self.chance.end()
        for browser in self.browsers:
            browser.network.is_down = False
        if self.profile.ends_with_restart:
            self.push.restart()
        began = equal_since = self.schedule.now
        while self.schedule.now - equal_since < QUIET:
            self.schedule.run_until(self.schedule.now + LOOK)
            problem = self._difference()
            if problem is not None:
                equal_since = self.schedule.now
            if problem is not None and self.schedule.now - began > LIMIT:
                raise Violation(problem)
        for problem in self.ledger.problems_at_the_end():
            raise Violation(problem)
        return equal_since - began

    def _difference(self) -> str | None:
        """Return the first way in which a client is not as the server is; None where all is."""
        for browser in self.browsers:
            if browser.life is None or browser.is_asleep:
                return f"L1: {browser.name} is not there"
            for problem in self._differences(browser, browser.life):
                return problem
        return None

    def _differences(self, browser: Browser, life: Life) -> Iterator[str]:
        if any(wire.is_believed and wire.is_cut for wire in life.wires.values()):
            yield f"L6: {browser.name} has a line that is dead"
        for entry in life.engine._state.outbox:
            if entry.delivery is not Delivery.FAILED:
                yield f"L2: {entry.content!r} of {browser.name} is {entry.delivery.value}"
        for session_id in dict.fromkeys(life.engine._state.shown()):
            yield from self._list_differs(browser, life, session_id)
        for view, shown in life.shown.items():
            if shown.session_id != browser.views.get(view):
                yield f"L3: view {view} of {browser.name} shows {shown.session_id}"
            if shown.connection.state is not ConnectionState.CONNECTED:
                yield f"L6: {browser.name} says {shown.connection.state.value}"
            elif shown.connection.health.value != "live":
                yield f"L6: {browser.name} says {shown.connection.health.value}"

    def _list_differs(self, browser: Browser, life: Life, session_id: SessionId) -> Iterator[str]:
        transcript = life.engine._state.session(session_id).history.transcript
        if transcript.base is None:
            yield f"L1: {browser.name} has nothing of {session_id}"
            return
        if transcript.holes():
            yield f"L1: {browser.name} misses {transcript.holes()[:3]} of {session_id}"
            return
        here = {
            one.sequence or 0: (one.id, "" if one.deleted else one.content, one.status, one.deleted)
            for one in transcript._by_id.values()
            if (one.sequence or 0) >= transcript.base  # what is below was not asked for
        }
        rows = self.server.session(session_id).as_of(self.schedule.now)
        there = {
            row.number: (row.id, one.content, one.status, one.deleted)
            for row, one in rows
            if row.number >= transcript.base
        }
        if here != there:
            wrong = sorted(n for n in {*here, *there} if here.get(n) != there.get(n))
            first = wrong[0]
            yield (
                f"L1: {browser.name} {session_id} {len(wrong)} differ, first {first}: "
                f"here {here.get(first)}, there {there.get(first)}"
            )


_ALWAYS: Final = frozenset({"say", "post", "turn"})


def _form(draws: Chance) -> Form:
    is_full = draws.of("form").random() < 0.5
    return FULL if is_full else draws.pick("form", THREE_CALLS)


def run(plan: Plan, patches: tuple[Patch, ...] = ()) -> Outcome:
    """Run a plan, with its profile's layers switched off, and with `patches` beside."""
    profile = PROFILES[plan.profile]
    with replaced((*profile.switches_off(), *patches)):
        return Simulation(plan).perform()

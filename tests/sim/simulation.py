"""One run: a storm drawn from a seed, then peace, then equality within a bounded time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from threadline.core.session_view import Health

from .agent import SERVER_ACTS
from .chance import Chance
from .forms import FULL_FORMS, THREE_CALLS
from .machine import MACHINE_ACTS
from .person import PERSON_ACTS
from .profiles import PROFILES, replaced
from .script import OF_BOB, SESSIONS, script
from .stage import Stage
from .watch import Violation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .forms import Form
    from .profiles import Patch, Profile
    from .script import Act

__all__ = ["Outcome", "Plan", "Simulation", "run"]

STORM: Final = (15.0, 45.0)  # seconds in which things go wrong
LOOK: Final = 0.5  # seconds between looks at whether all is equal
LIMIT: Final = 340.0  # seconds of peace after which all must be equal (sync.md L4, E2)
QUIET: Final = 15.0  # seconds that it must stay so
LAST_NAP: Final = 8.0  # seconds asleep at the end of a storm; more than the clocks may part by
SETTLED: Final = 60.0  # seconds of peace after which nothing but the probe goes on
OLDER: Final = 20  # messages back from the newest: more than a look at the tail reads again
MINUTES: Final = 3  # after which it has to be quiet
LOOKS: Final = 3  # requests a minute of a session on show: one each 25 seconds
SPARE: Final = 3  # requests beside: numbers believed empty are tried again, lists of sessions read
MAX_STEPS: Final = 40  # facts and timers a minute, of each browser
ACTS: Final = {**PERSON_ACTS, **SERVER_ACTS, **MACHINE_ACTS}
HAS_THIRD: Final = 0.3  # of the runs have a third browser
HAS_FAULT: Final = 0.7  # of the faults that a profile may have a run has these


@dataclass(frozen=True)
class Plan:
    """What to run.

    Attributes:
        without: Faults and kinds of acts to leave out.
        acts: The only acts to perform, by number; None: all.
        browsers: How many there are, each with an engine; None: two or three, as the seed has it.
    """

    profile: str
    seed: int
    without: frozenset[str] = frozenset()
    acts: frozenset[int] | None = None
    browsers: int | None = None


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


class Simulation(Stage):
    """One run. `perform` runs it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.profile: Profile = PROFILES[plan.profile]
        draws = Chance(plan.seed, {})
        faults = self._choose(draws, "faults", self.profile.faults)
        acts = self._choose(draws, "acts", self.profile.acts)
        self.seconds = draws.between("storm", *STORM)
        self.script = script(draws, acts, self.seconds)
        self._faults = tuple(sorted(faults))
        browsers = plan.browsers or 2 + (draws.of("browsers").random() < HAS_THIRD)
        super().__init__(_form(draws), plan.seed, faults, browsers)
        if not self.profile.has_probe:
            self.best_health.add(Health.CHECKING)  # a minute without a look at the tail

    def perform(self) -> Outcome:
        """Run it to its end, or to its first violation."""
        outcome = Outcome(self.plan, acts=tuple(self.script), faults=self._faults)
        try:
            outcome.equal_after = self._storm_and_peace()
        except Violation as violation:
            outcome.problem = str(violation)
        except AssertionError as error:
            outcome.problem = f"S17: {type(error).__name__}: {error}"
        own = sum((Counter(browser.counts) for browser in self.browsers), Counter[str]())
        outcome.counts = {**self.watch.counts, **self.server.counts, **self.chance.hit, **own}
        outcome.trace = self.trace()
        outcome.steps = self.steps
        outcome.messages = sum(len(one) for one in self.server.begun.values())
        return outcome

    # --- inside -----------------------------------------------------------------------------------

    def _choose(self, draws: Chance, what: str, rates: Mapping[str, float]) -> dict[str, float]:
        """Return the faults, or acts, that this run has (a swarm: sync.md fault 82)."""
        chosen = {}
        for name, rate in rates.items():
            is_chosen = (
                draws.of(f"{what}/{name}").random() < HAS_FAULT
                or name in self.profile.kept
                or name in _ALWAYS
            )
            if is_chosen and name not in self.plan.without:
                chosen[name] = rate
        return chosen

    def _storm_and_peace(self) -> float:
        for number, session_id in enumerate(SESSIONS):
            self.server.begin_with(session_id, 5 + 60 * number)
        self.server.begin_with(OF_BOB, 3)
        for browser in self.browsers:
            browser.open_view(SESSIONS[0])
            browser.start()
        for act in self.script:
            if self.plan.acts is None or act.number in self.plan.acts:
                self.schedule.at(act.at, partial(ACTS[act.kind], self, act))
        if self.profile.ends_asleep:
            self.schedule.at(self.seconds - LAST_NAP, self._fall_asleep)
        self.schedule.run_until(self.seconds)
        return self._peace()

    def _fall_asleep(self) -> None:
        """Every machine sleeps until the storm is over, and something is written meanwhile."""
        for browser in self.browsers:
            browser.sleep(LAST_NAP)

        def write() -> None:
            for session_id in SESSIONS:
                self.server.write(session_id, "user", f"{session_id} in the night")

        self.schedule.after(LAST_NAP / 2.0, write)

    def _settle_and_edit(self) -> None:
        """Let every look that is owed be over, then change a message that the probe passes by."""
        self.schedule.run_until(self.schedule.now + SETTLED)
        for session_id in SESSIONS:
            rows = self.server.session(session_id).rows
            self.server.change(
                session_id, rows[-min(OLDER, len(rows))], content=f"{session_id} edited late"
            )

    def _peace(self) -> float:
        self.chance.end()
        for browser in self.browsers:
            browser.network.is_down = False
        if self.profile.ends_with_restart:
            self.push.restart()
        if self.profile.ends_with_post:
            for session_id in SESSIONS:
                self.server.write(session_id, "user", f"{session_id} the last")
        if self.profile.ends_with_edit:
            self._settle_and_edit()
        began = equal_since = self.schedule.now
        while self.schedule.now - equal_since < QUIET:
            self.schedule.run_until(self.schedule.now + LOOK)
            problem = self.difference()
            if problem is not None:
                equal_since = self.schedule.now
            if problem is not None and self.schedule.now - began > LIMIT:
                raise Violation(problem)
        for problem in self.ledger.problems_at_the_end():
            raise Violation(problem)
        self._quiet_minute()
        return equal_since - began

    def _quiet_minute(self) -> None:
        """See that what goes on dies down, once all is equal (sync.md L5, 2.17).

        Raises:
            Violation: in none of the next minutes is there only what has to be: the looks at the
                tail, and a few late ones at numbers believed empty.
        """
        busy = None
        for _ in range(MINUTES):
            busy = self._busy_minute()
            if busy is None:
                return
        raise Violation(f"L5: {busy}, {MINUTES} minutes after all was equal")

    def _busy_minute(self) -> str | None:
        """Let a minute pass; return what goes on in it that need not."""
        since, steps = self.schedule.now, self.steps
        self.schedule.run_until(since + 60.0)
        for browser in self.browsers:
            life = browser.life
            shown = 0 if life is None else len(set(life.engine._state.shown()))
            asked = 0 if life is None else sum(at >= since for at, _ in life.begun)
            if asked > LOOKS * shown + SPARE:
                return f"{browser.name} asks {asked} times in a minute"
        taken = self.steps - steps
        return f"{taken} steps in a minute" if taken > MAX_STEPS * len(self.browsers) else None


_ALWAYS: Final = frozenset({"say", "post", "turn"})


def _form(draws: Chance) -> Form:
    is_full = draws.of("form").random() < 0.5
    form = draws.pick("form", FULL_FORMS if is_full else THREE_CALLS)
    # Only where the server says whose they are: they are one person's else, for all that is known.
    return replace(form, has_opaque_tokens=is_full and draws.of("tokens").random() < 0.5)


def run(plan: Plan, patches: tuple[Patch, ...] = ()) -> Outcome:
    """Run a plan, with its profile's layers switched off, and with `patches` beside."""
    profile = PROFILES[plan.profile]
    with replaced((*profile.switches_off(), *patches)):
        return Simulation(plan).perform()

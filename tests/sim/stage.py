"""Everything of one run, put together: servers, browsers, and what looks at them."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from threadline.core.connection import ConnectionState
from threadline.core.model import Delivery
from threadline.core.session_view import Health

from .browser import Browser, Life
from .chance import Chance
from .ledger import Ledger
from .model_server import ModelServer
from .network import Network
from .push_server import PushServer
from .schedule import Schedule
from .watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from threadline.core.events import Event
    from threadline.core.model import SessionId

    from .forms import Form

__all__ = ["Stage"]


class Stage:
    """The parts of a run.

    Args:
        form: Which server it is.
        seed: What all draws come from.
        faults: How often each fault happens.
        browsers: How many there are; none is started yet.

    Attributes:
        steps: Facts that the engines took so far.
        best_health: What a badge says when all is well.
    """

    def __init__(self, form: Form, seed: int, faults: Mapping[str, float], browsers: int) -> None:
        self.schedule = Schedule()
        self.chance = Chance(seed, faults)
        self.push = PushServer(self.schedule, self.chance)
        self.server = ModelServer(form, self.schedule, self.chance, self.push)
        self.ledger = Ledger(self.server)
        self.watch = Watch(self.server, self.ledger)
        self.browsers = [self._browser(f"b{number + 1}") for number in range(browsers)]
        self.steps = 0
        self.best_health = {Health.LIVE}
        self._digest = blake2b(digest_size=8)

    def trace(self) -> str:
        """Return a digest of all that the engines heard, and when."""
        return self._digest.hexdigest()

    def difference(self) -> str | None:
        """Return the first way in which a client is not as the server is; None where all is."""
        for browser in self.browsers:
            if browser.life is None or browser.is_asleep:
                return f"L1: {browser.name} is not there"
            for problem in self._differences(browser, browser.life):
                return problem
        return None

    # --- inside -----------------------------------------------------------------------------------

    def _browser(self, name: str) -> Browser:
        network = Network(self.schedule, self.chance, self.server, self.push)
        browser = Browser(name, self.schedule, self.chance, network)
        browser.before_step = self.watch.before_step
        browser.after_step = self._after_step
        browser.after_paint = self.watch.after_paint
        return browser

    def _after_step(self, life: Life, event: Event | None) -> None:
        self.steps += 1
        heard = f"{self.schedule.now:.6f} {life.browser.name} {type(event).__name__}\n"
        self._digest.update(heard.encode())
        self.watch.after_step(life, event)

    def _differences(self, browser: Browser, life: Life) -> Iterator[str]:
        if any(wire.is_believed and wire.is_cut for wire in life.wires.values()):
            yield f"L6: {browser.name} has a line that is dead"
        for entry in life.engine._state.outbox:
            if entry.delivery is not Delivery.FAILED:
                yield f"L2: {entry.content!r} of {browser.name} is {entry.delivery.value}"
        for session_id in dict.fromkeys(life.engine._state.shown()):
            yield from self._list_differs(browser, life, session_id)
        for view, shown in life.shown.items():
            if shown.session_id != (browser.views.get(view) or None):
                yield f"L3: view {view} of {browser.name} shows {shown.session_id}"
            if shown.session_id is None:
                continue  # a new chat has no channel yet
            if shown.connection.state is not ConnectionState.CONNECTED:
                yield f"L6: {browser.name} says {shown.connection.state.value}"
            elif shown.connection.health not in self.best_health:
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
        there = {
            row.number: (row.id, one.content, one.status, one.deleted)
            for row, one in self.server.session(session_id).as_of(self.schedule.now)
            if row.number >= transcript.base
        }
        if here != there:
            wrong = sorted(n for n in {*here, *there} if here.get(n) != there.get(n))
            first = wrong[0]
            if wrong == [transcript.base] and self._was_taken_back(session_id, here.get(first)):
                return
            yield (
                f"L1: {browser.name} {session_id} {len(wrong)} differ, first {first}: "
                f"here {here.get(first)}, there {there.get(first)}"
            )

    def _was_taken_back(
        self, session_id: SessionId, held: tuple[str, str, str, bool] | None
    ) -> bool:
        """Whether a restored backup undid what is held of a message, on a server with times alone.

        Of the oldest message nobody notices: a read by time does not claim the one it begins at.
        """
        conversation = self.server.session(session_id)
        row = None if held is None else conversation.ever.get(held[0])
        if held is None or row is None or self.server.form.is_full:
            return False
        undone = [one for one in row.ever if one not in row.versions]
        return any((one.content, one.status, one.deleted) == held[1:] for one in undone)

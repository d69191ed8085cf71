"""A run with nothing left to chance: one fault at a time, in a test's own order.

scene = Scene(FULL)
scene.begin()                    # one browser, one view of s1, everything read
with scene.having("frame lost"):
    scene.post("hidden")         # stored, published, and lost on the line
assert scene.settles() < 30.0    # everything must hold, and all must become equal
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from tests.support.builders import entry, request
from threadline.core.events import ViewSaid
from threadline.core.model import ClientMessageId

from .ledger import Said
from .stage import Stage
from .watch import Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from threadline.core.effects import SendRequest
    from threadline.core.session_view import SessionView

    from .browser import Browser, Life
    from .forms import Form
    from .stored import Row

__all__ = ["Scene"]

LOOK: Final = 0.1  # seconds between looks at whether all is equal
QUIET: Final = 5.0  # seconds that it must stay so
LIMIT: Final = 400.0  # seconds after which it never will be


class Scene(Stage):
    """One or more browsers, started by `begin`."""

    def __init__(self, form: Form, browsers: int = 1) -> None:
        super().__init__(form, seed=1, faults={}, browsers=browsers)

    @property
    def browser(self) -> Browser:
        """The first browser."""
        return self.browsers[0]

    @property
    def life(self) -> Life:
        """The engine that runs in it."""
        assert self.browser.life is not None
        return self.browser.life

    def begin(self, session_id: str = "s1", messages: int = 5) -> None:
        """Let some messages be there, and everybody read them."""
        self.server.begin_with(session_id, messages)
        for browser in self.browsers:
            browser.open_view(session_id)
            browser.start()
        self.settles()

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.schedule.run_until(self.schedule.now + seconds)

    def wait_until(self, is_so: Callable[[], bool], limit: float = LIMIT) -> float:
        """Let time pass until something is so; return the seconds that it took."""
        began = self.schedule.now
        while not is_so():
            assert self.schedule.now - began <= limit, "it never becomes so"
            self.wait(LOOK)
        return self.schedule.now - began

    def settles(self) -> float:
        """Let time pass until all is equal and stays so; return the seconds that it took.

        Raises:
            Violation: it never is, or a text was doubled or misplaced.
        """
        began = equal_since = self.schedule.now
        while self.schedule.now - equal_since < QUIET:
            self.wait(LOOK)
            problem = self.difference()
            if problem is not None:
                equal_since = self.schedule.now
                if self.schedule.now - began > LIMIT:
                    raise Violation(problem)
        for problem in self.ledger.problems_at_the_end():
            raise Violation(problem)
        return equal_since - began

    @contextmanager
    def having(self, *faults: str, rate: float = 1.0) -> Iterator[None]:
        """Let these faults happen, each time by default, for a while."""
        for fault in faults:
            self.chance.set(fault, rate)
        yield
        for fault in faults:
            self.chance.set(fault, 0.0)

    # --- what happens -----------------------------------------------------------------------------

    def post(self, text: str = "post", session_id: str = "s1", role: str = "user") -> Row:
        """Somebody else writes a message."""
        return self.server.write(session_id, role, f"{session_id} {text}")

    def say(self, text: str = "say", browser: Browser | None = None, view: int = 1) -> Said:
        """The person sends a text from a view; it is written down first."""
        browser = browser or self.browser
        session_id = browser.views[view]
        client = ClientMessageId(f"c{len(self.ledger.said) + 1}")
        text, wall = f"{session_id} {text}", browser.moment().wall
        ordinal = browser.disk.next_ordinal()
        members: dict[str, Any] = {"content": text, "ordinal": ordinal}
        members["account"] = account = browser.accounts.get(view)
        row = entry(client, session_id, created_at=wall, **members)
        assert browser.disk.write_row(row)
        said = Said(browser, session_id, client, text, account)
        self.ledger.accept(said)
        members["createdAt"] = wall * 1000.0
        self.ask("send", browser, view, clientMessageId=client, session=session_id, **members)
        return said

    def ask(self, kind: str, browser: Browser | None = None, view: int = 1, **members: Any) -> None:
        """A view asks for something."""
        browser = browser or self.browser
        if browser.life is not None:
            browser.life.feed(ViewSaid(view, request(kind, **members)))

    def cut(self, code: int = 1006) -> None:
        """The lines of the first browser are closed."""
        for wire in list(self.life.wires.values()):
            wire.drop(code)

    def cut_silently(self) -> None:
        """The lines of the first browser carry nothing any more, and nobody is told."""
        for wire in list(self.life.wires.values()):
            wire.cut()

    # --- what is seen -----------------------------------------------------------------------------

    def show(self, browser: Browser | None = None, view: int = 1) -> SessionView:
        """Return what a view shows."""
        life = (browser or self.browser).life
        assert life is not None
        return life.engine.show(view, life.now())

    def texts(self, browser: Browser | None = None) -> list[str]:
        """Return the texts of the messages on show, without the session's name before them."""
        return [one.content.partition(" ")[2] for one in self.show(browser).messages]

    def asked(self, path: str, since: float = 0.0) -> list[SendRequest]:
        """Return the requests of the engine that runs whose path ends in `path`."""
        return [
            one
            for at, one in self.life.begun
            if at >= since and one.url.partition("?")[0].endswith(path)
        ]

    def counted(self, what: str) -> int:
        """Return how often something of the "sometimes" list happened."""
        return self.watch.counts.get(what, 0) + self.server.counts.get(what, 0)

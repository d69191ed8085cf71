"""One browser: its clocks, its disk, its views, and the engine that lives in it.

The engine and the driver are the real ones. An engine may die at any moment; the next one begins
with what the disk holds, and hears nothing of what was under way.
"""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Final, Literal

from tests.support.builders import EPOCH, configuration, settings, token
from threadline.core.engine import Engine
from threadline.core.events import (
    SocketClosed,
    SocketOpened,
    Started,
    TextReceived,
    TokenChanged,
    ViewAttached,
    ViewLeft,
    Woke,
)
from threadline.core.model import SessionId
from threadline.core.moment import Moment
from threadline.runtime.driver import Driver
from threadline.runtime.ports import World

from . import ports
from .accounts import ADA, token_of
from .disk import Disk

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import SecretStr

    from threadline.core.effects import SendRequest
    from threadline.core.events import Event
    from threadline.core.session_view import SessionView

    from .chance import Chance
    from .network import Network, Wire
    from .schedule import Schedule

__all__ = ["WRONG", "Browser", "Life", "LifeKey"]

LifeKey = tuple[str, int]  # a browser's name, and the term of the life

FRAME: Final = 0.016  # seconds between updates of a view, as the presenter has it
WRONG: Final = (3600.0, -3600.0, 315_360_000.0)  # seconds by which a clock is, or is set, wrong
REOPENED: Final = 30.0  # seconds within which the host opens an engine that is kept


class Life:
    """One life of the engine, and the ports that it sees the world through."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.is_over = False
        self.is_followed = False
        self._frozen: list[Callable[[], None]] | None = None  # what waits for the thaw
        self.wires: dict[int, Wire] = {}
        self.asked: dict[int, tuple[float, SendRequest]] = {}
        self.begun: list[tuple[float, SendRequest]] = []
        self.opened_at: list[float] = []
        self.errors: list[str] = []
        self.shown: dict[int, SessionView] = {}
        self._armed = 0
        self._is_marked = False
        self._flushed_at: float | None = None
        stream = browser.chance.of("jitter")
        self.term = browser.disk.stored.take_term()
        self.key: LifeKey = (browser.name, self.term)
        self.engine = Engine(configuration(), "0.1.0", stream.random)
        self.driver = Driver(
            self.engine,
            World(
                clock=self,
                sockets=ports.Sockets(self),
                http=ports.Http(self),
                storage=ports.Storage(self),
                outbox=ports.Rows(self),
                records=ports.Records(self),
                screen=self,
                log=self,
                host=ports.Host(self),
            ),
        )

    def feed(self, event: Event) -> None:
        """Let the engine hear of something, unless it is dead, frozen or asleep."""
        browser = self.browser
        if self.is_over:
            return
        if self._frozen is not None:
            self._frozen.append(lambda: self.feed(event))
            return
        if browser.is_asleep:
            if not isinstance(event, TextReceived):  # a frame is gone, an answer is not
                browser.missed.append(lambda: self.feed(event))
            return
        if isinstance(event, (SocketOpened, TextReceived, SocketClosed)):
            self.wires[event.socket].tell(event)
        browser.before_step(self, event)
        self.driver.feed(event)
        browser.after_step(self, event)

    @property
    def is_frozen(self) -> bool:
        """Whether the page stands still."""
        return self._frozen is not None

    def freeze(self) -> None:
        """The page stands still: what happens waits."""
        self._frozen = []

    def thaw(self) -> None:
        """The page goes on, with all that it missed."""
        held, self._frozen = self._frozen or [], None
        for one in held:
            one()

    def end(self) -> None:
        """The page is closed."""
        self.is_over = True
        for wire in self.wires.values():
            wire.close()

    # --- ports.Clock ------------------------------------------------------------------------------

    def now(self) -> Moment:
        """Return the moment by this machine's clocks."""
        return self.browser.moment()

    def arm(self, seconds: float) -> None:
        """Ring once, `seconds` from now; late where timers are throttled."""
        self._armed += 1
        number, browser = self._armed, self.browser
        delay = max(ports.TICK, seconds)
        if browser.chance.hits("timer late"):
            delay += browser.chance.between("timer late by", 0.1, 2.0)
        browser.schedule.after(delay, lambda: self._ring(number))

    def disarm(self) -> None:
        """Do not ring."""
        self._armed += 1

    def _ring(self, number: int) -> None:
        if number != self._armed or self.is_over:
            return
        if self._frozen is not None:
            self._frozen.append(lambda: self._ring(number))
            return
        if self.browser.is_asleep:
            self.browser.missed.append(lambda: self._ring(number))
            return
        self.browser.before_step(self, None)
        self.driver.ring()
        self.browser.after_step(self, None)

    # --- ports.Screen -----------------------------------------------------------------------------

    def mark(self) -> None:
        """Views may have something new to show."""
        self._is_marked = True

    def next_deadline(self) -> float | None:
        """Return the monotonic second of the next update, if one is due."""
        if not self._is_marked:
            return None
        return 0.0 if self._flushed_at is None else self._flushed_at + FRAME

    def flush(self, now: Moment) -> None:
        """Update the views, if an update is due."""
        due = self.next_deadline()
        if due is None or due > now.monotonic:
            return
        self._is_marked, self._flushed_at = False, now.monotonic
        self.shown = {view: self.engine.show(view, now) for view in self.engine.views}
        self.browser.painted(self)

    def answer(self, view: int, answer: str) -> None:
        """No options page is open here."""

    def let_go(self) -> None:
        """The engine has stepped down, as one that was followed has to, and no other."""
        if self.is_followed:
            self.browser.count("old engine fenced")
            self.is_over = True
        else:
            self.errors.append("the engine stepped down")

    # --- ports.Log --------------------------------------------------------------------------------

    def report(self, level: Literal["info", "warning", "error"], text: str) -> None:
        """Remember what must never happen."""
        if level == "error":
            self.errors.append(text)
        if text.startswith("stored session:"):
            self.browser.count("damaged session read anew")


class Browser:
    """One browser of one person.

    Args:
        name: Tells browsers apart.
        schedule: Virtual time.
        chance: What goes wrong.
        network: What it is connected to.

    Attributes:
        life: The engine that runs, or None.
        views: The session that each open view shows; "" for a new chat.
        left: The session that a view showed when its person began a new chat: a paint of that one
            was made before.
        accounts: Whose each view is, as far as it was told by what was painted last.
        was_set: Its wall clock was set: what it says of the past may be wrong.
        is_kept: The engine is to be there without a view: the host opens it again.
        is_asleep: The machine sleeps: nothing reaches the engine, no timer rings.
        missed: What comes when it wakes.
        before_step: Called with the life and the event, before each step; None: the timer.
        after_step: The same, after it.
        after_paint: Called after views were painted.
        counts: What happened here, for the "sometimes" list.
    """

    def __init__(self, name: str, schedule: Schedule, chance: Chance, network: Network) -> None:
        self.name = name
        self.schedule = schedule
        self.chance = chance
        self.network = network
        self.disk = Disk(schedule, chance)
        self.disk.storage["accessToken"] = json.dumps(self.token_of(ADA))
        self.life: Life | None = None
        self.views: dict[int, str] = {}
        self.left: dict[int, str] = {}
        self.accounts: dict[int, str | None] = {}
        self.counts: dict[str, int] = {}
        self.is_kept = False
        self.was_set = False
        self.is_asleep = False
        self.missed: list[Callable[[], None]] = []
        self.before_step: Callable[[Life, Event | None], None] = lambda *_: None
        self.after_step: Callable[[Life, Event | None], None] = lambda *_: None
        self.after_paint: Callable[[Life], None] = lambda _: None
        self._view_numbers = count(1)
        self._naps: list[tuple[float, float]] = []
        self._stood_still = 0.0  # seconds that the monotonic clock lost in sleep
        self._wall_is_ahead = chance.between(f"clock of {name}", -5.0, 5.0)
        if chance.hits("clock wrong"):
            self._wall_is_ahead += chance.pick("clock", WRONG)

    def moment(self) -> Moment:
        """Return the moment by this machine's clocks."""
        now = self.schedule.now
        return Moment(now - self._stood_still, EPOCH + now + self._wall_is_ahead)

    def awake_since(self, moment: float) -> float:
        """Return the seconds that this machine was awake since the true second `moment`."""
        asleep = sum(
            min(b, self.schedule.now) - max(a, moment) for a, b in self._naps if b > moment
        )
        return self.schedule.now - moment - asleep

    def count(self, what: str) -> None:
        """Something of the "sometimes" list happened."""
        self.counts[what] = self.counts.get(what, 0) + 1

    def jump(self, seconds: float) -> None:
        """Somebody sets the wall clock."""
        self.was_set = True
        self._wall_is_ahead += seconds

    # --- the engine's life ------------------------------------------------------------------------

    def start(self) -> None:
        """Begin a life of the engine with what the disk holds; open views attach to it."""
        if self.life is not None:
            return
        life = self.life = Life(self)
        stored = json.loads(self.disk.storage.get("wsConnectionState", "{}"))
        last = stored.get("sessionId")
        life.feed(
            Started(
                settings=settings(),
                token=self.token(),
                last_session=None if last is None else SessionId(last),
                last_connected_at=stored.get("lastConnectedAt"),
                unsent=self.disk.unsent(),
                damaged=self.disk.damaged(),
                remembered=json.loads(self.disk.storage.get("account", "null")),
                capabilities=json.loads(self.disk.storage.get("capabilities", "null")),
            )
        )
        for view in self.views:
            self._attach(view)

    def kill(self) -> None:
        """The engine's process dies: its sockets with it, and what was not durable yet."""
        self.disk.crash()
        self.end()

    def end(self) -> None:
        """The engine's page is closed; what it wrote becomes durable."""
        life, self.life = self.life, None
        if life is None:
            return
        life.end()
        if self.is_kept:
            self.schedule.after(REOPENED, self.start)

    def follow(self) -> None:
        """Another engine takes the place of the one that stands still, with the views of it."""
        old, self.life = self.life, None
        assert old is not None, "there is none to follow"
        old.is_followed = True
        for view in old.engine.views:
            old.feed(ViewLeft(view))  # it hears of that when it goes on
        self.start()

    # --- views ------------------------------------------------------------------------------------

    def open_view(self, session_id: str) -> int:
        """Open a view of a session; return its number."""
        view = next(self._view_numbers)
        self.views[view] = session_id
        if self.life is None:
            self.start()
        else:
            self._attach(view)
        return view

    def painted(self, life: Life) -> None:
        """The views were painted; one in a new chat learns which session that has become."""
        if life.is_followed:
            return
        for view, shown in life.shown.items():
            self.accounts[view] = None if shown.account is None else shown.account.id
            is_new = shown.session_id is not None and shown.session_id != self.left.get(view)
            if is_new and self.views.get(view) == "":
                self.views[view] = str(shown.session_id)
        self.after_paint(life)

    def close_view(self, view: int) -> None:
        """Close a view."""
        del self.views[view]
        if self.life is not None:
            self.life.feed(ViewLeft(view))

    def _attach(self, view: int) -> None:
        assert self.life is not None
        session_id = self.views[view]
        wish = SessionId(session_id) if session_id else None
        self.life.feed(ViewAttached(view, wish, is_new_chat=not session_id))

    # --- the machine ------------------------------------------------------------------------------

    def sleep(self, seconds: float) -> None:
        """The lid is closed for a while. The monotonic clock stands still meanwhile."""
        if self.is_asleep:
            return
        self.is_asleep = True
        self._naps.append((self.schedule.now, self.schedule.now + seconds))
        self.schedule.after(seconds, lambda: self._wake(seconds))

    def _wake(self, seconds: float) -> None:
        self.is_asleep = False
        self._stood_still += seconds
        wires = [] if self.life is None else list(self.life.wires.values())
        if any(wire.is_open and not wire.is_cut for wire in wires):
            self.count("wake without a close")
        missed, self.missed = self.missed, []
        if self.chance.hits("wake untold"):
            pass  # only the clocks tell
        elif self.life is not None:
            self.life.feed(Woke("online"))
        for one in missed:
            one()

    def token_of(self, who: str, *, is_renewed: bool = False) -> str:
        """Return a token that somebody gets who signs in here."""
        is_opaque = self.network.server.form.has_opaque_tokens
        return token_of(who, is_opaque=is_opaque) + "-renewed" * is_renewed

    def change_token(self, text: str | None) -> None:
        """Somebody signs in or out."""
        value = None if text is None else json.dumps(text)
        self.disk.storage.pop("accessToken", None)
        if value is not None:
            self.disk.storage["accessToken"] = value
        if self.life is not None:
            self.life.feed(TokenChanged(self.token()))

    def token(self) -> SecretStr | None:
        """Return the token that is stored."""
        stored = self.disk.storage.get("accessToken")
        return None if stored is None else token(json.loads(stored))

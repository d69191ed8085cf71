"""`runtime.driver`: does as it is told, one fact at a time, with one timer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.builders import entry, moment
from threadline.core.effects import (
    AnswerView,
    CancelRequest,
    CloseEngine,
    CloseSocket,
    DeleteOutboxRow,
    DropSessions,
    EraseStore,
    KeepEngine,
    LoadSession,
    Notify,
    OpenSocket,
    OpenStore,
    Publish,
    ReadToken,
    Report,
    SaveSession,
    SendRequest,
    SendText,
    ShowUnread,
    StepDown,
    WriteOutboxRow,
    WriteStorage,
)
from threadline.core.errors import LocalMisuse
from threadline.core.events import Event, SocketClosed, TimerRang, Woke
from threadline.core.model import ClientMessageId, SessionId
from threadline.runtime.driver import Driver
from threadline.runtime.ports import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import SecretStr

    from threadline.core.effects import Effect, StoreOrder
    from threadline.core.model import OutboxEntry
    from threadline.core.moment import Moment

SESSION = SessionId("s1")
OPEN = OpenStore(1, "db")
LOAD = LoadSession(2, "db", SESSION)
SAVE = SaveSession(3, "db", SESSION, (), (), "row", is_whole=False)
DROP = DropSessions(4, "db", (SESSION,))
REQUEST = SendRequest(4, "GET", "http://api.test", None, "", None, 10.0)


class FakeWorld:
    """Every port at once, which writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []
        self.time = 0.0
        self.frame_due: float | None = None
        self.on_open: Callable[[], None] = lambda: None

    def now(self) -> Moment:
        return moment(self.time)

    def arm(self, seconds: float) -> None:
        self.told.append(("arm", seconds))

    def disarm(self) -> None:
        self.told.append(("disarm",))

    def mark(self) -> None:
        self.told.append(("mark",))

    def flush(self, now: Moment) -> None:
        self.told.append(("flush", now.monotonic))

    def next_deadline(self) -> float | None:
        return self.frame_due

    def answer(self, view: int, answer: str) -> None:
        self.told.append(("answer", view, answer))

    def let_go(self) -> None:
        self.told.append(("let_go",))

    def report(self, level: str, text: str) -> None:
        self.told.append((level, text))


class FakeSockets:
    """Sockets; opening one may cause the next event at once."""

    def __init__(self, world: FakeWorld) -> None:
        self.world = world

    def open(self, socket: int, url: str) -> None:
        self.world.told.append(("open", socket, url))
        self.world.on_open()

    def send(self, socket: int, text: str) -> None:
        self.world.told.append(("send", socket, text))

    def close(self, socket: int, code: int) -> None:
        self.world.told.append(("close", socket, code))


class FakeHttp:
    """Requests."""

    def __init__(self, world: FakeWorld) -> None:
        self.world = world

    def send(self, request: SendRequest) -> None:
        self.world.told.append(("request", request))

    def cancel(self, request: int) -> None:
        self.world.told.append(("cancel", request))


class FakeStorage:
    """Storage, and the outbox's rows."""

    def __init__(self, world: FakeWorld) -> None:
        self.world = world

    def read_token(self) -> None:
        self.world.told.append(("token",))

    def write(self, key: str, value: SecretStr | str | None) -> None:
        self.world.told.append(("write", key, value))

    def update(self, entry: OutboxEntry, question: int | None) -> None:
        self.world.told.append(("row", entry, question))

    def delete(self, client_message_id: ClientMessageId) -> None:
        self.world.told.append(("no row", client_message_id))


class FakeHost:
    """The page that holds the engine."""

    def __init__(self, world: FakeWorld) -> None:
        self.world = world

    def keep(self, *, is_wanted: bool) -> None:
        self.world.told.append(("keep", is_wanted))

    def close(self) -> None:
        self.world.told.append(("close engine",))

    def notify(self, session_id: SessionId, title: str, text: str) -> None:
        self.world.told.append(("notify", session_id, title, text))

    def show_unread(self, count: int) -> None:
        self.world.told.append(("unread", count))


class FakeRecords:
    """The stored sessions."""

    def __init__(self, world: FakeWorld) -> None:
        self.world = world

    def perform(self, order: StoreOrder) -> None:
        self.world.told.append(("store", order))


class FakeEngine:
    """An engine that answers what the test says."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.effects: list[Effect] = []
        self.error: Exception | None = None
        self.due: float | None = None

    def handle(self, event: Event, now: Moment) -> list[Effect]:
        self.events.append(event)
        if self.error is not None:
            raise self.error
        effects, self.effects = self.effects, []
        return effects

    def next_deadline(self) -> float | None:
        return self.due


@pytest.fixture
def world() -> FakeWorld:
    """Return a world."""
    return FakeWorld()


@pytest.fixture
def engine() -> FakeEngine:
    """Return an engine."""
    return FakeEngine()


@pytest.fixture
def driver(engine: FakeEngine, world: FakeWorld) -> Driver:
    """Return a driver between the two."""
    storage = FakeStorage(world)
    ports = World(
        clock=world,
        sockets=FakeSockets(world),
        http=FakeHttp(world),
        storage=storage,
        outbox=storage,
        host=FakeHost(world),
        records=FakeRecords(world),
        screen=world,
        log=world,
    )
    return Driver(engine, ports)


def test_performs_every_order_in_its_order(
    driver: Driver, engine: FakeEngine, world: FakeWorld
) -> None:
    """ARCHITECTURE, rings: performs orders through ports; holds no rule."""
    text = entry()
    engine.effects = [
        OpenSocket(1, "ws://x"),
        SendText(1, "hi"),
        CloseSocket(1, 1000),
        REQUEST,
        CancelRequest(4),
        WriteStorage("settings", "{}"),
        ReadToken(),
        WriteOutboxRow(text, 5),
        DeleteOutboxRow(ClientMessageId("c1")),
        KeepEngine(is_wanted=True),
        CloseEngine(),
        OPEN,
        LOAD,
        SAVE,
        DROP,
        EraseStore("db"),
        StepDown(),
        ShowUnread(3),
        Notify(SessionId("s1"), "A title", "Finished."),
        AnswerView(9, "{}"),
        Publish(),
        Report("info", "words"),
    ]

    driver.feed(Woke("test"))

    assert world.told == [
        ("open", 1, "ws://x"),
        ("send", 1, "hi"),
        ("close", 1, 1000),
        ("request", REQUEST),
        ("cancel", 4),
        ("write", "settings", "{}"),
        ("token",),
        ("row", text, 5),
        ("no row", "c1"),
        ("keep", True),
        ("close engine",),
        ("store", OPEN),
        ("store", LOAD),
        ("store", SAVE),
        ("store", DROP),
        ("store", EraseStore("db")),
        ("let_go",),
        ("unread", 3),
        ("notify", "s1", "A title", "Finished."),
        ("answer", 9, "{}"),
        ("mark",),
        ("info", "words"),
        ("flush", 0.0),
    ]


def test_an_order_that_causes_an_event_does_not_nest(
    driver: Driver, engine: FakeEngine, world: FakeWorld
) -> None:
    """Style 3.8: one inbox; orders of the first fact come before those of the second."""
    engine.effects = [OpenSocket(1, "ws://x"), Report("info", "first")]

    def fail() -> None:
        driver.feed(SocketClosed(1, 1006))
        engine.effects = [Report("info", "second")]

    world.on_open = fail
    driver.feed(Woke("test"))

    words = [one[1] for one in world.told if one[0] == "info"]
    assert words == ["first", "second"]
    assert engine.events == [Woke("test"), SocketClosed(1, 1006)]
    assert world.told.count(("flush", 0.0)) == 1


def test_arms_one_timer_for_the_first_deadline(
    driver: Driver, engine: FakeEngine, world: FakeWorld
) -> None:
    """Style 3.8: one deadline; the same one is not armed twice."""
    engine.due, world.frame_due = 5.0, None
    driver.feed(Woke("test"))
    driver.feed(Woke("test"))
    world.frame_due = 2.0
    driver.feed(Woke("test"))
    world.time, engine.due, world.frame_due = 9.0, 8.0, None
    driver.ring()
    engine.due = None
    driver.feed(Woke("test"))

    timers = [one for one in world.told if one[0] in ("arm", "disarm")]
    assert timers == [("arm", 5.0), ("arm", 2.0), ("arm", 0.0), ("disarm",)]
    assert engine.events[-2] == TimerRang()


def test_a_ring_that_came_early_is_armed_again(
    driver: Driver, engine: FakeEngine, world: FakeWorld
) -> None:
    """A timer may ring a hair early."""
    engine.due = 5.0
    driver.feed(Woke("test"))
    world.time = 4.75
    driver.ring()

    assert [one for one in world.told if one[0] == "arm"] == [("arm", 5.0), ("arm", 0.25)]


def test_an_engine_that_fails_over_one_fact_goes_on_with_the_next(
    driver: Driver, engine: FakeEngine, world: FakeWorld
) -> None:
    """sync.md S17: reported without its text, which could hold the person's words."""
    engine.error = ValueError("the person's words")
    driver.feed(Woke("test"))
    engine.error = None
    engine.effects = [Report("info", "still here")]
    driver.feed(Woke("test"))

    level, text = next(one for one in world.told if one[0] == "error")
    assert level == "error"
    assert str(text).startswith("Woke failed: ValueError at driver.py:")
    assert "words" not in str(text)
    assert ("mark",) in world.told
    assert ("info", "still here") in world.told


def test_a_mistake_of_our_own_is_not_hidden(driver: Driver, engine: FakeEngine) -> None:
    """CONTRIBUTING: `LocalMisuse` is a bug, never caught; the driver is not stuck after it."""
    engine.error = LocalMisuse("a bug")
    with pytest.raises(LocalMisuse):
        driver.feed(Woke("test"))
    engine.error = None

    driver.feed(Woke("again"))

    assert engine.events[-1] == Woke("again")

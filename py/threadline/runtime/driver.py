"""The one place where effects meet the world: feeds an engine and does as it says."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from threadline.core.effects import (
    AnswerView,
    CancelRequest,
    CloseEngine,
    CloseSocket,
    DeleteOutboxRow,
    DropSessions,
    Effect,
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
from threadline.core.events import TimerRang

if TYPE_CHECKING:
    from threadline.core.events import Event
    from threadline.core.moment import Moment

    from .ports import Machine, World

__all__ = ["Driver"]


class Driver:
    """Feeds an engine and performs its orders. Holds one timer, and no rules.

    Events are queued and taken one at a time: an order whose performing causes the next event does
    not nest.

    Args:
        engine: What decides.
        world: What performs.
    """

    def __init__(self, engine: Machine, world: World) -> None:
        self._engine = engine
        self._world = world
        self._inbox: deque[Event] = deque()
        self._is_busy = False
        self._armed: float | None = None

    def feed(self, event: Event) -> None:
        """Hand one event to the engine and perform what it answers.

        An engine that fails over one event must not fail over the next: the error is reported,
        and the engine goes on with the state it has (sync.md S17).
        """
        self._inbox.append(event)
        if self._is_busy:
            return
        self._is_busy = True
        # One look at the clocks for an event and its paint: each is two calls into the page.
        now = self._world.clock.now()
        try:
            self._take(self._inbox.popleft(), now)
            while self._inbox:
                now = self._world.clock.now()
                self._take(self._inbox.popleft(), now)
        finally:
            self._is_busy = False
        self._world.screen.flush(now)
        self._rearm(now)

    def ring(self) -> None:
        """The timer rang."""
        self._armed = None
        self.feed(TimerRang())

    def _take(self, event: Event, now: Moment) -> None:
        try:
            for effect in self._engine.handle(event, now):
                self._perform(effect)
        except LocalMisuse:
            raise
        except Exception as error:
            # The type and place say what an engineer needs; the text could hold the person's words.
            name = type(event).__name__
            self._world.log.report("error", f"{name} failed: {_described(error)}")
            self._world.screen.mark()

    def _perform(self, effect: Effect) -> None:
        world = self._world
        match effect:
            case OpenSocket(socket, url):
                world.sockets.open(socket, url)
            case SendText(socket, text):
                world.sockets.send(socket, text)
            case CloseSocket(socket, code):
                world.sockets.close(socket, code)
            case SendRequest():
                world.http.send(effect)
            case CancelRequest(request):
                world.http.cancel(request)
            case WriteStorage() | ReadToken() | WriteOutboxRow() | DeleteOutboxRow():
                self._keep(effect)
            case OpenStore() | LoadSession() | SaveSession() | DropSessions() | EraseStore():
                world.records.perform(effect)
            case KeepEngine() | CloseEngine() | ShowUnread() | Notify():
                self._tell_host(effect)
            case StepDown():
                world.screen.let_go()
            case AnswerView(view, answer):
                world.screen.answer(view, answer)
            case Publish():
                world.screen.mark()
            case Report(level, text):  # pragma: no branch
                world.log.report(level, text)

    def _keep(self, effect: WriteStorage | ReadToken | WriteOutboxRow | DeleteOutboxRow) -> None:
        match effect:
            case WriteStorage(key, value):
                self._world.storage.write(key, value)
            case ReadToken():
                self._world.storage.read_token()
            case WriteOutboxRow(entry, question):
                self._world.outbox.update(entry, question)
            case DeleteOutboxRow(client_message_id):  # pragma: no branch
                self._world.outbox.delete(client_message_id)

    def _tell_host(self, effect: KeepEngine | CloseEngine | ShowUnread | Notify) -> None:
        match effect:
            case KeepEngine(is_wanted):
                self._world.host.keep(is_wanted=is_wanted)
            case CloseEngine():
                self._world.host.close()
            case ShowUnread(count):
                self._world.host.show_unread(count)
            case Notify(session_id, title, text):  # pragma: no branch
                self._world.host.notify(session_id, title, text)

    def _rearm(self, now: Moment) -> None:
        dues = (self._engine.next_deadline(), self._world.screen.next_deadline())
        due = min((one for one in dues if one is not None), default=None)
        if due == self._armed:
            return
        self._armed = due
        if due is None:
            self._world.clock.disarm()
        else:
            self._world.clock.arm(max(0.0, due - now.monotonic))


def _described(error: BaseException) -> str:
    """Return type and places of an error, innermost last, without its text."""
    places: list[str] = []
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return f"{type(error).__name__} at {' > '.join(places[-4:])}"

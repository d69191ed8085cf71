"""The whole client as one object: facts in, orders out, time as an argument.

After each `handle`, perform the effects in order, then arm one timer for `next_deadline`.
`show` returns what one view shows. What each fact means is decided in the modules named after the
concern; this one leads facts there, and afterwards begins whatever has become due.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from . import (
    answers,
    checking,
    health,
    learning,
    options,
    ownership,
    polling,
    pushes,
    reachability,
    sending,
    session_list,
    settling,
    storing,
    viewing,
)
from .connection_record import ConnectionRecord
from .diagnosis import diagnosis
from .effects import StepDown
from .events import (
    Fenced,
    RequestAnswered,
    RequestFailed,
    RowNotWritten,
    RowWritten,
    SettingsChanged,
    SocketClosed,
    SocketOpened,
    Started,
    StoreEvent,
    TextReceived,
    TimerRang,
    TokenChanged,
    ViewAttached,
    ViewLeft,
    ViewSaid,
    Woke,
)
from .session_view import SessionView
from .settings import settings_from
from .showing import session_view
from .state import State
from .view_requests import GetDiagnostics, OptionsRequest, SessionRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import SecretStr

    from .effects import Effect
    from .events import Event
    from .moment import Moment
    from .settings import Settings

__all__ = ["CLOCK_JUMP", "Engine"]

CLOCK_JUMP: Final = 5.0  # seconds by which the clocks may part before it counts as sleep (C3)


class Engine:
    """Sans-I/O client: connection, history, outbox, and what every view shows.

    Args:
        configuration: The build's settings, as JSON members; validated at once.
        version: Of the extension.
        jitter: Draws from [0, 1). Give it a seeded generator in tests.

    Raises:
        pydantic.ValidationError: `configuration` is not valid.
    """

    def __init__(
        self, configuration: dict[str, Any], version: str, jitter: Callable[[], float]
    ) -> None:
        self._configuration = configuration
        self._version = version
        self._jitter = jitter
        settings, _ = settings_from(configuration, None)
        self._state = State.begin(settings, None, version, jitter)
        self._is_started = self._is_fenced = False  # fenced: another engine has taken over
        self._clocks: Moment | None = None
        self._record = ConnectionRecord()
        self._begins_at: float | None = None  # monotonic second; what is due waits for a paint

    def handle(self, event: Event, now: Moment) -> list[Effect]:
        """Take one fact into account; return what to do about it.

        An engine that another one has taken over from does nothing any more (sync.md W2).
        """
        if self._is_fenced:
            return []
        if self._has_jumped(now):
            self._wake(now)
        if checking.is_for_test(event):
            checking.take(self._state, event, now)
        else:
            self._take(event, now)
        if not self._is_fenced:
            self._settle(event, now)
        effects, self._state.effects = self._state.effects, []
        return effects

    def next_deadline(self) -> float | None:
        """Return the monotonic second at which a `TimerRang` is due, if any."""
        if self._is_fenced:
            return None
        if self._begins_at is not None:
            return self._begins_at  # all other dues are known after that
        state = self._state
        dues = [state.client.next_deadline(), state.saving.next_deadline()]
        dues += [health.next_deadline(state), learning.next_deadline(state)]
        if state.doctor is not None:
            dues.append(state.doctor.next_deadline())
        dues += [state.lifetime.next_deadline(state), session_list.next_deadline(state)]
        dues += [session.run.next_deadline() for session in state.sessions.values()]
        if state.can_ask:
            dues += [session.history.next_deadline() for session in state.sessions.values()]
            dues.append(state.outbox.next_deadline() if state.may_send else None)
            dues += [
                session.lost_at + polling.POLL_AFTER
                for session in map(state.session, state.shown())
                if session.lost_at is not None and session.history.cadence is None
            ]
        return min((due for due in dues if due is not None), default=None)

    def show(self, view: int, now: Moment) -> SessionView:
        """Return what the view `view` shows; an empty one for a view that is gone."""
        shown = self._state.views.get(view)
        return SessionView() if shown is None else session_view(self._state, shown, now)

    def diagnose(self, now: Moment) -> dict[str, Any]:
        """Return what is known, in figures and without anything secret, as JSON members."""
        return diagnosis(self._state, now)

    @property
    def views(self) -> tuple[int, ...]:
        """The views that show a session, in the order in which they attached."""
        return tuple(number for number, view in self._state.views.items() if not view.is_options)

    # --- facts ------------------------------------------------------------------------------

    def _take(self, event: Event, now: Moment) -> None:
        state = self._state
        if isinstance(event, StoreEvent):
            storing.take(state, event, now)
            return
        match event:
            case Started():
                self._start(event, now)
                sending.adopt(self._state, event.unsent, now)
                self._resume(now)
            case ViewAttached():
                viewing.attach(state, event, now)
            case ViewLeft(view):
                viewing.leave(state, view)
            case ViewSaid():
                self._asked(event, now)
            case TokenChanged(token):
                self._token_changed(token, now)
            case SettingsChanged(settings):
                self._settings_changed(settings, now)
            case SocketOpened() | TextReceived() | SocketClosed():
                self._line(event, now)
            case RequestAnswered(request, status, headers, body):
                answers.answered(state, request, status, headers, body, now)
            case RequestFailed(request, cause):
                answers.failed(state, request, cause, now)
            case RowWritten() | RowNotWritten():
                sending.noted(state, event, now)
            case Fenced():
                self._step_down(now)
            case Woke(reason):
                self._woke(reason, now)
            case TimerRang():  # pragma: no branch
                self._tick(now)

    def _line(self, event: SocketOpened | TextReceived | SocketClosed, now: Moment) -> None:
        match event:
            case SocketOpened():
                pass  # nothing may be sent before the server's handshake frame
            case TextReceived(socket, text):
                self._state.client.text_received(socket, text, now.monotonic)
            case SocketClosed(socket, code, reason):  # pragma: no branch
                self._state.client.socket_closed(socket, code, now.monotonic, reason)

    def _asked(self, event: ViewSaid, now: Moment) -> None:
        if isinstance(event.request, OptionsRequest):
            options.ask(self._state, event.view, event.request, self._configuration, now)
        elif isinstance(event.request, SessionRequest):
            session_list.ask(self._state, event.view, event.request, now)
        elif not isinstance(event.request, GetDiagnostics):  # the composition root answers it
            viewing.ask(self._state, event.view, event.request, now)

    def _start(self, started: Started, now: Moment) -> None:
        self._is_started, views = True, self._state.views
        state = State.begin(started.settings, started.token, self._version, self._jitter)
        self._state, self._record.last_connected_at = state, started.last_connected_at
        state.views, state.remembered, state.damaged = views, started.remembered, started.damaged
        state.marks.recall(started.marks)
        if isinstance(started.capabilities, dict):
            state.known_servers = started.capabilities
        state.recent = [] if started.last_session is None else [started.last_session]
        self._begin_with_token(now)

    def _token_changed(self, token: SecretStr | None, now: Moment) -> None:
        state = self._state
        if token == state.rest.token:
            return
        answers.dropped(state, state.rest.configure(state.settings, token), now)
        state.is_token_refused = False
        if token is None:
            storing.close(state, now)
            viewing.forget_sessions(state, now)
        self._begin_with_token(now)
        state.client.retry_refused(now.monotonic)
        self._resume(now)

    def _settings_changed(self, settings: Settings, now: Moment) -> None:
        state = self._state
        if settings == state.settings:
            return
        if settings.has_servers_of(state.settings):
            state.settings = settings
            return
        is_other_server = settings.api_base != state.settings.api_base
        answers.dropped(state, state.rest.configure(settings, state.rest.token), now)
        state.settings = settings
        reachability.forget(state)
        state.inquired_at = None  # it was perhaps another push server
        if is_other_server:
            state.clock.forget()
            state.is_token_refused = False
            storing.close(state, now)
            viewing.forget_sessions(state, now)
        self._begin_with_token(now, is_same=True)
        state.client.retry_refused(now.monotonic)
        self._resume(now)

    def _begin_with_token(self, now: Moment, *, is_same: bool = False) -> None:
        state = self._state
        token = state.rest.token
        state.summaries, state.is_listed, state.list_due = {}, False, None
        state.has_heard_nonsense = False
        ownership.begin(state, now, is_same_token=is_same)
        state.outbox.is_paused = token is None
        if token is None:
            learning.end(state)
        else:
            state.outbox.resume()
            learning.begin(state, now)
        state.publish()

    def _resume(self, now: Moment) -> None:
        """REST can be asked, perhaps for the first time: ask for all that is wanted."""
        state = self._state
        if not state.can_ask:
            return
        for session_id in state.shown():
            state.session(session_id).history.open(now.monotonic)
        for session in state.sessions.values():
            session.history.retry(now.monotonic)
        sending.look_again(state, now)

    def _has_jumped(self, now: Moment) -> bool:
        before, self._clocks = self._clocks, now
        if before is None:
            return False
        drift = (now.wall - before.wall) - (now.monotonic - before.monotonic)
        if abs(drift) > CLOCK_JUMP:
            self._state.clock.forget()
        return drift > CLOCK_JUMP

    def _wake(self, now: Moment) -> None:
        """What was true before may not be any more: test the line and read what was missed."""
        state = self._state
        state.client.probe(now.monotonic)
        for session_id in state.shown():
            state.session(session_id).history.catch_up(now.monotonic)
        if state.can_ask:
            state.outbox.resume()

    def _woke(self, reason: str, now: Moment) -> None:
        state = self._state
        if reason == "offline":
            state.is_online = False
            state.client.doubt(now.monotonic)
            return
        if reason == "online":
            state.is_online = True
            reachability.forget(state)
        self._wake(now)

    def _tick(self, now: Moment) -> None:
        state = self._state
        state.client.tick(now.monotonic)
        checking.take(state, TimerRang(), now)
        sending.give_up_looking(state, now)
        learning.tick(state, now)
        for session in state.sessions.values():
            if session.run.tick(now.monotonic):
                state.publish()

    def _step_down(self, now: Moment) -> None:
        """Another engine has taken over: end every line, and let the views find that one."""
        state = self._state
        state.rest.configure(state.settings, None)
        state.client.want((), now.monotonic)
        pushes.take_notices(state, now)
        state.effects = [*state.effects, *state.rest.drain(), StepDown()]
        self._is_fenced = True

    # --- what follows from every fact ---------------------------------------------------------

    def _settle(self, event: Event, now: Moment) -> None:
        """Let views show what came of `event`; begin what is due, or do so once that is painted."""
        state = self._state
        if isinstance(event, TextReceived) and settling.show(state, now) and self._may_wait(now):
            return
        self._begins_at = None
        state.client.configure(state.settings.socket_url(self._version), now.monotonic)
        settling.begin(state, now, may_write=isinstance(event, TimerRang))
        if self._is_started:
            state.lifetime.settle(state, now)
        self._record.settle(state, now)

    def _may_wait(self, now: Moment) -> bool:
        """Whether what is due can be begun when the timer rings for it."""
        if self._begins_at is None:
            self._begins_at = now.monotonic + settling.PAINT_FIRST
        return now.monotonic < self._begins_at

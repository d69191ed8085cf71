"""The composition root: makes every object of the engine once, in order, and names them.

Both hosts (the offscreen document and the panel page) call `start`; nothing below knows which.
"""

from __future__ import annotations

import json
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final, Literal

from threadline.browser import ffi
from threadline.browser.clock import PageClock, jitter
from threadline.browser.http import BrowserHttp
from threadline.browser.inbox import event_from, token_from
from threadline.browser.sockets import BrowserSockets
from threadline.browser.storage import (
    BrowserOutboxRows,
    BrowserRecords,
    BrowserStorage,
    entries_from,
)
from threadline.browser.views import BrowserHost, BrowserLog, let_go, post_to_view
from threadline.core.engine import Engine
from threadline.core.errors import RejectedPayload
from threadline.core.events import (
    SettingsChanged,
    Started,
    TextReceived,
    TokenChanged,
    ViewAttached,
    ViewLeft,
    ViewSaid,
)
from threadline.core.model import SessionId
from threadline.core.settings import Settings, settings_from
from threadline.core.view_requests import GetDiagnostics, Hello
from threadline.runtime.driver import Driver
from threadline.runtime.flight_recorder import FlightRecorder
from threadline.runtime.ports import World
from threadline.ui.words import translated

from .language import speak_as_page
from .presenter import Presenter

if TYPE_CHECKING:
    from pydantic import SecretStr

    from threadline.core.model import DamagedRow, OutboxEntry

__all__ = ["EngineHost", "start"]

KEYS: Final = (
    "accessToken",
    "account",
    "capabilities",
    "sessionMarks",
    "settings",
    "wsConnectionState",
)
READ_NUMBER: Final = 1  # of what the last life left


class EngineHost:
    """One life of the engine: reads what the last one left, then handles what comes in.

    What views say before that is kept and handled afterwards, in order.
    """

    def __init__(self) -> None:
        speak_as_page()
        configuration: dict[str, Any] = json.loads(ffi.host.configuration())
        self._configuration = configuration
        self._engine = Engine(configuration, str(configuration["version"]), jitter)
        self._log = BrowserLog()
        self._storage = BrowserStorage()
        self._rows = BrowserOutboxRows()
        self._screen = Presenter(
            self._engine, post_to_view, let_go, term=token_hex(8), boot=ffi.host.boot()
        )
        self._clock = PageClock()
        self._recorder = FlightRecorder(self._engine)
        self._driver = Driver(
            self._recorder,
            World(
                clock=self._clock,
                sockets=BrowserSockets(),
                http=BrowserHttp(),
                storage=self._storage,
                outbox=self._rows,
                host=BrowserHost(translated),
                records=BrowserRecords(),
                screen=self._screen,
                log=self._log,
            ),
        )
        self._stored: dict[str, Any] | None = None
        self._unsent: tuple[OutboxEntry, ...] | None = None
        self._damaged: tuple[DamagedRow, ...] = ()
        self._early: list[tuple[str, int, str]] = []
        self._is_started = False

    def begin(self) -> None:
        """Listen, and ask for what the last life left."""
        ffi.listen(self.deliver)
        self._storage.read(READ_NUMBER, KEYS)
        self._rows.read(READ_NUMBER)

    def deliver(self, topic: str, number: int, text: str) -> None:
        """Take one delivery from JavaScript. Never raises into it."""
        try:
            if topic == "storage_read" and self._is_started:
                self._storage_read_again(json.loads(text))
            elif topic in ("storage_read", "outbox_read"):
                self._was_read(topic, text)
            elif not self._is_started:
                self._early.append((topic, number, text))
            elif topic == "storage_changed":
                self._storage_changed(json.loads(text))
            elif topic == "language_changed":
                speak_as_page()
                self._screen.repaint()
                self._driver.ring()
            else:
                self._take(topic, number, text)
        except RejectedPayload as fault:
            self._log.report("warning", str(fault))
        except Exception as error:
            self._log.report("error", f"{topic}: {type(error).__name__}")

    def _take(self, topic: str, number: int, text: str) -> None:
        if topic == "timer_rang":
            self._driver.ring()
            return
        event = event_from(topic, number, text)
        if isinstance(event, ViewSaid) and isinstance(event.request, Hello):
            event = self._greet(number, event.request)
        elif isinstance(event, ViewSaid) and isinstance(event.request, GetDiagnostics):
            self._diagnose(number, event.request)
            return
        elif isinstance(event, ViewLeft):
            self._screen.forget(number)
        if event is None:
            return
        if not isinstance(event, TextReceived):
            self._driver.feed(event)
            return
        began = ffi.host.monotonic()
        self._driver.feed(event)
        self._recorder.painted((ffi.host.monotonic() - began) / 1000.0)

    def _diagnose(self, view: int, asked: GetDiagnostics) -> None:
        told = {
            "type": "diagnostics",
            "request": asked.request,
            "boot": ffi.host.boot(),
            "engine": self._engine.diagnose(self._clock.now()),
            "counts": self._recorder.counts,
            "latencies": self._recorder.latencies(),
            "entries": [(one.at, one.kind, one.words) for one in self._recorder.entries],
        }
        post_to_view(view, json.dumps(told))

    def _greet(self, view: int, hello: Hello) -> ViewAttached:
        is_options = hello.surface == "options"
        if not is_options:
            self._screen.attach(view, hello.term, hello.version)
        return ViewAttached(
            view,
            None if hello.session is None else SessionId(hello.session),
            is_options=is_options,
            is_new_chat=hello.new_chat,
            place=hello.place,
        )

    def _was_read(self, topic: str, text: str) -> None:
        if topic == "storage_read":
            self._stored = json.loads(text)
        else:
            self._unsent, self._damaged = entries_from(text)
            if self._damaged:
                self._log.report("warning", f"{len(self._damaged)} outbox rows cannot be read")
        if self._stored is not None and self._unsent is not None and not self._is_started:
            self._is_started = True
            self._start(self._stored, self._unsent)

    def _start(self, stored: dict[str, Any], unsent: tuple[OutboxEntry, ...]) -> None:
        connection = stored.get("wsConnectionState")
        last = connection.get("sessionId") if isinstance(connection, dict) else None
        at = connection.get("lastConnectedAt") if isinstance(connection, dict) else None
        self._driver.feed(
            Started(
                settings=self._settings(stored.get("settings")),
                token=self._token(stored.get("accessToken")),
                last_session=SessionId(last) if isinstance(last, str) and last else None,
                last_connected_at=int(at) if isinstance(at, (int, float)) else None,
                unsent=unsent,
                remembered=stored.get("account"),
                damaged=self._damaged,
                capabilities=stored.get("capabilities"),
                marks=stored.get("sessionMarks"),
            )
        )
        early, self._early = self._early, []
        for topic, number, text in early:
            self.deliver(topic, number, text)

    def _storage_read_again(self, values: dict[str, Any]) -> None:
        # What is not there may only have failed to be read; that a token is gone is told anyhow.
        if "accessToken" in values:
            self._driver.feed(TokenChanged(self._token(values["accessToken"])))

    def _storage_changed(self, changes: dict[str, Any]) -> None:
        if "settings" in changes:
            self._driver.feed(SettingsChanged(self._settings(changes["settings"])))
        if "accessToken" in changes:
            self._driver.feed(TokenChanged(self._token(changes["accessToken"])))

    def _settings(self, stored: object) -> Settings:
        settings, errors = settings_from(self._configuration, stored)
        for field, words in errors.items():
            self._log.report("warning", f"stored setting {field} {words}; the build's are used")
        return settings

    def _token(self, value: object) -> SecretStr | None:
        try:
            return token_from(value)
        except RejectedPayload as fault:
            self._log.report("warning", str(fault))
            return None


def start(kind: Literal["offscreen", "panel"]) -> None:
    """Start the engine in this page; `kind` says which host it is, for the log."""
    EngineHost().begin()
    ffi.host.report("info", f"engine started in the {kind} host")

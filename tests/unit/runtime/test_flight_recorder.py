"""`runtime.flight_recorder`: what it notes, what it only counts, and what never gets into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import SecretStr

from tests.support.builders import moment, settings
from threadline.core.effects import (
    CancelRequest,
    CloseEngine,
    CloseSocket,
    OpenSocket,
    Publish,
    Report,
    SendRequest,
    SendText,
    StepDown,
)
from threadline.core.events import (
    RequestAnswered,
    RequestFailed,
    SettingsChanged,
    SocketClosed,
    SocketOpened,
    Started,
    TextReceived,
    TimerRang,
    TokenChanged,
    ViewAttached,
    ViewLeft,
    Woke,
)
from threadline.core.model import SessionId
from threadline.runtime.flight_recorder import MAX_ENTRIES, FlightRecorder

if TYPE_CHECKING:
    from threadline.core.effects import Effect
    from threadline.core.events import Event
    from threadline.core.moment import Moment

SECRET = "s3cret"
URL = "https://api.test/api/session/private-id/messages?limit=50&token=s3cret"
ASKED = SendRequest(7, "GET", URL, None, "", SecretStr(SECRET), 10.0)


class Engine:
    """An engine that answers every event with what it was given."""

    def __init__(self, *effects: Effect) -> None:
        self.effects = list(effects)
        self.heard: list[Event] = []

    def handle(self, event: Event, _now: Moment) -> list[Effect]:
        self.heard.append(event)
        return self.effects

    def next_deadline(self) -> float | None:
        return 4.0


def noted(event: Event, *effects: Effect) -> list[str]:
    """Return the lines that an event and its orders leave behind."""
    recorder = FlightRecorder(Engine(*effects))
    recorder.handle(event, moment(1.0))
    return [f"{entry.kind}: {entry.words}" for entry in recorder.entries]


def test_it_lets_everything_pass() -> None:
    """The engine hears the event, the driver gets its orders and its deadline."""
    engine = Engine(Publish())
    recorder = FlightRecorder(engine)

    assert recorder.handle(TimerRang(), moment(1.0)) == [Publish()]
    assert engine.heard == [TimerRang()]
    assert recorder.next_deadline() == 4.0
    assert recorder.entries == ()


def test_it_notes_what_happens_to_the_connection() -> None:
    """Sockets with their codes, the protocol's own frames, and what may be the reason."""
    established = '{"event":"pusher:connection_established","data":"{}"}'
    started = Started(settings(), None, None, None, ())

    assert noted(started, OpenSocket(1, "wss://push.test:3005/app/key?protocol=7")) == [
        "engine: started",
        "socket: 1 opening to push.test:3005",
    ]
    assert noted(SocketOpened(1)) == ["socket: 1 opened"]
    assert noted(TextReceived(1, established)) == [
        "frame: 1 received pusher:connection_established"
    ]
    assert noted(SocketClosed(1, 4201, "why"), CloseSocket(2, 1000)) == [
        "socket: 1 closed with 4201",
        "socket: 2 closing with 1000",
    ]
    assert noted(Woke("online")) == ["engine: woke: online"]
    assert noted(TimerRang(), CloseEngine()) == ["engine: closing"]
    assert noted(TimerRang(), StepDown()) == ["engine: stepping down: another engine took over"]
    assert noted(TokenChanged(SecretStr(SECRET))) == ["engine: token changed"]
    assert noted(TokenChanged(None)) == ["engine: token is gone"]
    assert noted(SettingsChanged(settings())) == ["engine: settings changed"]
    assert noted(ViewAttached(3, None)) == ["view: 3 attached"]
    assert noted(ViewAttached(3, None, is_options=True)) == ["view: 3 attached (settings)"]
    assert noted(ViewLeft(3)) == ["view: 3 left"]
    assert noted(TimerRang(), Report("warning", "w"), Report("info", "i")) == ["report: warning: w"]


def test_what_is_frequent_and_well_is_counted_only() -> None:
    """Two hundred lines are to reach far back."""
    recorder = FlightRecorder(Engine(SendText(1, '{"event":"pusher:ping"}'), ASKED))
    recorder.handle(TextReceived(1, '{"event": "new_message", "data": "{}"}'), moment(1.0))
    recorder.handle(TextReceived(1, '{"event":"pusher:pong"}'), moment(1.0))
    recorder.handle(RequestAnswered(7, 200, {}, "[]"), moment(1.5))
    recorder.handle(TextReceived(1, "{" + " " * 300 + '"event":"late"}'), moment(1.6))

    assert recorder.entries == ()
    assert recorder.counts["received: new_message"] == 1
    assert recorder.counts["received: pusher:pong"] == 1
    assert recorder.counts["received: unreadable"] == 1
    assert recorder.counts["sent: pusher:ping"] == 4
    assert recorder.counts["frames received"] == 3
    assert recorder.counts["requests answered"] == 1


def test_a_request_that_failed_is_noted_without_what_it_names() -> None:
    """Method, known parts of the path, outcome and time; no id, no query, no token."""
    for event, outcome in (
        (RequestAnswered(7, 403, {}, SECRET), "403"),
        (RequestFailed(7, "timeout"), "timeout"),
    ):
        recorder = FlightRecorder(Engine(ASKED))
        recorder.handle(TimerRang(), moment(1.0))
        recorder.handle(event, moment(1.25))

        words = f"GET /api/session/…/messages: {outcome} after 250 ms"
        assert [entry.words for entry in recorder.entries] == [words]


def test_an_answer_to_a_question_that_it_did_not_see() -> None:
    """A request that was given up is not waited for; one of the connection test is nobody's."""
    recorder = FlightRecorder(Engine(ASKED, CancelRequest(7), CancelRequest(8)))
    recorder.handle(TimerRang(), moment(1.0))
    recorder.handle(RequestFailed(7, "network"), moment(2.0))

    assert [entry.words for entry in recorder.entries] == [
        "a request of the connection test: network after 0 ms"
    ]


def test_it_tells_how_quick_things_are() -> None:
    """Median and 95th percentile, of what was measured."""
    recorder = FlightRecorder(Engine())
    assert recorder.latencies() == {}

    for milliseconds in range(1, 101):
        recorder.painted(milliseconds / 1000)

    assert recorder.latencies() == {"paint": (0.051, 0.096)}


def test_it_keeps_the_last_ones() -> None:
    """However long the engine lives."""
    recorder = FlightRecorder(Engine())
    for socket in range(MAX_ENTRIES + 50):
        recorder.handle(SocketOpened(socket), moment(1.0))

    assert len(recorder.entries) == MAX_ENTRIES
    assert recorder.entries[0].words == "50 opened"


def test_nothing_secret_is_in_it() -> None:
    """SPEC.md E2: no token, text, id or query, whatever passes."""
    text = '{"event":"pusher:subscribe","data":{"auth":"s3cret"},"channel":"s3cret"}'
    recorder = FlightRecorder(
        Engine(
            ASKED,
            SendText(1, text),
            OpenSocket(1, "ws://u:s3cret@push.test/app/s3cret"),
        )
    )
    for event in (
        TokenChanged(SecretStr(SECRET)),
        ViewAttached(1, SessionId(SECRET)),
        TextReceived(1, text),
        SocketClosed(1, 4000, SECRET),
        RequestAnswered(7, 500, {"x": SECRET}, SECRET),
    ):
        recorder.handle(event, moment(1.0))

    assert SECRET not in repr(recorder.entries) + repr(recorder.counts)

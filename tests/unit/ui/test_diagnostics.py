"""`ui.diagnostics`: the page's slots and the report, from what an engine really tells."""

from __future__ import annotations

import json

from tests.support.world import World
from threadline.core.events import SocketClosed
from threadline.runtime.flight_recorder import FlightRecorder
from threadline.ui.diagnostics import Diagnostics


def told(world: World, **members: object) -> str:
    """Return what the engine of `world` tells, as the composition root puts it together."""
    recorder = FlightRecorder(world.engine)
    recorder.handle(SocketClosed(99, 4201), world.clock.now())
    recorder.painted(0.004)
    told = {
        "boot": "started from the snapshot in 300 ms",
        "engine": world.engine.diagnose(world.clock.now()),
        "counts": recorder.counts,
        "latencies": recorder.latencies(),
        "entries": [(one.at, one.kind, one.words) for one in recorder.entries],
        "firstPaint": 87,
    }
    return json.dumps(told | members)


def live() -> World:
    """Return a world with a joined conversation."""
    world = World()
    world.server.store("s1", "One")
    world.start()
    world.attach(1, "s1")
    world.advance(5.0)
    return world


def test_it_shows_how_the_connection_stands() -> None:
    """The badge's words, why, and since when."""
    slots = Diagnostics(told(live())).slots()

    assert '<dt>Badge</dt><dd dir="auto">Connected</dd>' in slots["summary"]
    assert '<dt>Phase</dt><dd dir="auto">live</dd>' in slots["summary"]
    assert '<dt>Next attempt in</dt><dd dir="auto">none</dd>' in slots["summary"]
    assert "started from the snapshot in 300 ms" in slots["summary"]
    assert '<dt>First paint of the last panel</dt><dd dir="auto">87 ms</dd>' in slots["summary"]


def test_it_shows_figures_conversations_and_events() -> None:
    """Each in its slot."""
    slots = Diagnostics(told(live())).slots()

    assert "4.0 ms median, 4.0 ms at the 95th percentile" in slots["counts"]
    assert '<dt>sockets closed</dt><dd dir="auto">1</dd>' in slots["counts"]
    assert "<td>joined</td>" in slots["sessions"]
    assert "99 closed with 4201" in slots["events"]
    assert 'data-format="seconds"' in slots["events"]
    assert "&#39;pushServer&#39;" in slots["engine"]


def test_an_engine_that_knows_nothing_is_shown_too() -> None:
    """No conversation, no event, no figure, no word of the boot."""
    world = World()
    text = told(world, boot="", counts={}, latencies={}, entries=[], firstPaint=None)
    slots = Diagnostics(text).slots()

    assert "No conversation is open." in slots["sessions"]
    assert "Nothing has happened yet." in slots["events"]
    assert '<dt>Python</dt><dd dir="auto">none</dd>' in slots["summary"]
    assert '<dt>First paint of the last panel</dt><dd dir="auto">none</dd>' in slots["summary"]


def test_the_report_is_text_with_the_events_in_their_order() -> None:
    """What an engineer sends to another."""
    entries = [(0.0, "socket", "1 opened"), (1.0, "socket", "1 closed with 1006")]
    report = Diagnostics(told(live(), entries=entries)).report()

    assert report.startswith("Badge: Connected\n")
    assert "\nFrame to paint: 4.0 ms median" in report
    assert "\nWhat the engine knows\n{'settings'" in report
    assert report.endswith(
        "\n1970-01-01T00:00:00Z socket 1 opened\n1970-01-01T00:00:01Z socket 1 closed with 1006"
    )


def test_what_comes_from_elsewhere_is_escaped() -> None:
    """Also words of a push server, which may be anything."""
    slots = Diagnostics(told(live(), entries=[(0.0, "report", "<img src=x>")])).slots()

    assert "&lt;img src=x&gt;" in slots["events"]

"""The badge's six states, and the panel's lines."""

from __future__ import annotations

import pytest

from threadline.core.connection import ConnectionState
from threadline.core.session_view import ConnectionReport, Health, StorageHealth
from threadline.ui.badge import LOOKS, badge, panel


def _lines(report: ConnectionReport) -> dict[str, str]:
    """The panel's lines: name to words, or to `format moment`."""
    return {
        line.name: f"{line.format} {line.at}" if line.at else line.words
        for line in panel(report).lines
    }


@pytest.mark.parametrize(
    ("state", "label"),
    [
        (ConnectionState.DISCONNECTED, "Offline"),
        (ConnectionState.CONNECTING, "Connecting"),
        (ConnectionState.CONNECTED, "Connected"),
        (ConnectionState.RECONNECTING, "Reconnecting"),
        (ConnectionState.FALLBACK, "Polling"),
        (ConnectionState.FAILED, "Disconnected"),
    ],
)
def test_each_state_has_its_words(state: ConnectionState, label: str) -> None:
    """The words of the contract, and the attribute's value."""
    sign = badge(ConnectionReport(state=state))

    assert (sign.state, sign.label) == (state.value, label)


def test_states_differ_in_shape_and_not_in_colour_alone() -> None:
    """Six icons, six tones."""
    assert len({icon for icon, _ in LOOKS.values()}) == 6
    assert len({tone for _, tone in LOOKS.values()}) == 6


@pytest.mark.parametrize("health", Health)
def test_the_tooltip_tells_the_richer_truth(health: Health) -> None:
    """Each health has words of its own, in the tooltip and in the panel."""
    report = ConnectionReport(health=health)

    assert badge(report).tooltip == panel(report).summary != ""


def test_a_fresh_report_says_what_is_not_known() -> None:
    """No line is left empty."""
    assert _lines(ConnectionReport()) == {
        "Transport": "None",
        "Server": "Not set up",
        "Last event": "None yet",
    }


def test_a_live_report() -> None:
    """Since when, and when the last event came; an attempt would be noise."""
    report = ConnectionReport(
        state=ConnectionState.CONNECTED,
        health=Health.LIVE,
        server="127.0.0.1:3005",
        connected_since=0.0,
        last_event_at=60.0,
        rest_works=True,
    )

    assert _lines(report) == {
        "Transport": "Live (WebSocket)",
        "Server": "127.0.0.1:3005",
        "Last event": "relative 1970-01-01T00:01:00Z",
        "Live since": "relative 1970-01-01T00:00:00Z",
        "History": "The server answers",
    }


def test_a_lost_line() -> None:
    """Which attempt, when the next one begins, and what went wrong."""
    report = ConnectionReport(
        state=ConnectionState.RECONNECTING,
        health=Health.WAITING,
        attempt=3,
        next_attempt_at=8.0,
        connected_since=0.0,
        last_error="Closed (1006).",
        cure="Wait.",
        rest_works=False,
    )
    lines = _lines(report)

    assert lines["Attempt"] == "3 of 5"
    assert lines["Next try"] == "countdown 1970-01-01T00:00:08Z"
    assert lines["Last error"] == "Closed (1006)."
    assert lines["What helps"] == "Wait."
    assert lines["History"] == "The server does not answer"
    assert "Live since" not in lines


def test_what_is_not_up_to_date_says_as_of_when_and_what_waits() -> None:
    """ux.md 5.3: "Shown as of 14:02. 2 messages wait."."""
    report = ConnectionReport(
        state=ConnectionState.FALLBACK, health=Health.OFFLINE, looked_at=60.0, waiting=2
    )
    lines = _lines(report)

    assert lines["Shown as of"] == "clock 1970-01-01T00:01:00Z"
    assert lines["Not sent yet"] == "2 messages"


def test_attempts_beyond_the_fifth_go_on_in_the_background() -> None:
    """Polling does not mean that push has been given up."""
    report = ConnectionReport(state=ConnectionState.FALLBACK, health=Health.POLLING, attempt=7)

    assert _lines(report)["Attempt"] == "7, in the background"


@pytest.mark.parametrize(
    ("state", "health", "possible"),
    [
        (ConnectionState.RECONNECTING, Health.WAITING, True),
        (ConnectionState.FALLBACK, Health.POLLING, True),
        (ConnectionState.FAILED, Health.REFUSED, True),
        (ConnectionState.CONNECTED, Health.LIVE, True),
        (ConnectionState.FALLBACK, Health.NOT_CONFIGURED, False),
        (ConnectionState.CONNECTING, Health.OPENING, False),
        (ConnectionState.DISCONNECTED, Health.NO_TOKEN, False),
    ],
)
def test_reconnecting_is_offered_where_it_can_help(
    state: ConnectionState, health: Health, possible: bool
) -> None:
    """No control that cannot work."""
    assert panel(ConnectionReport(state=state, health=health)).can_reconnect is possible


@pytest.mark.parametrize(
    ("storage", "words"),
    [
        (StorageHealth.FULL, "Not kept on this device: it is full."),
        (StorageHealth.FAILING, "Not kept on this device: it cannot be written."),
        (StorageHealth.NEWER, "A newer version of Threadline was here: nothing new is kept."),
    ],
)
def test_that_nothing_is_kept_is_said(storage: StorageHealth, words: str) -> None:
    """SPEC.md S7, S8, S9: while all is well, nothing is said of it."""
    assert _lines(ConnectionReport(storage=storage))["On this device"] == words
    assert "On this device" not in _lines(ConnectionReport())


@pytest.mark.parametrize(
    ("damaged", "words"),
    [
        (1, "1 text cannot be read; see Settings."),
        (3, "3 texts cannot be read; see Settings."),
    ],
)
def test_texts_that_cannot_be_read_are_said(damaged: int, words: str) -> None:
    """SPEC.md S13."""
    assert _lines(ConnectionReport(damaged=damaged))["Unsent"] == words

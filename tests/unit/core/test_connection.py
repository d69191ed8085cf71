"""The transition table: total, and right where it matters."""

from __future__ import annotations

import pytest

from threadline.core.connection import (
    PUBLIC_STATE,
    TRANSITIONS,
    ConnectionState,
    Phase,
    Signal,
    step,
)


def test_the_table_is_total() -> None:
    """SPEC.md C1: every phase has an answer to every signal."""
    assert set(TRANSITIONS) == set(Phase)
    assert all(list(row) == list(Signal) for row in TRANSITIONS.values())


def test_every_phase_is_shown_as_one_of_the_six_states() -> None:
    """SPEC.md C2: the badge knows no seventh, and each of the six is in use."""
    assert set(PUBLIC_STATE) == set(Phase)
    assert set(PUBLIC_STATE.values()) == set(ConnectionState)


def test_the_words_on_the_attribute_are_the_contracts() -> None:
    """Roadmap section 3.4: six values, no more."""
    words = {state.value for state in ConnectionState}

    assert words == {
        "disconnected",
        "connecting",
        "connected",
        "reconnecting",
        "failed",
        "fallback",
    }


@pytest.mark.parametrize("phase", list(Phase))
def test_stop_wins_everywhere(phase: Phase) -> None:
    """B39, X2: whatever goes on, a stopped connection is idle."""
    assert step(phase, Signal.STOP) is Phase.IDLE


@pytest.mark.parametrize(
    "signal", [one for one in Signal if one not in (Signal.START, Signal.UNCONFIGURED)]
)
def test_late_signals_do_not_wake_a_stopped_connection(signal: Signal) -> None:
    """X2: only a start begins anything."""
    assert step(Phase.IDLE, signal) is Phase.IDLE


@pytest.mark.parametrize(
    "signal",
    [one for one in Signal if one not in (Signal.START, Signal.STOP, Signal.UNCONFIGURED)],
)
def test_a_refused_connection_stays_so_until_something_changes(signal: Signal) -> None:
    """B28: no timer and no late event leads out."""
    assert step(Phase.REFUSED, signal) is Phase.REFUSED


def test_only_a_join_makes_it_live() -> None:
    """SPEC.md C9, B14: neither an open socket nor a handshake is a connection."""
    ways_in = {
        signal
        for phase, row in TRANSITIONS.items()
        for signal, to in row.items()
        if to is Phase.LIVE and phase is not Phase.LIVE
    }

    assert ways_in == {Signal.JOINED}


def test_a_first_life_goes_from_idle_to_live() -> None:
    """Opening, joining, live."""
    phase = Phase.IDLE
    seen = []
    for signal in (Signal.START, Signal.ESTABLISHED, Signal.JOINED):
        phase = step(phase, signal)
        seen.append(phase)

    assert seen == [Phase.OPENING, Phase.JOINING, Phase.LIVE]


def test_a_second_life_is_told_apart_from_the_first() -> None:
    """The badge says reconnecting, not connecting, once it was connected."""
    phase = Phase.LIVE
    seen = []
    for signal in (Signal.DROPPED, Signal.DUE, Signal.ESTABLISHED, Signal.JOINED):
        phase = step(phase, signal)
        seen.append(phase)

    assert seen == [Phase.WAITING, Phase.REOPENING, Phase.REJOINING, Phase.LIVE]


def test_push_is_tried_while_polling() -> None:
    """SPEC.md C4: polling is not the end."""
    assert step(Phase.POLLING, Signal.DUE) is Phase.PROBING
    assert step(Phase.PROBING, Signal.DROPPED) is Phase.POLLING
    assert step(Phase.PROBING, Signal.JOINED) is Phase.LIVE

"""`threadline.core.server_clock`."""

from __future__ import annotations

from threadline.core.server_clock import ServerClock


def test_the_quickest_of_the_last_pushes_counts() -> None:
    """sync.md 2.12: a push that took long looks like a clock that is ahead."""
    clock = ServerClock()
    assert clock.ahead == 0.0

    clock.heard(1000.0, 4609.0)
    clock.heard(1010.0, 4611.0)

    assert clock.ahead == 3601.0


def test_a_clock_may_be_behind() -> None:
    """sync.md 2.12: and is known exactly where an answer took no time."""
    clock = ServerClock()

    clock.heard(5000.0, 1000.0)

    assert clock.ahead == -4000.0


def test_a_clock_that_was_set_is_learnt_anew() -> None:
    """sync.md fault 59: during a run."""
    clock = ServerClock()
    clock.heard(1000.0, 1001.0)

    clock.forget()
    clock.heard(1002.0, 4603.0)

    assert clock.ahead == 3601.0

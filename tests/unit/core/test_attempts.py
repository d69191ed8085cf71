"""How often the line was tried, and when it may be tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from threadline.core.attempts import CONNECT_WINDOW, MAX_CONNECTS, STABLE_AFTER, Attempts
from threadline.core.backoff import MAX_ATTEMPTS

if TYPE_CHECKING:
    from collections.abc import Callable


def attempts(*, failed: int = 0, jitter: Callable[[], float] = lambda: 0.0) -> Attempts:
    """Return attempts of which `failed` in a row came to nothing."""
    made = Attempts(jitter)
    for _ in range(failed):
        made.failed(0.0, None)
    return made


def test_five_failures_leave_a_retry_and_the_sixth_none() -> None:
    """SPEC.md C4, roadmap section 5.1: five retries, then polling."""
    assert not attempts(failed=MAX_ATTEMPTS).exhausted
    assert attempts(failed=MAX_ATTEMPTS + 1).exhausted


def test_a_stable_minute_forgets_the_failures() -> None:
    """SPEC.md C5: this loss is then the first."""
    made = attempts(failed=4)

    made.failed(STABLE_AFTER + 10.0, joined_at=10.0)

    assert made.failures == 1


def test_a_short_life_forgets_nothing() -> None:
    """SPEC.md C5: a flapping line gets no fresh attempts."""
    made = attempts(failed=4)

    made.failed(STABLE_AFTER + 9.9, joined_at=10.0)

    assert made.failures == 5


def test_reset_forgets_the_failures_and_keeps_the_limit_on_sockets() -> None:
    """SPEC.md C6: signing in again and again opens no more sockets."""
    made = attempts(failed=4)
    for second in range(MAX_CONNECTS):
        made.opened(float(second))

    made.reset()

    assert made.failures == 0
    assert made.earliest(20.0) == CONNECT_WINDOW


def test_retries_follow_the_schedule() -> None:
    """SPEC.md C3: counted from the failure."""
    assert [attempts(failed=n).next_at(100.0, at_once=False) for n in (1, 3)] == [101.0, 104.0]


def test_background_tries_follow_theirs() -> None:
    """SPEC.md C4: slower, and for ever."""
    assert attempts(failed=6).next_at(100.0, at_once=False) == 120.0


def test_a_server_that_asks_for_it_gets_one_immediate_return() -> None:
    """B30, X5: jittered by half a second, and only after the first failure."""
    first = attempts(failed=1, jitter=lambda: 0.5)

    assert first.next_at(100.0, at_once=True) == 100.25
    assert attempts(failed=2).next_at(100.0, at_once=True) == 102.0


def test_the_limit_on_sockets_puts_an_attempt_off() -> None:
    """SPEC.md C6: the thirteenth in a minute waits until the first is a minute old."""
    made = attempts(failed=1)
    for second in range(MAX_CONNECTS):
        made.opened(float(second))

    assert made.next_at(30.0, at_once=False) == CONNECT_WINDOW


@given(st.lists(st.floats(0.0, 20.0), min_size=30, max_size=60))
def test_never_more_than_twelve_sockets_a_minute(pauses: list[float]) -> None:
    """SPEC.md C6, whatever the rhythm of the losses."""
    made, now, opened = Attempts(lambda: 0.0), 0.0, list[float]()
    for pause in pauses:
        now = made.earliest(now + pause)
        made.opened(now)
        opened.append(now)

    for first, thirteenth in zip(opened, opened[MAX_CONNECTS:], strict=False):
        assert thirteenth - first >= CONNECT_WINDOW - 1e-6  # floats round

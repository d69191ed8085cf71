"""The pauses between attempts: growing, jittered, bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threadline.core.backoff import (
    MAX_ATTEMPTS,
    MAX_BACKGROUND_DELAY,
    MAX_DELAY,
    MAX_REQUEST_DELAY,
    background_delay,
    request_delay,
    retry_delay,
)
from threadline.core.errors import LocalMisuse

JITTER = st.floats(min_value=0.0, max_value=1.0, exclude_max=True)


def test_retries_double_from_one_second() -> None:
    """SPEC.md C3, roadmap section 5.1: 1, 2, 4, 8, 16 s."""
    assert [retry_delay(n, 0.0) for n in range(1, 6)] == [1.0, 2.0, 4.0, 8.0, 16.0]


@given(st.integers(1, MAX_ATTEMPTS), JITTER)
def test_a_retry_waits_its_step_and_less_than_a_second_more(attempt: int, jitter: float) -> None:
    """SPEC.md C3: jitter adds up to a second, and nothing passes the cap."""
    step = 2.0 ** (attempt - 1)

    assert step <= retry_delay(attempt, jitter) <= min(MAX_DELAY, step + 1.0)


@pytest.mark.parametrize("attempt", [-1, 0, MAX_ATTEMPTS + 1])
def test_an_attempt_out_of_range_is_a_bug(attempt: int) -> None:
    """The sixth failure is polling's, not a retry's."""
    with pytest.raises(LocalMisuse, match="attempt"):
        retry_delay(attempt, 0.0)


@pytest.mark.parametrize("jitter", [-0.1, 1.0, float("nan")])
def test_jitter_out_of_range_is_a_bug(jitter: float) -> None:
    """A draw comes from [0, 1)."""
    with pytest.raises(LocalMisuse, match="jitter"):
        retry_delay(1, jitter)


def test_background_tries_grow_to_a_minute() -> None:
    """SPEC.md C4, design section 4: push is retried with growing pauses up to 60 s."""
    assert [background_delay(n, 0.0) for n in (6, 7, 8, 1000)] == [20.0, 40.0, 60.0, 60.0]


@given(st.integers(MAX_ATTEMPTS + 1, 10_000), JITTER)
def test_a_background_try_is_never_hurried_nor_later_than_a_minute(
    attempt: int, jitter: float
) -> None:
    """Jitter takes off a quarter at most."""
    assert 15.0 <= background_delay(attempt, jitter) <= MAX_BACKGROUND_DELAY


def test_an_ordinary_retry_has_no_background_pause() -> None:
    """The two schedules do not overlap."""
    with pytest.raises(LocalMisuse, match="ordinary"):
        background_delay(MAX_ATTEMPTS, 0.0)


@given(st.integers(1, 10_000), JITTER)
def test_a_request_waits_half_a_second_to_twenty(failures: int, jitter: float) -> None:
    """SPEC.md H8, fault 34 of sync.md: full jitter above a floor."""
    assert 0.5 <= request_delay(failures, jitter) <= MAX_REQUEST_DELAY


def test_requests_wait_longer_after_every_failure() -> None:
    """The ceiling doubles."""
    assert [request_delay(n, 0.5) for n in (1, 2, 3)] == [1.25, 2.25, 4.25]


def test_nothing_failed_is_nothing_to_wait_for() -> None:
    """Zero failures is a bug of the caller's."""
    with pytest.raises(LocalMisuse, match="nothing"):
        request_delay(0, 0.0)

"""How often the tail is looked at."""

from __future__ import annotations

from threadline.core.polling import (
    ACTIVE_INTERVAL,
    IDLE_INTERVAL,
    IDLE_THRESHOLD,
    POLL_AFTER,
    PROBE_INTERVAL,
    cadence,
)


def test_a_joined_session_is_probed_seldom() -> None:
    """SPEC.md H6: push cannot prove that the last message arrived; 3 requests a minute at most."""
    assert cadence(now=100.0, lost_at=None, news_at=None, is_running=True) == PROBE_INTERVAL
    assert 60.0 / PROBE_INTERVAL <= 3.0


def test_nothing_is_polled_in_the_first_seconds_after_a_loss() -> None:
    """SPEC.md H7: the retry may be quicker than the poll."""
    now = 100.0 + POLL_AFTER - 0.001

    assert cadence(now=now, lost_at=100.0, news_at=None, is_running=True) is None


def test_a_lost_session_is_polled_often_at_first() -> None:
    """SPEC.md H7: from three seconds after the loss."""
    now = 100.0 + POLL_AFTER

    assert cadence(now=now, lost_at=100.0, news_at=None, is_running=False) == ACTIVE_INTERVAL


def test_a_silent_minute_slows_the_poll() -> None:
    """SPEC.md H7, roadmap section 8.1."""
    now = 100.0 + IDLE_THRESHOLD

    assert cadence(now=now, lost_at=100.0, news_at=10.0, is_running=False) == IDLE_INTERVAL


def test_news_make_it_quick_again() -> None:
    """The minute counts from the last news."""
    now = 150.0 + IDLE_THRESHOLD - 0.001

    assert cadence(now=now, lost_at=100.0, news_at=150.0, is_running=False) == ACTIVE_INTERVAL


def test_a_run_keeps_it_quick() -> None:
    """While the agent is at work its next step is awaited."""
    assert cadence(now=1e6, lost_at=100.0, news_at=None, is_running=True) == ACTIVE_INTERVAL

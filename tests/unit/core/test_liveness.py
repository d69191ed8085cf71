"""Silence is answered with a ping, an unanswered ping with a verdict."""

from __future__ import annotations

import pytest

from threadline.core.liveness import ANSWER_TIMEOUT, PROBE_TIMEOUT, SILENCE_LIMIT, Liveness


@pytest.mark.parametrize(
    ("told", "limit"),
    [(None, SILENCE_LIMIT), (0.0, SILENCE_LIMIT), (120.0, SILENCE_LIMIT), (7.0, 7.0)],
)
def test_the_smaller_limit_counts(told: float | None, limit: float) -> None:
    """B49: the minimum of our limit and the server's; B21: ours where it names none."""
    assert Liveness.begin(3.0, told) == Liveness(limit=limit, heard_at=3.0)


def test_silence_up_to_the_limit_asks_nothing() -> None:
    """B48: not a moment earlier."""
    live = Liveness.begin(0.0, None)

    assert not live.wants_ping(19.999)
    assert live.wants_ping(20.0)
    assert live.deadline == 20.0


def test_a_ping_is_not_repeated_while_its_answer_is_due() -> None:
    """B48: exactly one."""
    live = Liveness.begin(0.0, None).pinged(20.0)

    assert not live.wants_ping(25.0)
    assert live.deadline == 20.0 + ANSWER_TIMEOUT


def test_an_unanswered_ping_is_death() -> None:
    """B51: no frame in time."""
    live = Liveness.begin(0.0, None).pinged(20.0)

    assert not live.is_dead(29.999)
    assert live.is_dead(30.0)


def test_any_frame_is_life() -> None:
    """B50: whatever it says, the silence begins anew."""
    live = Liveness.begin(0.0, None).pinged(20.0).heard(25.0)

    assert not live.is_dead(1000.0)
    assert live.deadline == 45.0


def test_a_line_that_was_not_asked_is_not_dead() -> None:
    """Silence alone proves nothing."""
    assert not Liveness.begin(0.0, None).is_dead(1000.0)


def test_a_probe_never_gives_the_server_more_time() -> None:
    """SPEC.md C8: the earlier of two deadlines stays, whichever came first."""
    probed = Liveness.begin(0.0, None).pinged(20.0).pinged(21.0, PROBE_TIMEOUT)
    late = Liveness.begin(0.0, None).pinged(20.0).pinged(28.0, PROBE_TIMEOUT)

    assert probed.answer_due == 26.0
    assert late.answer_due == 30.0

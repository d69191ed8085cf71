"""A moment tells the wall time of a monotonic deadline."""

from __future__ import annotations

from threadline.core.moment import Moment


def test_a_deadline_is_as_far_away_on_the_wall() -> None:
    """Ten seconds ahead on one clock are ten seconds ahead on the other."""
    assert Moment(monotonic=5.0, wall=1000.0).wall_at(15.0) == 1010.0


def test_a_second_in_the_past_is_so_on_the_wall() -> None:
    """What was heard three seconds ago was heard three seconds ago."""
    assert Moment(monotonic=5.0, wall=1000.0).wall_at(2.0) == 997.0


def test_no_deadline_is_no_time() -> None:
    """None stays None."""
    assert Moment(monotonic=5.0, wall=1000.0).wall_at(None) is None

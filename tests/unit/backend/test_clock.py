"""Times on the wire."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threadline_backend import clock


def test_now_is_now() -> None:
    """The clock runs in UTC milliseconds."""
    assert abs(clock.now() - datetime.now(UTC).timestamp() * 1000) < 5000


def test_a_time_is_written_with_milliseconds_and_a_z() -> None:
    """As a browser writes it."""
    assert clock.iso(1_767_225_600_007) == "2026-01-01T00:00:00.007Z"


@given(st.integers(min_value=0, max_value=4_102_444_800_000))
def test_what_is_written_is_read_back(milliseconds: int) -> None:
    """A time from an answer names exactly the stored time."""
    assert clock.milliseconds_of(clock.iso(milliseconds)) == milliseconds


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01T01:00:00.007+01:00",
        "2026-01-01T01:00:00.007 01:00",
        "2026-01-01T00:00:00.007",
        "2026-01-01 00:00:00.007",
        "2026-01-01T00:00:00.007999Z",
    ],
)
def test_other_ways_to_write_a_time(text: str) -> None:
    """Offsets, a plus sign that became a space, no offset, finer fractions."""
    assert clock.milliseconds_of(text) == 1_767_225_600_007


def test_what_is_no_time() -> None:
    """It is refused."""
    with pytest.raises(ValueError, match="Invalid"):
        clock.milliseconds_of("yesterday")

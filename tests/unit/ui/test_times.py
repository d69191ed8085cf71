"""Moments in ISO 8601."""

from __future__ import annotations

import pytest

from threadline.ui.times import iso


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "1970-01-01T00:00:00Z"),
        (1_769_851_800.9, "2026-01-31T09:30:00Z"),
        (-1.0, "1969-12-31T23:59:59Z"),
        (None, ""),
        (1e20, ""),
        (float("nan"), ""),
        (float("inf"), ""),
    ],
)
def test_iso(seconds: float | None, text: str) -> None:
    """Whole seconds in UTC; what is no moment becomes nothing rather than an error."""
    assert iso(seconds) == text

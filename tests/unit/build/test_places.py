"""`threadline_build.places`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadline_build.places import Places

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_cache_lies_in_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that deleting the checkout deletes it."""
    monkeypatch.delenv("THREADLINE_CACHE", raising=False)

    assert Places.of(tmp_path).cache == tmp_path / ".cache"


def test_the_cache_can_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For machines that keep one between checkouts."""
    monkeypatch.setenv("THREADLINE_CACHE", str(tmp_path / "kept"))

    assert Places.of(tmp_path / "checkout").cache == tmp_path / "kept"

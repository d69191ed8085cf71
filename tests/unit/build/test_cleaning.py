"""`threadline_build.cleaning`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadline_build.cleaning import clean

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def filled(root: Path) -> None:
    """Make what a build leaves."""
    for name in ("dist", ".cache", ".venv", "py"):
        (root / name).mkdir()


def test_what_a_build_made_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sources and the environment stay."""
    monkeypatch.delenv("THREADLINE_CACHE", raising=False)
    filled(tmp_path)

    assert clean(tmp_path, everything=False) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [".venv", "py"]


def test_all_means_the_environment_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a fresh clone; doing it twice is no error."""
    monkeypatch.delenv("THREADLINE_CACHE", raising=False)
    filled(tmp_path)

    clean(tmp_path, everything=True)
    clean(tmp_path, everything=True)

    assert [path.name for path in tmp_path.iterdir()] == ["py"]

"""`threadline_build.products`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from threadline_build.products import KEPT, forget_older, product

if TYPE_CHECKING:
    from pathlib import Path


def test_a_product_appears_when_it_is_finished(tmp_path: Path) -> None:
    """And not before: a build that is interrupted leaves nothing that looks whole."""
    wanted = tmp_path / "cache" / "thing"

    with product(wanted) as folder:
        (folder / "part").write_text("x")
        assert not wanted.exists()

    assert (wanted / "part").read_text() == "x"
    assert [path.name for path in wanted.parent.iterdir()] == ["thing"]


def test_a_product_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """The next build begins anew."""
    with pytest.raises(RuntimeError), product(tmp_path / "thing"):
        raise RuntimeError

    assert list(tmp_path.iterdir()) == []


def test_of_two_builds_at_once_the_first_product_stays(tmp_path: Path) -> None:
    """Both made the same; the second throws its own away."""
    with product(tmp_path / "thing") as slow:
        (slow / "who").write_text("slow")
        with product(tmp_path / "thing") as quick:
            (quick / "who").write_text("quick")

    assert (tmp_path / "thing" / "who").read_text() == "quick"


def test_the_newest_products_stay(tmp_path: Path) -> None:
    """The cache does not grow without end."""
    for age in range(KEPT + 2):
        (tmp_path / f"thing-{age}").mkdir()
        os.utime(tmp_path / f"thing-{age}", (1000 - age, 1000 - age))
    (tmp_path / "other-1").mkdir()

    forget_older(tmp_path, "thing-*")

    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["other-1", *(f"thing-{age}" for age in range(KEPT))]

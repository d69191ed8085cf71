"""Which seeds a change is held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .seeds import ROOT, TRIED, first_seed

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small one with something in each folder that counts."""
    for folder in TRIED:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "one.py").write_bytes(b"a = 1\nb = 2\n")
    return tmp_path


def test_a_change_is_held_against_the_same_seeds_wherever_it_is_checked(tree: Path) -> None:
    """Line endings, and what is not tried, make no difference."""
    before = first_seed(tree)

    (tree / TRIED[0] / "one.py").write_bytes(b"a = 1\r\nb = 2\r\n")
    (tree / "README.md").write_text("words")

    assert first_seed(tree) == before
    assert 0 <= before < 2**32


@pytest.mark.parametrize("folder", TRIED)
def test_another_change_is_held_against_other_seeds(tree: Path, folder: str) -> None:
    """A line, or a file's name."""
    before = first_seed(tree)

    (tree / folder / "one.py").write_text("a = 1\nb = 3\n")
    changed = first_seed(tree)
    (tree / folder / "one.py").rename(tree / folder / "two.py")

    assert len({before, changed, first_seed(tree)}) == 3


@pytest.mark.parametrize("folder", TRIED)
def test_what_is_tried_is_there(folder: str) -> None:
    """A folder that gets another name gets it there, too."""
    assert any((ROOT / folder).rglob("*.py"))

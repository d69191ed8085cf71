"""`threadline_build.fingerprints`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from threadline_build.fingerprints import files_below, fingerprint

if TYPE_CHECKING:
    from pathlib import Path


def test_files_come_in_a_fixed_order_without_what_tools_leave(tmp_path: Path) -> None:
    """A test run before the build must not change the build."""
    for name in ("b.py", "a/c.py", "a/__pycache__/c.pyc", "a/d.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")

    names = [path.relative_to(tmp_path).as_posix() for path in files_below(tmp_path)]

    assert names == ["a/c.py", "a/d.txt", "b.py"]
    assert files_below(tmp_path, (".txt",)) == [tmp_path / "a/d.txt"]


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    """Folders such as `_locales` are optional."""
    assert files_below(tmp_path / "none") == []


def test_a_fingerprint_follows_the_contents_and_not_the_clock(tmp_path: Path) -> None:
    """A fresh clone has new times and must find the same products."""
    file = tmp_path / "a"
    file.write_text("one")
    before = fingerprint([file])
    os.utime(file, (1, 1))
    touched = fingerprint([file])
    file.write_text("two")

    assert touched == before
    assert fingerprint([file]) != before


def test_facts_and_files_cannot_be_taken_for_each_other(tmp_path: Path) -> None:
    """Every part is told apart by its length."""
    (tmp_path / "a").write_text("x")

    assert fingerprint([], "ab", "c") != fingerprint([], "a", "bc")
    assert fingerprint([tmp_path / "a"]) != fingerprint([], "x")

"""`threadline_build.sizes`."""

from __future__ import annotations

from pathlib import Path

from threadline_build.sizes import oversized

ROOT = Path(__file__).parents[3]


def checkout(folder: Path, name: str, text: str) -> Path:
    """Make a checkout with one file besides build.py."""
    (folder / "build.py").write_text("")
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_text(text)
    return folder


def test_a_file_may_have_400_lines(tmp_path: Path) -> None:
    """CONTRIBUTING.md, "Sized"."""
    assert oversized(checkout(tmp_path, "extension/a.js", "x\n" * 400)) == []


def test_a_longer_file_is_named(tmp_path: Path) -> None:
    """CONTRIBUTING.md, "Sized"."""
    assert oversized(checkout(tmp_path, "extension/a.js", "x\n" * 401)) == [
        "extension/a.js has 401 lines; at most 400"
    ]


def test_a_function_has_fewer_than_60_lines(tmp_path: Path) -> None:
    """CONTRIBUTING.md, "Sized": methods and asynchronous functions too."""
    short = "class A:\n    def f(self):\n" + "        x = 1\n" * 58
    long = "async def g():\n" + "    x = 1\n" * 59

    assert oversized(checkout(tmp_path, "py/a.py", short + long)) == [
        "py/a.py:61 g has 60 lines; fewer than 60"
    ]


def test_a_migration_may_be_long(tmp_path: Path) -> None:
    """It lists the columns of its day and is never read as a function."""
    long = "def upgrade():\n" + "    x = 1\n" * 80

    assert oversized(checkout(tmp_path, "py/a/migrations/versions/1.py", long)) == []


def test_this_build_keeps_to_it() -> None:
    """What the build is made of; `build.py check` looks at all files."""
    complaints = oversized(ROOT)

    assert [line for line in complaints if "threadline_build" in line or "unit/build" in line] == []

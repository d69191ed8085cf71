"""`threadline_build.bytecode`."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from threadline_build.bytecode import (
    Source,
    compiled,
    data_below,
    package,
    packages_below,
    write_zip,
)
from threadline_build.errors import BuildError
from threadline_build.places import Places

if TYPE_CHECKING:
    from pathlib import Path

    from threadline_build.vendored import Vendored


def folder_with(folder: Path, *names: str) -> Path:
    """Make empty files."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    return folder


def test_modules_and_resources_are_told_apart(tmp_path: Path) -> None:
    """A package's templates are packed as they are."""
    ours = folder_with(tmp_path / "ours", "__init__.py", "ui/a.py", "ui/a.html", "py.typed")

    assert [source.name for source in package(ours)] == ["ours/__init__.py", "ours/ui/a.py"]
    assert [source.name for source in data_below(ours)] == ["ours/ui/a.html"]


def test_ours_keeps_its_asserts(tmp_path: Path) -> None:
    """What runs in the extension is what was tested; other people's code loses its docstrings."""
    ours = folder_with(tmp_path / "ours", "a.py")

    assert [source.optimize for source in package(ours)] == [0]
    assert [source.optimize for source in packages_below(ours)] == [2]


def test_what_nothing_imports_is_left_out(tmp_path: Path) -> None:
    """By the beginning of the name."""
    site = folder_with(tmp_path, "a/b.py", "a/c.py", "ab.py")

    names = [source.name for source in packages_below(site, leave_out=("a/b", "ab"))]

    assert names == ["a/c.py"]


def test_the_same_contents_give_the_same_zip(tmp_path: Path) -> None:
    """Whatever the order and the clock."""
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("1")
    two.write_text("2")

    write_zip(tmp_path / "a.zip", {"x": one, "y/z": two})
    write_zip(tmp_path / "b.zip", {"y/z": two, "x": one})

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == ["x", "y/z"]
        assert archive.read("y/z") == b"2"


@pytest.fixture
def cache(tmp_path: Path, places: Places) -> Places:
    """Return this checkout with an empty cache."""
    return Places(root=places.root, cache=tmp_path / "cache")


def test_a_source_is_compiled_once(
    tmp_path: Path, cache: Places, vendored: Vendored, capsys: pytest.CaptureFixture[str]
) -> None:
    """And again only when it changes."""
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    source = Source("a.py", file)

    first = compiled(cache, vendored.pyodide, [source])["a.pyc"]
    assert first.read_bytes()[:8].endswith(b"\x01\x00\x00\x00")  # PEP 552: hash-based, unchecked
    assert "compiling 1" in capsys.readouterr().out
    assert compiled(cache, vendored.pyodide, [source])["a.pyc"] == first
    assert capsys.readouterr().out == ""
    file.write_text("x = 2\n")
    assert compiled(cache, vendored.pyodide, [source])["a.pyc"] != first


def test_a_mistake_in_a_source_fails_the_build(
    tmp_path: Path, cache: Places, vendored: Vendored
) -> None:
    """With the name of the file."""
    (tmp_path / "a.py").write_text("def\n")

    with pytest.raises(BuildError, match=r"(?s)compile\.mjs failed.*ours/a\.py"):
        compiled(cache, vendored.pyodide, [Source("ours/a.py", tmp_path / "a.py")])

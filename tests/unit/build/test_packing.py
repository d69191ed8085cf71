"""`threadline_build.packing`."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from threadline_build.errors import BuildError
from threadline_build.options import LOCAL, Configuration
from threadline_build.packing import BUILT, build, pyscript_files

if TYPE_CHECKING:
    from pathlib import Path

    from threadline_build.places import Places
    from threadline_build.snapshot import Runtime


@pytest.fixture(scope="module")
def dist(places: Places, runtime: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a built extension; `runtime` is asked for so that it is made once."""
    assert runtime.folder.is_dir()
    return build(places, LOCAL, tmp_path_factory.mktemp("packing") / "dist")


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file but the build's own note, which holds times."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != BUILT
    }


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a file."""
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def test_the_configuration_reaches_the_engine_with_the_version(dist: Path) -> None:
    """ARCHITECTURE.md, border 3: by `configuration.json`, never by the snapshot."""
    version = read_json(dist / "manifest.json")["version"]

    assert read_json(dist / "configuration.json") == {**LOCAL.as_json(), "version": version}


def test_pages_are_rendered(dist: Path) -> None:
    """What runs in Chrome holds no template."""
    pages = list(dist.glob("*.html"))

    assert {"panel.html", "options.html", "engine.html"} <= {page.name for page in pages}
    assert not [page.name for page in pages if "{{" in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("name", ["panel", "options"])
def test_a_page_has_one_style_sheet(dist: Path, name: str) -> None:
    """Joined from sheets that are split by concern, the pictures in it."""
    page = (dist / f"{name}.html").read_text(encoding="utf-8")

    assert page.count('rel="stylesheet"') == page.count(f"./css/{name}.css") == 1
    assert "../icons" not in (dist / "css" / f"{name}.css").read_text(encoding="utf-8")


def test_nothing_is_built_twice(
    places: Places, dist: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Design section 8: 1 s where nothing changed; and it says where the extension is."""
    started = time.monotonic()
    build(places, LOCAL, dist)

    assert time.monotonic() - started < 1.0
    assert capsys.readouterr().out.startswith(f"Nothing changed: {dist}")


def test_a_changed_output_is_built_again(places: Places, dist: Path) -> None:
    """Whoever changed it: the output is the build's."""
    before = contents(dist)
    (dist / "view.js").write_text("changed")

    build(places, LOCAL, dist)

    assert contents(dist) == before


def test_another_configuration_is_another_extension(
    places: Places, dist: Path, tmp_path: Path
) -> None:
    """Only manifest and configuration differ."""
    other = Configuration(api_base="https://a.example.com", auth_endpoint="https://b.example.com/x")

    built = contents(build(places, other, tmp_path / "dist"))

    before = contents(dist)
    assert {name for name in built if built[name] != before.get(name)} == {
        "configuration.json",
        "manifest.json",
    }


def test_a_folder_of_somebody_else_is_left_alone(places: Places, tmp_path: Path) -> None:
    """`--out ~` must not empty anybody's home."""
    (tmp_path / "letter.txt").write_text("dear")

    with pytest.raises(BuildError, match="no build made"):
        build(places, LOCAL, tmp_path)

    assert (tmp_path / "letter.txt").read_text() == "dear"


def test_a_file_is_no_output_folder(places: Places, tmp_path: Path) -> None:
    """Said before anything is made."""
    (tmp_path / "file").write_text("")

    with pytest.raises(BuildError, match="is a file"):
        build(places, LOCAL, tmp_path / "file")


def test_of_pyscript_what_it_imports_is_packed(tmp_path: Path) -> None:
    """The core, what the core imports, and no plugin that is switched off."""
    (tmp_path / "core.js").write_text('export{a}from"./core-1.js";')
    (tmp_path / "core-1.js").write_text(
        'import{b}from"./b-1.js";const c=()=>import("./py-game-1.js");'
    )
    for name in ("b-1.js", "error-1.js", "py-game-1.js"):
        (tmp_path / name).write_text("")

    names = [path.name for path in pyscript_files(tmp_path)]

    assert names == ["b-1.js", "core-1.js", "core.js", "error-1.js"]

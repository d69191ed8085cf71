"""`threadline_build.release`."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from threadline_build import cli
from threadline_build.errors import BuildError
from threadline_build.options import LOCAL, Configuration
from threadline_build.places import Places
from threadline_build.release import make_release, part_of, release

if TYPE_CHECKING:
    from pathlib import Path

    from threadline_build.snapshot import Runtime


@pytest.fixture(scope="module")
def made(places: Places, runtime: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a release; `runtime` is asked for so that it is made once."""
    assert runtime.folder.is_dir()
    return make_release(places, LOCAL, tmp_path_factory.mktemp("release"))


def read_json(archive: Path, name: str) -> dict[str, Any]:
    """Return an object in the zip."""
    with zipfile.ZipFile(archive) as packed:
        value: dict[str, Any] = json.loads(packed.read(name))
    return value


def copy_of(places: Places, root: Path) -> Places:
    """Return the places of a copy of the checkout, as new as a clone, with the same cache."""
    for name in ("extension", "webpack-free-assets", "py"):
        shutil.copytree(
            places.root / name,
            root / name,
            copy_function=shutil.copyfile,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    shutil.copyfile(places.root / "manifest.json", root / "manifest.json")
    return Places(root=root, cache=places.cache)


def test_another_folder_and_time_zone_give_the_same_bytes(
    places: Places, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has the source can tell that the store's package was made of it."""
    elsewhere = copy_of(places, tmp_path / "another place")
    for path in elsewhere.extension.iterdir():
        os.utime(path, (1_000_000_000, 1_000_000_000))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    mask = os.umask(0o077)

    try:
        again = make_release(elsewhere, LOCAL, tmp_path / "out")
    finally:
        os.umask(mask)
        monkeypatch.undo()
        time.tzset()

    assert again.name == made.name
    assert again.read_bytes() == made.read_bytes()


def test_the_zip_is_named_for_its_version_and_is_the_extension(places: Places, made: Path) -> None:
    """The manifest at its top, the servers in it, nothing about how it was built."""
    manifest = read_json(made, "manifest.json")
    with zipfile.ZipFile(made) as archive:
        names = set(archive.namelist())
        told = [name for name in names if str(places.root).encode() in archive.read(name)]

    assert made.name == f"threadline-{manifest['version']}.zip"
    assert {"panel.html", "runtime/snapshot.bin", "vendor/pyodide/pyodide.asm.wasm"} <= names
    assert read_json(made, "configuration.json")["apiBase"] == LOCAL.api_base
    assert {"host_permissions", "key"}.isdisjoint(manifest)
    assert "build.json" not in names
    assert told == []


def test_the_command_tells_sizes_path_and_digest(
    places: Places, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a person compares and uploads; flags reach the configuration and the manifest."""
    line = ["release", "--out", str(tmp_path), "--keep-key", "--api-base", "https://a.example.com"]
    push = ["--pusher-key", "", "--pusher-host", ""]

    assert release(places, cli.parse([*line, *push])) == 0

    (zip_file,) = tmp_path.iterdir()
    said = capsys.readouterr().out
    assert f"{zip_file}: " in said
    assert f"{zip_file.stat().st_size:,} bytes" in said
    assert hashlib.sha256(zip_file.read_bytes()).hexdigest() in said
    assert all(part in said for part in ("memory snapshot", "Pyodide", "PyScript"))
    assert "the server https://a.example.com and the push server none" in said
    assert read_json(zip_file, "configuration.json")["apiBase"] == "https://a.example.com"
    assert "key" in read_json(zip_file, "manifest.json")


def test_options_are_those_of_build() -> None:
    """And one more."""
    build, of_release = (vars(cli.parse([name])) for name in ("build", "release"))

    assert of_release.pop("keep_key") is False
    assert {**of_release, "command": "build"} == build


def test_a_server_without_tls_stops_it_before_anything_is_made(
    places: Places, tmp_path: Path
) -> None:
    """Chrome could not be asked for it."""
    plain = Configuration(api_base="http://api.example.com")

    with pytest.raises(BuildError, match="cannot ask"):
        make_release(places, plain, tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_code_made_of_text_stops_it_before_anything_is_made(places: Places, tmp_path: Path) -> None:
    """In the Python that the zip holds compiled, too."""
    elsewhere = copy_of(places, tmp_path / "copy")
    (elsewhere.python / "threadline" / "core" / "bad.py").write_text("eval('1')")

    with pytest.raises(BuildError, match=r"py/threadline/core/bad\.py makes code of text"):
        make_release(elsewhere, LOCAL, tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_an_unused_file_stops_it_before_anything_is_packed(places: Places, tmp_path: Path) -> None:
    """The real checks look at the real folder."""
    elsewhere = copy_of(places, tmp_path / "copy")
    (elsewhere.extension / "lost.js").write_text("")

    with pytest.raises(BuildError, match=r"nothing names lost\.js"):
        make_release(elsewhere, LOCAL, tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_a_file_is_no_output_folder(places: Places, tmp_path: Path) -> None:
    """Said before anything is made."""
    (tmp_path / "file").write_text("")

    with pytest.raises(BuildError, match="is a file"):
        make_release(places, LOCAL, tmp_path / "file")


def test_a_zip_that_the_store_would_not_take_is_not_left(places: Places, tmp_path: Path) -> None:
    """With its size and the limit."""
    with pytest.raises(BuildError, match="the store takes 1000"):
        make_release(places, LOCAL, tmp_path, limit=1000)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("runtime/snapshot.bin", "memory snapshot"),
        ("runtime/sparse.mjs", "pages, scripts, manifest"),
        ("icons/icon-16.png", "styles and icons"),
        ("css/panel.css", "styles and icons"),
        ("vendor/pyscript/core.js", "PyScript"),
    ],
)
def test_every_file_is_counted_once(name: str, part: str) -> None:
    """What has no part of its own counts with the pages."""
    assert part_of(name) == part

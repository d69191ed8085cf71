"""`threadline_build.snapshot`."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from typing import TYPE_CHECKING

from threadline_build.fingerprints import files_below
from threadline_build.snapshot import make_snapshot, python_runtime
from threadline_build.sparse import PAGE_BYTES, decode

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from threadline_build.places import Places
    from threadline_build.snapshot import Runtime
    from threadline_build.vendored import Vendored
    from threadline_build.wheels import Wheels


def test_two_makings_are_the_same_to_the_last_byte(
    places: Places, vendored: Vendored, runtime: Runtime, tmp_path: Path
) -> None:
    """Clocks and random sources stand still while a snapshot is made."""
    for name in ("python.zip", "pydantic_core.wasm"):
        shutil.copyfile(runtime.folder / name, tmp_path / name)

    made = make_snapshot(places, vendored.pyodide, tmp_path)

    again = (tmp_path / "snapshot.bin").read_bytes()
    assert again == (runtime.folder / "snapshot.bin").read_bytes()
    assert made["heapBytes"] % PAGE_BYTES == 0


def test_every_module_of_ours_is_in_the_snapshot(
    places: Places, vendored: Vendored, runtime: Runtime, tmp_path: Path
) -> None:
    """And none of the back end, the build or the tests."""
    for name in ("python.zip", "pydantic_core.wasm"):
        shutil.copyfile(runtime.folder / name, tmp_path / name)
    ours = places.python / "threadline"
    names = {
        ".".join(("threadline", *path.relative_to(ours).with_suffix("").parts))
        for path in files_below(ours, (".py",))
    }

    loaded = set(make_snapshot(places, vendored.pyodide, tmp_path)["modules"])

    assert {name.removesuffix(".__init__") for name in names} <= loaded
    assert {"pydantic", "pydantic_core._pydantic_core", "jinja2", "markupsafe"} <= loaded
    assert not [name for name in loaded if re.match(r"threadline_(backend|build)|tests", name)]


def test_no_path_of_this_machine_is_in_it(places: Places, runtime: Runtime) -> None:
    """It would tell where it was made, and differ on every machine."""
    snapshot = decode((runtime.folder / "snapshot.bin").read_bytes())

    assert str(places.root).encode() not in snapshot
    assert str(places.root).encode() not in (runtime.folder / "python.zip").read_bytes()


def test_the_zip_holds_the_product_and_nothing_beside_it(runtime: Runtime) -> None:
    """Compiled modules and templates."""
    with zipfile.ZipFile(runtime.folder / "python.zip") as archive:
        names = archive.namelist()

    assert "threadline/app/engine_host.pyc" in names
    assert "json/decoder.pyc" in names
    assert not [name for name in names if name.endswith(".py")]
    assert not [
        name for name in names if re.match(r"threadline_(backend|build)|tests/|test/", name)
    ]


def test_nothing_changed_means_nothing_made(
    places: Places,
    vendored: Vendored,
    wheels: Wheels,
    runtime: Runtime,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The cache is asked by content."""
    assert python_runtime(places, vendored, wheels) == runtime
    assert capsys.readouterr().out == ""


def test_the_index_says_what_was_recorded(runtime: Runtime) -> None:
    """`sparse.mjs` compares both with what it finds."""
    file = (runtime.folder / "snapshot.bin").read_bytes()
    index = json.loads(file[44 : 44 + int.from_bytes(file[40:44], "little")])

    assert index["heapBytes"] >= 30 * 2**20  # what Pyodide begins with
    assert index["tableLength"] > 10_000

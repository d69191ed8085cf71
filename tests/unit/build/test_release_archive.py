"""`threadline_build.release_archive`."""

from __future__ import annotations

import os
import time
import zipfile
from typing import TYPE_CHECKING

import pytest

from threadline_build.release_archive import write_archive

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["manifest.json", "css/panel.css", "view.js"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a few files."""
    made = tmp_path / "one"
    (made / "css").mkdir(parents=True)
    for name in NAMES:
        (made / name).write_text(name * 100)
    return made


def test_time_zone_clock_order_and_permissions_leave_no_trace(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same files give the same bytes."""
    write_archive(folder, NAMES, tmp_path / "a.zip")
    for name in NAMES:
        os.utime(folder / name, (1_000_000_000, 1_000_000_000))
        (folder / name).chmod(0o600)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()

    try:
        write_archive(folder, reversed(NAMES), tmp_path / "b.zip")
    finally:
        monkeypatch.undo()
        time.tzset()

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_what_goes_in_comes_out_sorted(folder: Path, tmp_path: Path) -> None:
    """Only the files that were named, readable by everybody, each with its sizes."""
    (folder / "build.json").write_text("not named")

    packed = write_archive(folder, NAMES, tmp_path / "new" / "a.zip")

    with zipfile.ZipFile(tmp_path / "new" / "a.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(NAMES) == [file.name for file in packed]
        assert archive.read("view.js").decode() == "view.js" * 100
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}
    assert packed[-1].plain_bytes == 700
    assert 0 < packed[-1].packed_bytes < 700


def test_a_failure_leaves_the_old_zip_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    """Whole or not at all."""
    out = tmp_path / "out"
    write_archive(folder, NAMES, out / "a.zip")
    before = (out / "a.zip").read_bytes()

    with pytest.raises(FileNotFoundError):
        write_archive(folder, [*NAMES, "zzz"], out / "a.zip")

    assert [path.name for path in out.iterdir()] == ["a.zip"]
    assert (out / "a.zip").read_bytes() == before

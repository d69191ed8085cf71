"""Boots the built extension in Chromium: from the snapshot, and without it where it cannot be
used.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from threadline_build.chromium import find_chromium, launch_arguments
from threadline_build.options import LOCAL
from threadline_build.packing import build
from threadline_build.places import Places
from threadline_build.sparse import decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Playwright

pytestmark = pytest.mark.e2e

PAGES = Path(__file__).parent / "pages"
ROOT = Path(__file__).parents[2]
LIMIT = 60_000  # ms; a boot takes about one second, on a busy machine many


def index_of(file: bytes) -> dict[str, Any]:
    """Return the index of a snapshot file."""
    length = int.from_bytes(file[40:44], "little")
    index: dict[str, Any] = json.loads(file[44 : 44 + length])
    return index


def remade(file: bytes, change: Callable[[bytes], bytes], *, slots: int = 0) -> bytes:
    """Return a whole snapshot file over changed contents, its checksum right again."""
    index = index_of(file)
    return encode(
        change(decode(file)),
        heap_bytes=index["heapBytes"],
        table_length=index["tableLength"] + slots,
    )


def other_build(snapshot: bytes) -> bytes:
    """Return the snapshot as if another Pyodide had made it: its build id is in words 4 to 11."""
    return snapshot[:16] + bytes(byte ^ 1 for byte in snapshot[16:48]) + snapshot[48:]


# What is done to the snapshot file, and what the reason for the plain boot says of it.
DAMAGES: dict[str, tuple[Callable[[bytes], bytes | None], str]] = {
    "missing": (lambda file: None, "snapshot.bin"),
    "empty": (lambda file: b"", "not in the format"),
    "truncated": (lambda file: file[:-100], "checksum"),
    "one_bit": (
        lambda file: file[:1_000_000] + bytes([file[1_000_000] ^ 1]) + file[1_000_001:],
        "checksum",
    ),
    "table": (lambda file: remade(file, bytes, slots=1), "function table"),
    "build_id": (lambda file: remade(file, other_build), "build id"),
    "import": (lambda file: remade(file, lambda s: s.replace(b"awake", b"awoke")), "awake"),
}


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an extension that holds itself once more for each damage, without using up the
    disk.
    """
    folder = tmp_path_factory.mktemp("boot") / "dist"
    build(Places.of(ROOT), LOCAL, folder)
    whole = (folder / "runtime" / "snapshot.bin").read_bytes()
    inside = [path for path in folder.iterdir() if path.name != "manifest.json"]
    for name, (damage, _) in DAMAGES.items():
        for path in inside:
            copy = folder / name / path.name
            copy.parent.mkdir(exist_ok=True)
            if path.is_dir():
                shutil.copytree(path, copy, copy_function=os.link)
            else:
                os.link(path, copy)
        snapshot = folder / name / "runtime" / "snapshot.bin"
        snapshot.unlink()
        damaged = damage(whole)
        if damaged is not None:
            snapshot.write_bytes(damaged)
    for target in (folder, *(folder / name for name in DAMAGES)):
        shutil.copytree(PAGES, target, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def browser(
    dist: Path, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """Return Chromium with that extension."""
    chromium = find_chromium()
    if chromium is None:
        assert os.environ.get("CI") != "true", "no Chromium"
        pytest.skip("no Chromium")
    context = playwright.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"),
        executable_path=chromium,
        headless=True,
        args=launch_arguments(dist),
        ignore_default_args=["--disable-extensions"],
    )
    yield context
    context.close()


def told(browser: BrowserContext, path: str) -> dict[str, Any]:
    """Open a page of the extension and return what it writes down, and what the console complained
    of, as `complaints`.
    """
    worker = browser.service_workers[0] if browser.service_workers else None
    worker = worker or browser.wait_for_event("serviceworker")
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/".join([*worker.url.split("/")[:3], path]))
    output = page.locator("output")
    expect(output).not_to_be_empty(timeout=LIMIT)
    answer: dict[str, Any] = json.loads(output.text_content() or "")
    page.close()
    return {**answer, "complaints": complaints}


def test_boots_from_the_snapshot_every_time_and_each_time_afresh(browser: BrowserContext) -> None:
    """Ten boots: none falls back, and no two draw the same random number."""
    boots = [told(browser, "boot_probe.html") for _ in range(10)]

    assert [boot["boot"]["kind"] for boot in boots] == ["snapshot"] * 10, boots
    assert len({boot["drawn"] for boot in boots}) == 10
    assert all(boot["validated"] for boot in boots)
    assert [boot["reports"] + boot["complaints"] for boot in boots] == [[]] * 10


def test_a_late_import_finds_its_module(browser: BrowserContext) -> None:
    """What is not in the snapshot is in the zip, which is mounted after the boot."""
    boot = told(browser, "boot_probe.html")

    assert boot["isLate"]
    assert boot["late"] == "colorsys"


@pytest.mark.parametrize("damage", DAMAGES)
def test_boots_without_a_snapshot_that_cannot_be_used(browser: BrowserContext, damage: str) -> None:
    """ARCHITECTURE.md, border 3: for any reason, and the reason is said."""
    boot = told(browser, f"{damage}/boot_probe.html")

    assert boot.get("boot", {}).get("kind") == "plain", boot
    assert DAMAGES[damage][1] in boot["boot"]["reason"]
    assert [level for level, _ in boot["reports"]] == ["warning"]
    assert boot["validated"]
    assert boot["late"] == "colorsys"


def test_the_engine_starts_as_a_pyscript_page(browser: BrowserContext) -> None:
    """Nothing runs before it is asked for; then the engine starts, from the snapshot too."""
    told_by_page = told(browser, "pyscript_probe.html")

    assert told_by_page["before"] == [None, None]
    assert told_by_page["failure"] is None
    assert told_by_page["engine"] == "running"
    assert told_by_page["boot"]["kind"] == "snapshot"
    assert told_by_page["complaints"] == []

"""`threadline_build.bench_peer`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from threadline_build.bench_peer import build_peer, bundler, peer_packages
from threadline_build.errors import BuildError
from threadline_build.locking import refuse_addresses
from threadline_build.options import Configuration
from threadline_build.places import Places

SOURCES = Path("tests/bench/peer")


def test_the_lock_holds_hashes_and_no_addresses(places: Places) -> None:
    """CONTRIBUTING.md, "Dependencies"."""
    path = places.root / SOURCES / "package-lock.json"
    refuse_addresses(path)
    packages = json.loads(path.read_text())["packages"]
    listed = json.loads((places.root / SOURCES / "package.json").read_text())

    assert all("integrity" in one for name, one in packages.items() if name)
    assert packages[""]["dependencies"] == listed["dependencies"]
    assert packages[""]["devDependencies"] == listed["devDependencies"]


def test_the_packages_are_fetched_once(places: Places) -> None:
    """And hold a bundler that runs without any install script."""
    home = peer_packages(places)

    assert peer_packages(places) == home
    assert home.parent == places.cache
    assert bundler(home).is_file()


def test_packages_without_a_bundler_are_refused(tmp_path: Path) -> None:
    """In words; the platform is to blame."""
    with pytest.raises(BuildError, match="no esbuild for this platform"):
        bundler(tmp_path)


def test_the_peer_is_a_whole_extension_for_the_given_servers(
    places: Places, tmp_path: Path
) -> None:
    """Everything in its manifest and page is there, and the servers are in the script."""
    configuration = Configuration(
        api_base="http://127.0.0.1:4000", pusher_key="a-key", pusher_port=4005
    )
    out = build_peer(places, configuration, tmp_path / "peer")

    manifest = json.loads((out / "manifest.json").read_text())
    assert (out / manifest["action"]["default_popup"]).is_file()
    assert (out / manifest["background"]["service_worker"]).is_file()
    script = (out / "main.js").read_text()
    assert "http://127.0.0.1:4000" in script
    assert "a-key" in script
    assert "4005" in script
    assert "__CONFIGURATION__" not in script


def test_a_source_that_cannot_be_bundled_is_said(places: Places, tmp_path: Path) -> None:
    """With the bundler's own word."""
    sources = tmp_path / SOURCES
    sources.mkdir(parents=True)
    for path in (places.root / SOURCES).iterdir():
        text = path.read_text() if path.name != "main.jsx" else "const = 1;"
        (sources / path.name).write_text(text)
    elsewhere = Places(root=tmp_path, cache=places.cache)

    with pytest.raises(BuildError, match="the peer could not be bundled"):
        build_peer(elsewhere, Configuration(), tmp_path / "out")

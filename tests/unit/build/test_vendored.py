"""`threadline_build.vendored`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from threadline_build.packing import PYODIDE_FILES, pyscript_files
from threadline_build.vendored import vendored_packages

if TYPE_CHECKING:
    from threadline_build.places import Places
    from threadline_build.vendored import Vendored


def test_the_locked_packages_are_there(vendored: Vendored) -> None:
    """Everything that is copied into the extension."""
    assert all((vendored.pyodide / name).is_file() for name in PYODIDE_FILES)
    assert "core.js" in {path.name for path in pyscript_files(vendored.pyscript)}


def test_they_are_fetched_once(places: Places, vendored: Vendored) -> None:
    """Then the cache knows them by their lock file."""
    assert vendored_packages(places) == vendored


def test_every_package_is_locked_by_hash_and_by_no_address(places: Places) -> None:
    """CONTRIBUTING.md, "Dependencies"."""
    text = (places.assets / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    packages.pop("")

    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert "://" not in text


def test_the_versions_are_exact(places: Places) -> None:
    """A snapshot means something to one build of Pyodide only."""
    listed = json.loads((places.assets / "package.json").read_text(encoding="utf-8"))

    assert all(re.fullmatch(r"[0-9.]+", version) for version in listed["dependencies"].values())

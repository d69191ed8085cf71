"""`threadline_build.third_party`: what is carried of others is told, with licence and digest."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from threadline_build.places import Places
from threadline_build.third_party import Package, notice, packages
from threadline_build.vendored import vendored_packages
from threadline_build.wheels import Wheels, pyodide_wheels

ROOT = Path(__file__).parents[3]


def test_every_package_that_is_carried_is_told() -> None:
    """Every wheel of the list, Pyodide with its Python, and PyScript; each with a licence."""
    places = Places.of(ROOT)
    wheels = pyodide_wheels(places, "pyodide-requirements.lock", "the packages of the extension")
    found = packages(vendored_packages(places), wheels)

    names = {one.name.lower().replace("_", "-") for one in found}
    lock = (places.python / "pyodide-requirements.lock").read_text()
    listed = {line.partition("==")[0] for line in lock.splitlines() if "==" in line}
    assert names == listed | {"cpython", "pyodide", "@pyscript/core"}
    assert [one.name.lower() for one in found] == sorted(one.name.lower() for one in found)
    assert all(one.licence != "licence not told" for one in found)
    assert {one.name for one in found if not one.text} <= {"CPython", "pyodide"}


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        ("License-Expression: MIT\nLicense: other", "MIT"),
        ("License: BSD", "BSD"),
        (
            "Classifier: License :: OSI Approved :: MIT License\nClassifier: Topic :: X",
            "MIT License",
        ),
        ("Summary: none", "licence not told"),
    ],
)
def test_a_licence_is_taken_from_wherever_it_stands(
    tmp_path: Path, metadata: str, licence: str
) -> None:
    """Old metadata and new."""
    folder = tmp_path / "a-1.dist-info"
    (folder / "licenses").mkdir(parents=True)
    (folder / "METADATA").write_text(f"Name: a\nVersion: 1\n{metadata}\n")
    (folder / "LICENSE").write_text("one")
    (folder / "licenses" / "COPYING.txt").write_text("two")
    (folder / "licenses" / "AUTHORS").write_text("nobody")

    found = packages(vendored_packages(Places.of(ROOT)), Wheels("", tmp_path))

    assert Package("a", "1", licence, "onetwo") in found


def test_the_notice_names_packages_and_files(tmp_path: Path) -> None:
    """So that a reviewer can compare; a licence's words come once, at the end."""
    (tmp_path / "a.wasm").write_bytes(b"wasm")
    text = notice(
        [Package("a", "1", "MIT", "Do as you like."), Package("b", "2", "X")], tmp_path, ["a.wasm"]
    )

    digest = hashlib.sha256(b"wasm").hexdigest()
    assert "\na 1, MIT\nb 2, X\n" in text
    assert f"\n{digest}  a.wasm\n" in text
    assert text.count("Do as you like.") == 1

"""`threadline_build.wheels`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from threadline_build.errors import BuildError
from threadline_build.places import Places
from threadline_build.wheels import pyodide_wheels

if TYPE_CHECKING:
    from pathlib import Path

    from threadline_build.wheels import Wheels


def test_the_packages_of_the_extension_are_there(wheels: Wheels) -> None:
    """As in a `site-packages`."""
    packages = {path.name for path in wheels.site.iterdir()}

    assert {"pydantic", "pydantic_core", "jinja2", "markupsafe", "typing_extensions.py"} <= packages


def test_a_list_is_fetched_once(places: Places, wheels: Wheels) -> None:
    """Then the cache knows it by its content."""
    assert pyodide_wheels(places, "pyodide-requirements.lock", "x") == wheels


@pytest.mark.parametrize("lock", ["pyodide-requirements.lock", "pyodide-test-requirements.lock"])
def test_every_wheel_is_locked_by_hash_and_by_no_address(places: Places, lock: str) -> None:
    """CONTRIBUTING.md, "Dependencies"."""
    lines = (places.python / lock).read_text(encoding="utf-8").splitlines()

    wanted = re.compile(r"[a-z0-9-]+==[0-9][0-9a-z.]* --hash=sha256:[0-9a-f]{64}")
    assert len(lines) > 5
    assert all(wanted.fullmatch(line) or line.startswith("#") for line in lines)
    assert not any("://" in line for line in lines)


def test_a_wheel_that_cannot_be_had_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And leaves nothing in the cache."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (tmp_path / "py").mkdir()
    (tmp_path / "py" / "x.lock").write_text(f"a-package-of-nobody==1 --hash=sha256:{'0' * 64}\n")

    with pytest.raises(BuildError, match=r"x\.lock.*network") as caught:
        pyodide_wheels(Places(root=tmp_path, cache=tmp_path / "cache"), "x.lock", "packages")

    assert "\n" not in str(caught.value)
    assert list((tmp_path / "cache").iterdir()) == []

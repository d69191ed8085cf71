"""`threadline_build.locking`."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import pytest

from threadline_build.errors import BuildError
from threadline_build.locking import locks, refuse_addresses, requirement

if TYPE_CHECKING:
    from pathlib import Path

    from threadline_build.places import Places


def test_a_wheel_becomes_a_requirement_that_only_it_fulfils(tmp_path: Path) -> None:
    """Name, version and hash; nothing about where it came from."""
    wheel = tmp_path / "Typing_Extensions-4.16.0-py3-none-any.whl"
    wheel.write_bytes(b"contents")

    digest = hashlib.sha256(b"contents").hexdigest()
    assert requirement(wheel) == f"typing-extensions==4.16.0 --hash=sha256:{digest}"


def test_a_lock_file_with_an_address_is_refused(tmp_path: Path) -> None:
    """It would bind everybody to one place on the network."""
    (tmp_path / "a.lock").write_text("a @ https://example.com/a.whl")

    with pytest.raises(BuildError, match=r"a\.lock holds an address"):
        refuse_addresses(tmp_path / "a.lock")


def test_the_lock_files_here_hold_hashes_and_no_address(places: Places) -> None:
    """CONTRIBUTING.md, "Dependencies"; all four of them."""
    files = locks(places)

    assert [path.name for path in files] == [
        "pyodide-requirements.lock",
        "pyodide-test-requirements.lock",
        "requirements.lock",
        "package-lock.json",
    ]
    for path in files:
        refuse_addresses(path)
        assert re.search(r"sha(256|512)[:-]", path.read_text(encoding="utf-8"))


def test_the_environment_is_locked_for_every_platform(places: Places) -> None:
    """pip-compile notes the hashes of all files, not only of the one for this machine."""
    text = (places.python / "requirements.lock").read_text(encoding="utf-8")
    core = text.split("pydantic-core==")[1].split("# via")[0]

    assert core.count("--hash=sha256:") > 20

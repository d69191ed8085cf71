"""`threadline_build.chromium`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from threadline_build.chromium import find_chromium, launch_arguments, under_ci
from threadline_build.errors import BuildError


def which_knows(*names: str) -> object:
    """Return a `which` that finds only these commands."""
    return lambda name: f"/usr/bin/{name}" if name in names else None


def test_the_named_one_beats_all_others() -> None:
    """CHROME, a name or a path."""
    found = find_chromium({"CHROME": "mine"}, which_knows("mine", "chromium"))  # type: ignore[arg-type]

    assert found == Path("/usr/bin/mine")


def test_a_named_one_that_is_not_there_is_refused() -> None:
    """Another one would not be what was asked for."""
    with pytest.raises(BuildError, match="CHROME names mine"):
        find_chromium({"CHROME": "mine"}, which_knows("chromium"))  # type: ignore[arg-type]


def test_the_first_that_is_installed_is_taken() -> None:
    """Under either of its names."""
    found = find_chromium({}, which_knows("chromium-browser"))  # type: ignore[arg-type]

    assert found == Path("/usr/bin/chromium-browser")


def test_a_branded_build_is_never_taken() -> None:
    """It ignores --load-extension, and the panel would silently not be there."""
    found = find_chromium({}, which_knows("google-chrome"))  # type: ignore[arg-type]

    assert found is None or "google-chrome" not in str(found)


def test_only_this_extension_is_loaded(tmp_path: Path) -> None:
    """And the sandbox goes only where Chromium would not start with it."""
    arguments = launch_arguments(tmp_path)

    assert f"--load-extension={tmp_path}" in arguments
    assert f"--disable-extensions-except={tmp_path}" in arguments
    assert ("--no-sandbox" in arguments) == (os.geteuid() == 0)


@pytest.mark.parametrize(
    ("value", "meaning"), [("true", True), ("1", True), ("", False), ("0", False)]
)
def test_an_unattended_run_is_known_by_its_variable(value: str, meaning: bool) -> None:
    """CI=true: nothing is skipped, and what is missing is installed."""
    assert under_ci({"CI": value}) is meaning
    assert under_ci({}) is False

"""What the tests of the build share: the real checkout, its vendored packages and its runtime."""

from __future__ import annotations

from pathlib import Path

import pytest

from threadline_build.places import Places
from threadline_build.snapshot import Runtime, python_runtime
from threadline_build.vendored import Vendored, vendored_packages
from threadline_build.wheels import Wheels, pyodide_wheels


@pytest.fixture(scope="session")
def places() -> Places:
    """Return the places of this checkout."""
    return Places.of(Path(__file__).parents[3])


@pytest.fixture(scope="session")
def vendored(places: Places) -> Vendored:
    """Return Pyodide and PyScript as the build has them."""
    return vendored_packages(places)


@pytest.fixture(scope="session")
def wheels(places: Places) -> Wheels:
    """Return the packages of the extension as the build has them."""
    return pyodide_wheels(places, "pyodide-requirements.lock", "the packages of the extension")


@pytest.fixture(scope="session")
def runtime(places: Places, vendored: Vendored, wheels: Wheels) -> Runtime:
    """Return what the extension boots from, made where it is not in the cache."""
    return python_runtime(places, vendored, wheels)

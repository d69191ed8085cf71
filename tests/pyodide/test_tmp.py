"""Runs the unit tests of the rings that the extension carries, and the adapter tests of `inside/`,
inside Pyodide.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from threadline_build.node import node_executable
from threadline_build.places import Places
from threadline_build.snapshot import python_runtime
from threadline_build.vendored import vendored_packages
from threadline_build.wheels import pyodide_wheels

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RINGS = ("core", "ui", "runtime")
SECONDS = 600  # far more than it takes; a hanging Pyodide ends as a failure


@pytest.mark.pyodide
def test_the_rings_and_the_adapters_pass_inside_pyodide() -> None:
    """What passes on CPython passes on the Python that ships, with the packages that ship."""
    places = Places.of(ROOT)
    vendored = vendored_packages(places)
    wheels = pyodide_wheels(places, "pyodide-requirements.lock", "the packages of the extension")
    runtime = python_runtime(places, vendored, wheels).folder
    tools = pyodide_wheels(places, "pyodide-test-requirements.lock", "the test tools for Pyodide")
    folders = [f"tests/unit/{ring}" for ring in RINGS if (ROOT / "tests/unit" / ring).is_dir()]
    job = {
        "runtime": str(vendored.pyodide),
        "making": str(places.node_scripts / "making.mjs"),
        "linking": str(places.extension / "runtime" / "linking.mjs"),
        "sideModule": str(runtime / "pydantic_core.wasm"),
        "stdlib": str(runtime / "python.zip"),
        "checkout": str(ROOT),
        "tools": str(tools.site),
        "arguments": [*folders, "tests/pyodide/inside", "-q", "-p", "no:cacheprovider","--deselect=tests/unit/core/test_pusher.py","--deselect=tests/unit/core/test_wire.py"],
    }

    done = subprocess.run(
        [node_executable(), HERE / "run_in_node.mjs"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert done.returncode == 0, f"inside Pyodide:\n{done.stdout[-20_000:]}\n{done.stderr[-4_000:]}"
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, f"no test ran inside Pyodide:\n{done.stdout[-4_000:]}"
    assert "skipped" not in done.stdout.splitlines()[-1]

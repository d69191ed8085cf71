"""Runs inside Pyodide for run_in_node.mjs: hands the tests to pytest; its last line is the exit
status.
"""

import os
import sys

import js
import threadline_runtime

threadline_runtime.link()
sys.path.insert(0, "/tools")  # before the extension's own, which carries no more than it needs
os.chdir("/checkout")

import pytest  # noqa: E402  found only now


class InsidePyodide:
    """A pytest plugin for what is different here."""

    def pytest_configure(self) -> None:
        """Try the same few examples each time: this Python is several times slower than CPython."""
        from hypothesis import settings

        settings.register_profile(
            "pyodide", max_examples=10, deadline=None, derandomize=True, database=None
        )
        settings.load_profile("pyodide")

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Let JavaScript know what runs, for the case that Python does not survive it."""
        js.runningTest = nodeid


int(pytest.main(arguments.split("\n"), plugins=[InsidePyodide()]))  # noqa: F821  set by run_in_node

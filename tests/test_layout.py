"""The tree tells the truth: each module has its test of the same name, and the reverse.

A module `core/x.py` is tested by `tests/unit/core/test_x.py`; where that grows too long, aspects of
it stand beside it as `test_x_<aspect>.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Where each folder of tests finds its modules.
RINGS = {
    "core": "py/threadline/core",
    "runtime": "py/threadline/runtime",
    "ui": "py/threadline/ui",
    "app": "py/threadline/app",
    "backend": "py/threadline_backend",
    "build": "py/threadline_build",
}

# Modules with nothing to run of their own, or that only another place can run.
EXCEPTIONS = {
    "core/effects.py": "plain data",
    "core/events.py": "plain data",
    "core/model.py": "plain data; its few properties are read by its users' tests",
    "core/notices.py": "plain data",
    "core/session_summary.py": "plain data",
    "core/session_view.py": "plain data; what makes it is `showing`",
    "runtime/ports.py": "types only",
    "app/engine_host.py": "composition over JavaScript: tests/pyodide and tests/e2e",
    "app/language.py": "composition over JavaScript: tests/pyodide and tests/e2e",
    "backend/agent.py": "types only: what an agent is, and what it says",
    "backend/embedded/abortable.py": "one call of the socket, shown in tests/contract",
    "backend/embedded/limits.py": "plain data",
    "build/__main__.py": "one call of `cli`",
    "build/node/compiling.py": "runs inside Pyodide; `test_bytecode` reads what it made",
}

# Tests of a ring that belong to no one module.
WHOLE = {
    "ui/test_pages.py": "whole pages: templates have no module",
}


def modules(ring: str) -> set[str]:
    """Return the modules of a ring, as paths below it."""
    folder = ROOT / RINGS[ring]
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if path.name != "__init__.py" and "versions" not in path.parts and path.name != "env.py"
    }


def files_for(ring: str) -> set[str]:
    """Return the test files of a ring, as paths below it."""
    folder = ROOT / "tests/unit" / ring
    return {path.relative_to(folder).as_posix() for path in folder.rglob("test_*.py")}


def name_of_test(module: str) -> str:
    """Return the path of a module's test, below its ring: `__main__` is `main` there."""
    folder, _, name = module.rpartition("/")
    test = f"test_{name.replace('__', '')}"
    return f"{folder}/{test}" if folder else test


def is_about(test: str, module: str) -> bool:
    """Whether `test` is the test of `module`, or of an aspect of it."""
    expected = name_of_test(module).removesuffix(".py")
    return test == f"{expected}.py" or test.startswith(f"{expected}_")


@pytest.mark.parametrize("ring", list(RINGS))
def test_every_module_has_a_test_of_its_name(ring: str) -> None:
    """CONTRIBUTING: a reader guesses the test from the module."""
    due = {one for one in modules(ring) if f"{ring}/{one}" not in EXCEPTIONS}

    assert sorted(due - {one for one in due if name_of_test(one) in files_for(ring)}) == []


@pytest.mark.parametrize("ring", list(RINGS))
def test_every_test_has_a_module_of_its_name(ring: str) -> None:
    """A test of a module that is gone, or of none, is lost."""
    orphans = {
        test
        for test in files_for(ring)
        if f"{ring}/{test}" not in WHOLE and not any(is_about(test, one) for one in modules(ring))
    }

    assert sorted(orphans) == []


def test_every_exception_is_still_there() -> None:
    """A list of exceptions only grows, unless somebody looks."""
    known = {f"{ring}/{one}" for ring in RINGS for one in modules(ring)}
    whole = {f"{ring}/{one}" for ring in RINGS for one in files_for(ring)}

    assert sorted(EXCEPTIONS.keys() - known) == []
    assert sorted(WHOLE.keys() - whole) == []

"""`threadline_build.covering`: whose tests are whose, and what is said of a branch that is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from threadline_build.covering import RINGS, own_tests, uncovered
from threadline_build.places import Places

TESTS = {"test_outbox.py", "test_outbox_late.py", "test_outbox_slot.py", "test_out.py"}


@pytest.mark.parametrize(
    ("module", "mine"),
    [
        ("outbox", ["test_outbox.py", "test_outbox_late.py"]),
        ("outbox_slot", ["test_outbox_slot.py"]),
        ("out", ["test_out.py"]),
        ("plain", []),
    ],
)
def test_a_module_has_its_own_tests_and_their_aspects(module: str, mine: list[str]) -> None:
    """Where a longer name is a module as well, the file is that one's."""
    assert own_tests(module, {"out", "outbox", "outbox_slot", "plain"}, TESTS) == mine


@pytest.fixture
def tree(tmp_path: Path) -> Places:
    """A small project of two modules, without tests."""
    for ring in RINGS:
        (tmp_path / "py/threadline" / ring).mkdir(parents=True)
        (tmp_path / "tests/unit" / ring).mkdir(parents=True)
    for name in ("one", "two"):
        (tmp_path / f"py/threadline/core/{name}.py").write_text(
            "def sign(number):\n    if number < 0:\n        return -1\n    return 1\n"
        )
    repository = Path(__file__).parents[3]
    (tmp_path / "tests/conftest.py").write_bytes((repository / "tests/conftest.py").read_bytes())
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\n'
    )
    return Places(tmp_path, tmp_path / ".cache")


def test_what_only_another_modules_tests_run_is_not_covered(
    tree: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    """`one` never sees a negative number, `two` never a positive one, whatever file asks."""
    own = "from threadline.core import {0}\n\n\ndef test():\n    assert {0}.sign({1}) == {1}\n"
    for name, number in (("one", 1), ("two", -1)):
        path = tree.root / f"tests/unit/core/test_{name}.py"
        path.write_text(own.format(name, number))
    (tree.root / "tests/unit/ui/test_all.py").write_text(own.format("two", 1))

    assert uncovered(tree) == 1
    told = capsys.readouterr().out
    assert "core/one.py" in told
    assert "core/two.py" in told

    for name in ("one", "two"):
        path = tree.root / f"tests/unit/core/test_{name}.py"
        path.write_text(path.read_text() + f"    assert {name}.sign(1) - {name}.sign(-1) == 2\n")
    assert uncovered(tree) == 0


def test_failed_tests_prove_nothing(tree: Places) -> None:
    """pytest's own status is passed on."""
    (tree.root / "tests/unit/core/test_one.py").write_text("def test():\n    assert 0\n")

    assert uncovered(tree) == 1

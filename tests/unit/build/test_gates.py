"""`threadline_build.gates`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from threadline_build.gates import check
from threadline_build.places import Places

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = """
[tool.ruff.lint]
select = ["F"]
[tool.mypy]
files = ["py"]
[tool.importlinter]
root_packages = ["one"]
[[tool.importlinter.contracts]]
name = "one imports no json"
type = "forbidden"
source_modules = ["one"]
forbidden_modules = ["json"]
"""


@pytest.fixture
def checkout(tmp_path: Path, places: Places) -> Places:
    """Return a small checkout that passes, with this one's tools."""
    (tmp_path / "pyproject.toml").write_text(
        CONFIGURATION.replace("[[tool", "include_external_packages = true\n[[tool")
    )
    (tmp_path / "py" / "one").mkdir(parents=True)
    (tmp_path / "py" / "one" / "__init__.py").write_text("x: int = 1\n")
    (tmp_path / "build.py").write_text("")
    (tmp_path / ".venv").symlink_to(places.venv)
    return Places(root=tmp_path, cache=tmp_path / ".cache")


def test_a_good_checkout_passes_every_gate(
    checkout: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each with its name and result."""
    status = check(checkout)

    said = capsys.readouterr().out
    assert status == 0, said
    assert [line.split()[:2] for line in said.splitlines()[:-1]] == [
        [name, "passed"] for name in ("lint", "format", "types", "imports", "sizes", "words")
    ]


@pytest.mark.parametrize(
    ("gate", "text"),
    [
        ("lint", "import os\n"),
        ("format", "x   = 1\n"),
        ("types", 'x: int = "one"\n'),
        ("imports", "import json\n\nx = json\n"),
        ("sizes", "x = 1\n" * 401),
    ],
)
def test_each_gate_bites(
    checkout: Places, capsys: pytest.CaptureFixture[str], gate: str, text: str
) -> None:
    """Only the one that is meant, and the others are still asked."""
    (checkout.root / "py" / "one" / "__init__.py").write_text(text)

    assert check(checkout) == 1

    said = capsys.readouterr().out
    failed = [line.split()[0] for line in said.splitlines() if "FAILED" in line]
    assert failed == [gate], said
    assert said.splitlines()[-1] == "1 of 6 gates failed"


def test_the_gate_of_the_words_bites(checkout: Places, capsys: pytest.CaptureFixture[str]) -> None:
    """A language that cannot be read."""
    language = checkout.assets / "_locales" / "en"
    language.mkdir(parents=True)
    (language / "messages.json").write_text("{")

    assert check(checkout) == 1
    assert "words    FAILED" in capsys.readouterr().out

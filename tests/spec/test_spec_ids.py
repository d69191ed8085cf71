"""SPEC.md and the tests name the same invariants."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEFINED = re.compile(r"^\| ([CDEHILOPSV]\d+) \|", re.MULTILINE)
NAMED = re.compile(r"SPEC\.md ((?:[A-Z]\d+(?:-[A-Z]?\d+)?(?:, )?)+)")
AN_ID = re.compile(r"\b[CDEHILOPSV]\d+\b")
PLACE = re.compile(r"^\| [CDEHILOPSV]\d+ \|.*\| `([^`]*)` \|$", re.MULTILINE)


def spec() -> str:
    """Return the text of SPEC.md."""
    return (ROOT / "SPEC.md").read_text("utf-8")


def docstrings_of_tests() -> dict[str, str]:
    """Return the docstring of every test, by file and name."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found[f"{path.relative_to(ROOT)}::{node.name}"] = ast.get_docstring(node) or ""
    return found


@cache
def named_ids() -> dict[str, list[str]]:
    """Return which tests name each id."""
    named: dict[str, list[str]] = {}
    for test, docstring in docstrings_of_tests().items():
        for group in NAMED.findall(docstring):
            for one in AN_ID.findall(group):
                named.setdefault(one, []).append(test)
    return named


def test_every_invariant_is_shown_by_a_test() -> None:
    """An id that no test names is a promise only."""
    assert sorted(set(DEFINED.findall(spec())) - named_ids().keys()) == []


def test_every_id_in_a_test_is_an_invariant() -> None:
    """An id that SPEC.md does not know is a misprint, or was dropped."""
    defined = set(DEFINED.findall(spec()))

    assert {one: tests for one, tests in named_ids().items() if one not in defined} == {}


def test_no_invariant_is_defined_twice() -> None:
    """An id means one thing."""
    defined = DEFINED.findall(spec())

    assert len(defined) == len(set(defined))


def test_an_invariant_is_shown_where_spec_says() -> None:
    """The last column names a file that has such a test."""
    missing = [
        line
        for line in spec().splitlines()
        if (match := PLACE.match(line))
        and not any(
            test.startswith(f"tests/{match[1]}::") for test in named_ids()[AN_ID.findall(line)[0]]
        )
    ]

    assert missing == []

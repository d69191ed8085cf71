"""The table of faults in SPEC.md leads to the tests that make them, and back."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "SPEC.md"
FAULTS = 82  # in the catalogue
ROW = re.compile(r"^\| (\d+) \|([^|]+)\|([^|]+)\|([^|]+)\|$", re.MULTILINE)
TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
NAMED = re.compile(r"^test_faults?_(\d+)(?:_to_(\d+))?_")


@cache
def rows() -> dict[int, str]:
    """Return what stands in the last column, by the fault's number."""
    _, section = re.split(r"^## \d+\. Faults$", SPEC.read_text("utf-8"), flags=re.MULTILINE)
    section = section.partition("\n## ")[0]
    return {int(number): shown for number, _, _, shown in ROW.findall(section)}


@cache
def names_in(file: str) -> frozenset[str]:
    """Return the names of the tests in a file below `tests`."""
    tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
    return frozenset(one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))


def test_each_row_is_a_fault_and_names_tests_that_are_there() -> None:
    """A test that was renamed or deleted shows nothing."""
    assert set(rows()) == set(range(1, FAULTS + 1))
    assert [number for number, shown in rows().items() if not TEST.findall(shown)] == []
    named = [(number, TEST.findall(shown)) for number, shown in rows().items()]
    missing = [
        (number, file, name)
        for number, tests in named
        for file, name in tests
        if name not in names_in(file)
    ]
    assert missing == []


def test_each_test_of_a_fault_stands_in_its_row() -> None:
    """What a test says by its name is said in the table."""
    unsaid = []
    for path in sorted((ROOT / "tests").glob("*/test_faults_*.py")):
        place = path.relative_to(ROOT / "tests").as_posix()
        for name in sorted(names_in(place)):
            found = NAMED.match(name)
            if found is None:
                continue
            first = int(found[1])
            for number in range(first, int(found[2] or first) + 1):
                if f"`{place}::{name}`" not in rows().get(number, ""):
                    unsaid.append((number, name))
    assert unsaid == []

"""The checklist is whole: each behaviour is shown by a test of its number, or SPEC.md says why not.

`test_b017_...` shows B17. SPEC.md section 5 has two tables: what is not built, and where we differ;
a test of a behaviour in which we differ begins its docstring, or a sentence of it, with "Ours:".
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
ALL: Final = {f"B{n}" for n in range(1, 109)} | {f"X{n}" for n in range(1, 23)}
NAME: Final = re.compile(r"test_([bx])(\d{3})_")
RANGE: Final = re.compile(r"([BX])(\d+)(?:-[BX](\d+))?")


def shown() -> dict[str, list[str]]:
    """Return the docstrings of the tests of each behaviour."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests/conformance").glob("test_*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and (name := NAME.match(node.name)):
                behaviour = f"{name[1].upper()}{int(name[2])}"
                found.setdefault(behaviour, []).append(ast.get_docstring(node) or "")
    return found


def table(heading: str) -> list[str]:
    """Return the behaviours in the first column of the table under a heading of SPEC.md."""
    section = (ROOT / "SPEC.md").read_text("utf-8").partition(f"### {heading}\n")[2]
    rows = [line for line in section.partition("\n#")[0].splitlines() if line.startswith("| ")]
    listed: list[str] = []
    for row in rows[2:]:
        for kind, first, last in RANGE.findall(row.split("|")[1]):
            listed += [f"{kind}{n}" for n in range(int(first), int(last or first) + 1)]
    return listed


def test_every_behaviour_is_shown_or_said_not_to_be_built() -> None:
    """B1 to B108 and X1 to X22, each one way and not the other."""
    tested, left_out = set(shown()), table("5.1 Not built")

    assert sorted(ALL - tested - set(left_out)) == []
    assert sorted(tested & set(left_out)) == []
    assert len(left_out) == len(set(left_out))


def test_no_test_and_no_row_has_a_number_that_is_not_on_the_list() -> None:
    """A misprint would show nothing."""
    assert (set(shown()) | set(table("5.1 Not built"))) - ALL == set()


def test_where_we_differ_is_said_in_the_test_and_in_the_table() -> None:
    """Each difference is a decision, with its reason in SPEC.md."""
    differing = {one for one, texts in shown().items() if any("Ours: " in text for text in texts)}
    listed = table("5.2 Where we differ from pusher-js")

    assert sorted(differing) == sorted(listed)

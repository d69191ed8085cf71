"""SPEC.md section 7 has a row for each thing that a person meets in the panel, and its test."""

from __future__ import annotations

import re

from tests.spec.test_spec_ids import docstrings_of_tests, spec

IDS = (
    *(f"M{number}" for number in range(1, 32)),
    *(f"S{number}" for number in range(1, 21)),
    *(f"B{number}" for number in (1, 2, 3, 5, 6, 8, 10, 16, 19)),
)
ROW = re.compile(r"^\| ux\.md ([MSB]\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"[Uu]x\.md ((?:[MSB]\d+(?:, | and )?)+)")
AN_ID = re.compile(r"[MSB]\d+")
LEFT = re.compile(r"left: \S.*")
A_TEST = re.compile(r"`([^`]+)`")


def rows() -> dict[str, str]:
    """Return the last cell of each row of the table, by id."""
    return {one: shown for one, _, shown in ROW.findall(spec())}


def named() -> dict[str, set[str]]:
    """Return the tests in a browser that name each id, as the table writes them."""
    found: dict[str, set[str]] = {}
    for test, docstring in docstrings_of_tests().items():
        if not test.startswith("tests/e2e/"):
            continue
        for group in NAMED.findall(docstring):
            for one in AN_ID.findall(group):
                found.setdefault(one, set()).add(test.removeprefix("tests/"))
    return found


def test_each_id_has_one_row() -> None:
    """None is missing, none is doubled, and the order is that of the ids."""
    assert [one for one, _, _ in ROW.findall(spec())] == list(IDS)


def test_each_row_names_tests_that_name_it_or_says_why_not() -> None:
    """A test in the table has the id in its docstring; a row without one is `left`, and why."""
    known = named()
    wrong = {
        one: shown
        for one, shown in rows().items()
        if LEFT.fullmatch(shown) is None
        and (not A_TEST.search(shown) or not set(A_TEST.findall(shown)) <= known.get(one, set()))
    }

    assert wrong == {}


def test_each_test_that_names_an_id_is_in_its_row() -> None:
    """So that a reader of the table finds all that shows an id, and no row is `left` by mistake."""
    missing = {
        one: tests - set(A_TEST.findall(rows().get(one, ""))) for one, tests in named().items()
    }

    assert {one: tests for one, tests in missing.items() if tests} == {}

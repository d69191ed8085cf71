"""`core/json_text.py`: JSON from outside, however hostile."""

from __future__ import annotations

import pytest

from threadline.core.json_text import parse


def test_values_come_as_python_has_them() -> None:
    """SPEC.md E1: text and bytes alike."""
    assert parse('{"a": [1, 2.5, "x", null, true]}') == {"a": [1, 2.5, "x", None, True]}
    assert parse(b"[[]]") == [[]]


@pytest.mark.parametrize("text", ["", "{", "NaN", "Infinity", "[1,]", '"\\u12"', "\x00", "\ud83d"])
def test_what_is_not_json_is_refused(text: str) -> None:
    """SPEC.md E1."""
    with pytest.raises(ValueError, match="line 1"):
        parse(text)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_a_hundred_thousand_levels_are_refused(opening: str) -> None:
    """SPEC.md E1: Python itself would not survive them inside Pyodide."""
    with pytest.raises(ValueError, match="recursion limit"):
        parse(opening * 100_000)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"cut \ud83d"', "cut \ufffd"),
        (r'"\ude00 first"', "\ufffd first"),
        (r'"\ud83d\ud83d\ude00"', "\ufffd\U0001f600"),
        (r'"\\ud83d and \ud83d"', r"\ud83d and " + "\ufffd"),
        (r'["\ud83d\ude00", "\n"]', ["\U0001f600", "\n"]),
        ('"bare \ud83d"', "bare \ufffd"),
    ],
)
def test_half_a_surrogate_pair_becomes_the_replacement_character(text: str, value: object) -> None:
    """SPEC.md E1: one text that was cut badly does not hide the others."""
    assert parse(text) == value


def test_bytes_are_not_mended() -> None:
    """SPEC.md E1: only a token's claims come as bytes, and those are whole or nothing."""
    with pytest.raises(ValueError, match="line 1"):
        parse(rb'"\ud83d"')

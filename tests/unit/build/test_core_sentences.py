"""`threadline_build.core_sentences`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from threadline_build.core_sentences import sentences_of, unmatched

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('x = "It is full."', {"It is full."}),
        ('x = f"It failed ({status})."', {"It failed ({})."}),
        ('x = "It failed: {reason}".format(reason=1)', {"It failed: {}"}),
        ('x = "Finished."', {"Finished."}),
        ('assert x, "it is full"', set()),
        ('"""It is full."""', set()),
        ('x = "application/json"', set()),
    ],
)
def test_sentences_are_told_from_other_literals(code: str, found: set[str]) -> None:
    """By a second word, or a full stop."""
    assert sentences_of(code) == found


def test_what_core_says_and_what_the_catalogue_knows_are_the_same(tmp_path: Path) -> None:
    """Either may lack one; what pydantic says stands in no source of ours."""
    (tmp_path / "sending.py").write_text('x = "It is full."\ny = f"It failed ({x})."\n')
    words = {
        "core_failed": "It failed ({status}).",
        "core_old": "It was old.",
        "core_pydantic": "Input should be {limit}",
        "title": "Not of core",
    }

    assert unmatched(tmp_path, words) == [
        "core/sending.py: no core_… says 'It is full.'",
        "core does not say core_old",
    ]

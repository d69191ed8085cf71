"""The kinds of rows."""

from __future__ import annotations

from importlib.resources import files
from typing import get_args

from threadline.ui.rows import TEMPLATES, NoteRow, Row


def test_each_kind_of_row_has_a_template_of_its_own() -> None:
    """No row can be made that nothing draws."""
    folder = files("threadline.ui") / "templates"

    assert set(TEMPLATES) == set(get_args(Row))
    assert len(set(TEMPLATES.values())) == len(TEMPLATES)
    assert all((folder / name).is_file() for name in TEMPLATES.values())


def test_equal_rows_look_the_same() -> None:
    """Rows are compared by what they show: that is what saves drawing them again."""
    one = NoteRow(key="run", words="The run failed.", tone="bad")

    assert one == NoteRow(key="run", words="The run failed.", tone="bad")
    assert one != NoteRow(key="run", words="The run failed.", tone="neutral")

"""`threadline_build.progress`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from threadline_build.progress import say, step

if TYPE_CHECKING:
    import pytest


def test_a_step_is_announced_before_it_begins(capsys: pytest.CaptureFixture[str]) -> None:
    """Who waits knows for what."""
    with step("making it"):
        assert capsys.readouterr().out == "  making it ...\n"

    assert re.fullmatch(r"  making it: \d+\.\d s\n", capsys.readouterr().out)


def test_a_line_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """On standard output."""
    say("done")

    assert capsys.readouterr().out == "done\n"

"""`threadline_build.side_by_side`: two commands at once, told one after the other."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from threadline_build.side_by_side import CHUNK, run_side_by_side

if TYPE_CHECKING:
    from pathlib import Path

# Each waits until the other has begun: neither would end if one ran after the other.
MEETING = """
import pathlib, sys, time
mine, other = sys.argv[1:3]
pathlib.Path(mine).touch()
until = time.monotonic() + 30
while not pathlib.Path(other).exists():
    assert time.monotonic() < until, "alone"
    time.sleep(0.01)
print(mine, "has met", other, flush=True)
"""


def command(program: str, *arguments: str) -> list[str]:
    """Return the command that runs a Python program."""
    return [sys.executable, "-c", program, *arguments]


def test_both_run_at_once_and_speak_in_order(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The second one's words come whole, after the first one's."""
    status = run_side_by_side(
        command(MEETING, "one", "two"),
        command(MEETING + f"print('x' * {3 * CHUNK})", "two", "one"),
        folder=tmp_path,
        environment=os.environ,
    )
    told = capfd.readouterr().out

    assert status == 0, told
    assert told.splitlines() == ["one has met two", "two has met one", "x" * 3 * CHUNK]


@pytest.mark.parametrize(("first", "second", "status"), [(3, 0, 3), (0, 4, 4), (3, 4, 3)])
def test_a_failure_of_either_is_one(tmp_path: Path, first: int, second: int, status: int) -> None:
    """The other one is run to its end all the same."""
    leave = "import pathlib, sys; pathlib.Path(sys.argv[1]).touch(); sys.exit(int(sys.argv[2]))"
    ended = run_side_by_side(
        command(leave, "one", str(first)),
        command(leave, "two", str(second)),
        folder=tmp_path,
        environment=os.environ,
    )

    assert ended == status
    assert {path.name for path in tmp_path.iterdir()} == {"one", "two"}


def test_a_first_command_that_does_not_start_ends_the_second(tmp_path: Path) -> None:
    """Nobody would hear it any more."""
    forever = "import threading; threading.Event().wait()"
    with pytest.raises(FileNotFoundError):
        run_side_by_side(["not-there"], command(forever), folder=tmp_path, environment=os.environ)


def test_what_goes_to_standard_error_is_kept_in_its_place(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A traceback stands where it happened."""
    mixed = "import sys; print('a', flush=True); print('b', file=sys.stderr, flush=True)"
    run_side_by_side(
        command("pass"),
        command(f"{mixed}; print('c')"),
        folder=tmp_path,
        environment=os.environ,
    )

    assert capfd.readouterr().out == "a\nb\nc\n"

"""Two commands at the same time, told one after the other, so that nothing is mixed.

The tests in Chromium wait for most of their time, for pauses between attempts and for a browser;
the others compute. Side by side they take as long as the longer ones.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from codecs import getincrementaldecoder
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["run_side_by_side"]

LOOK_AGAIN: Final = 0.5  # seconds between looks at what the second command has said meanwhile
CHUNK: Final = 65_536  # bytes shown at once


def run_side_by_side(
    first: Sequence[str], second: Sequence[str], *, folder: Path, environment: Mapping[str, str]
) -> int:
    """Run both in `folder`; return 0 when both did well, else the status of one that did not.

    What the first says is shown as it comes; what the second says is kept until the first has
    ended, and shown as it comes from then on.
    """
    sys.stdout.flush()
    with (
        tempfile.TemporaryDirectory() as place,
        Path(place, "told").open("wb") as written,
        Path(place, "told").open("rb") as kept,
        subprocess.Popen(
            second, cwd=folder, env=environment, stdout=written, stderr=subprocess.STDOUT
        ) as beside,
    ):
        try:
            status = subprocess.run(first, cwd=folder, env=environment, check=False).returncode
            _follow(beside, kept)
        except BaseException:
            beside.terminate()  # nobody is left to hear it
            raise
    return status or beside.returncode


def _follow(process: subprocess.Popen[bytes], kept: BinaryIO) -> None:
    """Show what a process has written so far, and what it writes until it ends."""
    decoder = getincrementaldecoder("utf-8")("replace")
    is_over = False
    while not is_over:
        try:
            process.wait(LOOK_AGAIN)
            is_over = True
        except subprocess.TimeoutExpired:
            pass
        while news := kept.read(CHUNK):
            sys.stdout.write(decoder.decode(news))
        sys.stdout.flush()

"""What a command tells while it works: one line per step, at once, with the time a long one
took.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["say", "step"]


def say(text: str) -> None:
    """Print one line on standard output without delay, also into a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce `text` before the body runs and say how many seconds it took after it."""
    say(f"  {text} ...")
    started = time.monotonic()
    yield
    say(f"  {text}: {time.monotonic() - started:.1f} s")

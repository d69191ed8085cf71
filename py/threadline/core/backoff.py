"""How long to wait before the next attempt, as pure arithmetic."""

from __future__ import annotations

from typing import Final

from .errors import LocalMisuse

__all__ = [
    "MAX_ATTEMPTS",
    "MAX_BACKGROUND_DELAY",
    "MAX_DELAY",
    "MAX_REQUEST_DELAY",
    "background_delay",
    "request_delay",
    "retry_delay",
]

MAX_ATTEMPTS: Final = 5  # reconnects before polling takes over (roadmap section 5.1)
BASE_DELAY: Final = 1.0  # seconds (roadmap section 5.1)
MAX_DELAY: Final = 30.0  # seconds (roadmap section 5.1)
MAX_BACKGROUND_DELAY: Final = 60.0  # seconds between tries while polling (design section 4)
MAX_REQUEST_DELAY: Final = 20.0  # seconds between tries of one REST request (sync.md 34)


def retry_delay(attempt: int, jitter: float) -> float:
    """Return the pause before reconnect `attempt`, in seconds.

    Doubles from `BASE_DELAY`, with up to a second of jitter so that many panels woken by one
    server restart do not return in step, and is capped at `MAX_DELAY`.

    Args:
        attempt: 1 for the first retry; at most `MAX_ATTEMPTS`.
        jitter: A draw from [0, 1).

    Raises:
        LocalMisuse: `attempt` or `jitter` is out of range.

    Source: roadmap section 5.1 (1, 2, 4, 8, 16 s; cap 30 s), section 4.1 (up to 1 s of jitter).
    """
    if not 1 <= attempt <= MAX_ATTEMPTS:
        raise LocalMisuse(f"attempt {attempt} is not in 1..{MAX_ATTEMPTS}")
    return min(MAX_DELAY, BASE_DELAY * 2.0 ** (attempt - 1) + _checked(jitter))


def background_delay(attempt: int, jitter: float) -> float:
    """Return the pause before a try of push while REST is polled, in seconds.

    Args:
        attempt: Failed attempts so far; more than `MAX_ATTEMPTS`.
        jitter: A draw from [0, 1); shortens the pause by up to a quarter.

    Raises:
        LocalMisuse: `attempt` or `jitter` is out of range.

    Source: design section 4 (growing pauses up to 60 s).
    """
    if attempt <= MAX_ATTEMPTS:
        raise LocalMisuse(f"attempt {attempt} is still an ordinary retry")
    growth = min(attempt - MAX_ATTEMPTS, 8)  # 8 doublings are far past the cap
    whole = min(MAX_BACKGROUND_DELAY, 10.0 * 2.0**growth)
    return whole * (1.0 - _checked(jitter) / 4.0)


def request_delay(failures: int, jitter: float) -> float:
    """Return the pause before a REST request is tried again, in seconds: full jitter.

    Args:
        failures: Failed tries so far, from 1.
        jitter: A draw from [0, 1).

    Raises:
        LocalMisuse: `failures` or `jitter` is out of range.

    Source: sync.md 2.5 (H3) and fault 34: full jitter, at most 8 to 20 s. The floor of 0.5 s keeps
    a server that answers at once from being asked in a tight loop.
    """
    if failures < 1:
        raise LocalMisuse("nothing has failed yet")
    ceiling = min(MAX_REQUEST_DELAY, 2.0 ** min(failures, 10))
    return 0.5 + (ceiling - 0.5) * _checked(jitter)


def _checked(jitter: float) -> float:
    if not 0.0 <= jitter < 1.0:
        raise LocalMisuse(f"jitter {jitter} is not in [0, 1)")
    return jitter

"""Time as the back end counts it: whole milliseconds since 1970, UTC.

Stored times are whole milliseconds, because that is what the wire shows: a `since` that a client
took from an answer then names exactly the stored time.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Clock = Callable[[], int]


def now() -> int:
    """Return the present time in milliseconds since 1970."""
    return (datetime.now(UTC) - EPOCH) // timedelta(milliseconds=1)


def iso(milliseconds: int) -> str:
    """Write a time as ISO 8601 in UTC, e.g. `2026-01-31T12:00:00.000Z`."""
    moment = EPOCH + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def milliseconds_of(text: str) -> int:
    """Read an ISO 8601 time, rounded down to a millisecond; without an offset it is UTC.

    Raises:
        ValueError: It is not such a time.
    """
    # An offset's plus sign that was not escaped in a query arrives as a space.
    moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - EPOCH) // timedelta(milliseconds=1)

"""Is the line alive? Silence is answered with a ping, an unanswered ping with a new socket.

Any frame counts as life, never our own sends (pusher-protocol.md 1.5, sync.md C4).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

__all__ = ["ANSWER_TIMEOUT", "PROBE_TIMEOUT", "SILENCE_LIMIT", "Liveness"]

SILENCE_LIMIT: Final = 20.0  # seconds without a frame before we ping (design section 4)
ANSWER_TIMEOUT: Final = 10.0  # seconds for any frame after our ping (design section 4)
PROBE_TIMEOUT: Final = 5.0  # seconds for any frame after a wake-up (sync.md C3)


@dataclass(frozen=True, slots=True)
class Liveness:
    """What is known of one socket's life. A value: each method returns the next one.

    Attributes:
        limit: Seconds of silence allowed: the smaller of ours and the server's.
        heard_at: Monotonic second of the last frame.
        answer_due: Monotonic second by which a frame must come, while a ping is out.
    """

    limit: float
    heard_at: float
    answer_due: float | None = None

    @classmethod
    def begin(cls, now: float, activity_timeout: float | None) -> Liveness:
        """Return the liveness of a socket whose handshake came in at `now`.

        `activity_timeout` is the server's, in seconds; None or 0 where it named none.
        """
        return cls(limit=min(SILENCE_LIMIT, activity_timeout or SILENCE_LIMIT), heard_at=now)

    def heard(self, now: float) -> Liveness:
        """A frame came in: alive, whatever it says."""
        return replace(self, heard_at=now, answer_due=None)

    def pinged(self, now: float, timeout: float = ANSWER_TIMEOUT) -> Liveness:
        """A ping went out; an earlier deadline that is still running stays."""
        due = now + timeout
        running = due if self.answer_due is None else self.answer_due
        return replace(self, answer_due=min(due, running))

    @property
    def deadline(self) -> float:
        """The monotonic second at which to look again."""
        return self.heard_at + self.limit if self.answer_due is None else self.answer_due

    def is_dead(self, now: float) -> bool:
        """Whether the ping went unanswered."""
        return self.answer_due is not None and now >= self.answer_due

    def wants_ping(self, now: float) -> bool:
        """Whether the silence has lasted long enough to ask."""
        return self.answer_due is None and now >= self.heard_at + self.limit

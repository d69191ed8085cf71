"""A circuit breaker: while Sockudo is away, events are given up at once, but for a probe now and
then.

Without it, each event of each session would wait its whole patience, and queues would grow for as
long as Sockudo is away.
"""


class Availability:
    """Whether Sockudo is worth asking. Times are seconds of one clock.

    Args:
        probe_pause: Seconds between two probes while it is away.
    """

    def __init__(self, probe_pause: float) -> None:
        self._probe_pause = probe_pause
        self._next_probe: float | None = None

    @property
    def is_away(self) -> bool:
        """Whether the last that was heard of it is that it is away."""
        return self._next_probe is not None

    def admits(self, now: float) -> bool:
        """Say whether a request may be made; while it is away, the one that may is the probe."""
        if self._next_probe is None:
            return True
        if now < self._next_probe:
            return False
        self._next_probe = now + self._probe_pause
        return True

    def lost(self, now: float, leave_alone: float = 0.0) -> None:
        """Note that an event was given up; Sockudo is not asked for `leave_alone` seconds."""
        self._next_probe = now + max(self._probe_pause, leave_alone)

    def returned(self) -> None:
        """Note that it took an event."""
        self._next_probe = None

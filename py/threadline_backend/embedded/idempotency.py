"""Requests that may be repeated: one that comes again under its key is answered as before, and
publishes nothing.

As with Sockudo, a key whose request failed stays taken until its time is over: whoever was told
that nothing was published has to take a new one.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from threadline_backend.embedded.http_signature import RequestRefused

Answer = dict[str, Any]

KEPT: Final = 120.0  # seconds
KEY_LENGTH: Final = 128  # characters


class Idempotency:
    """The keys of one application.

    Args:
        now: Seconds of a clock.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._kept: dict[str, tuple[float, Answer | None]] = {}

    def claim(self, key: str) -> Answer | None:
        """Take `key` and return None; if it is taken, return how its request was answered.

        Raises:
            RequestRefused: The key is none, or its request has no answer.
        """
        if not key:
            raise RequestRefused(400, "invalid_input", "Idempotency key must not be empty")
        if len(key) > KEY_LENGTH:
            words = f"Idempotency key exceeds maximum length of {KEY_LENGTH} characters"
            raise RequestRefused(400, "invalid_input", words)
        self._forget()
        if key not in self._kept:
            self._kept[key] = (self._now() + KEPT, None)
            return None
        answer = self._kept[key][1]
        if answer is None:
            words = "Idempotent publish is still in progress"
            raise RequestRefused(503, "backpressure", words, retry_after=1)
        return answer

    def keep(self, key: str, answer: Answer) -> None:
        """Keep the answer to the request of `key`."""
        self._kept[key] = (self._now() + KEPT, answer)

    def _forget(self) -> None:
        """Forget what is over; keys are kept in the order in which they end."""
        now = self._now()
        for key in [key for key, (until, _) in self._kept.items() if until <= now]:
            del self._kept[key]


def key_of(body: Mapping[str, Any], headers: Mapping[str, str]) -> str | None:
    """Return the key of a request: of its body, else of its header; None where it has none."""
    key = body.get("idempotency_key")
    return key if isinstance(key, str) else headers.get("x-idempotency-key")

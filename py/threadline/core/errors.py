"""Everything threadline can raise on purpose.

* `ThreadlineError`
    * `LocalMisuse`: our own code broke a rule. A bug: never caught, never retried.
    * `RemoteFault`: the other side, or the road to it, let us down. Expected; always caught.
        * `MalformedFrame`: not a Pusher frame.
        * `RejectedPayload`: a Pusher frame or a REST answer, but not one our contract knows.

No token and no message text ever enters an error.
"""

from __future__ import annotations

from typing import Final

__all__ = ["LocalMisuse", "MalformedFrame", "RejectedPayload", "RemoteFault", "ThreadlineError"]

# Characters of a foreign text that an error may quote, so that a report stays readable.
_QUOTE_LIMIT: Final = 200


class ThreadlineError(Exception):
    """Root of all errors raised on purpose."""


class LocalMisuse(ThreadlineError):
    """Our own code broke a rule. A bug: never caught, never retried."""


class RemoteFault(ThreadlineError):
    """The other side, or the road to it, let us down."""


class MalformedFrame(RemoteFault):
    """A text that is not a Pusher frame.

    Attributes:
        problem: What is wrong with it.
        length: Its length in characters; the text itself may hold the person's words.
    """

    def __init__(self, problem: str, length: int) -> None:
        self.problem = problem
        self.length = length

    def __str__(self) -> str:
        return f"not a Pusher frame ({self.length} characters): {self.problem}"


class RejectedPayload(RemoteFault):
    """Data that our contract does not know.

    Attributes:
        source: Where it came from, e.g. `new_message` or `GET messages`.
        field: The member that is wrong, dotted, or "" for the whole.
        problem: What is wrong with it.
    """

    def __init__(self, source: str, field: str, problem: str) -> None:
        self.source = source
        self.field = field
        self.problem = problem[:_QUOTE_LIMIT]

    def __str__(self) -> str:
        place = f"{self.source}.{self.field}" if self.field else self.source
        return f"{place}: {self.problem}"

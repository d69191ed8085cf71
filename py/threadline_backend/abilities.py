"""What this back end can do beyond a plain server, each of it to be switched off for tests.

A client has to lose nothing on a server that cannot do it. `--without R2,R7` (`THREADLINE_WITHOUT`)
switches off:

| | with it | without it |
|---|---|---|
| R1 | every message is pushed with its id and number | only the person's; of the agent's there is a hint, `interact_response` |
| R2 | `clientMessageId` makes a task idempotent and comes back in the message's metadata | it is ignored: a repeat is a second task |
| R3 | `after`, `before`, `hasMore`, `epoch` of `GET messages` | the bounds are ignored, the fields left out |
| R4 | `GET changes`, `rev`, tombstones | 404, left out; a deleted message is not there any more |
| R5 | `latestSequence` and `latestRev` with every page of messages or changes | left out |
| R6 | what is pushed is committed | a task is pushed once before it is stored and undone: the id of that push never appears in a read, its number is the real message's too |
| R7 | a read shows what is committed | reads of messages and changes are `READ_LAG` seconds old |
| R8 | `Retry-After` with 429 and 503, `Date` with every answer | neither |
| R9 | `interact_response` names the agent's message: id, number, rev | it does not |

`GET /api/capabilities` says what is left. The imitation of a server with three calls
(`three_calls`) is without R1 to R5 and R9.
"""  # noqa: E501

from dataclasses import dataclass
from typing import Final

REQUESTS: Final = ("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9")
THREE_CALLS_LACK: Final = frozenset({"R1", "R2", "R3", "R4", "R5", "R9"})


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the back end can do.

    Attributes:
        missing: Those of `REQUESTS` that are switched off.
        three_calls: Whether it imitates the server that has three calls.
        read_lag: Seconds that reads are behind without R7.
    """

    missing: frozenset[str] = frozenset()
    three_calls: bool = False
    read_lag: float = 1.0

    def has(self, request: str) -> bool:
        """Say whether one of `REQUESTS` is met."""
        assert request in REQUESTS
        if self.three_calls and request in THREE_CALLS_LACK:
            return False
        return request not in self.missing

    def horizon(self, now: int) -> int | None:
        """Return the newest moment that a read at `now` shows; None where it shows everything.

        Both are milliseconds since 1970.
        """
        return None if self.has("R7") else now - round(self.read_lag * 1000)

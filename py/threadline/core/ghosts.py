"""Records and heads that the server does not confirm any more.

A record that is here and absent from two complete reads, the second begun `SETTLE` after the end of
the first, is not there: deleted without a tombstone, never committed, or lost with a restored
backup. One absence proves nothing, a replica may be behind; nor does a head that is lower than what
was known when the request left (sync.md 2.11).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .holes import SETTLE
from .versions import is_earlier

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from .model import Message, MessageId

__all__ = ["Ghosts", "Verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a complete read showed.

    Attributes:
        ghosts: Records that were not confirmed a second time: they are not there, or have a lower
            `rev` there.
        regressed: Records whose status is an earlier one there a second time. Without a `rev` that
            is no evidence of anything but itself.
        went_back: The head was too low a second time.
        check_above: Everything above this number is to be read once more after `SETTLE`, to see
            whether what was not confirmed now is a ghost; None: nothing is in doubt.
    """

    ghosts: tuple[Message, ...]
    regressed: tuple[Message, ...]
    went_back: bool
    check_above: int | None


class Ghosts:
    """What was in doubt after one read, and since when."""

    def __init__(self) -> None:
        self._missed: dict[MessageId, float] = {}
        self._low_since: float | None = None

    def looked(
        self,
        begun_at: float,
        now: float,
        held: Collection[Message],
        seen: Mapping[MessageId, Message],
        *,
        is_head_low: bool,
    ) -> Verdict:
        """A complete read, begun at `begun_at`, is done.

        Args:
            begun_at, now: Monotonic seconds.
            held: The numbered records here that the read had to bring.
            seen: What it brought.
            is_head_low: Its head, or its count of changes, was lower than what was known when the
                request left.
        """
        in_doubt = {one.id: one for one in held if not _confirms(seen.get(one.id), one)}
        before, checked = self._missed, {one.id for one in held}
        ripe = [one for one in in_doubt.values() if _is_ripe(before.get(one.id), begun_at)]
        for one in ripe:
            del in_doubt[one.id]
        self._missed = {
            **{one: since for one, since in before.items() if one not in checked},
            **{one: before.get(one, now) for one in in_doubt},
        }
        went_back = is_head_low and _is_ripe(self._low_since, begun_at)
        self._low_since = (self._low_since or now) if is_head_low and not went_back else None
        doubtful = [one.sequence or 0 for one in in_doubt.values()]
        if self._low_since is not None:
            doubtful += [one.sequence or 0 for one in held] or [1]
        regressed = tuple(one for one in ripe if one.rev is None and one.id in seen)
        return Verdict(
            ghosts=tuple(one for one in ripe if one not in regressed),
            regressed=regressed,
            went_back=went_back,
            check_above=min(doubtful) - 1 if doubtful else None,
        )


def _confirms(seen: Message | None, held: Message) -> bool:
    return seen is not None and not is_earlier(seen, held)


def _is_ripe(since: float | None, begun_at: float) -> bool:
    return since is not None and begun_at >= since + SETTLE

"""The line before what nobody has seen, and what happened while the person was away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadline.core.model import TERMINAL_STATUSES

from .rows import NewRow
from .times import iso
from .turns import Placed
from .words import plural, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from threadline.core.model import Message
    from threadline.core.session_view import UnreadMark

__all__ = ["first_new", "new_row"]


def first_new(parts: Sequence[object], mark: UnreadMark) -> int | None:
    """The place in `parts` before which the line belongs, or None where nothing in them is new.

    Where the first message not seen is above them all, that is before the first one: all that
    follows the line is new all the same.

    Args:
        parts: What the rows are made from, in display order.
        mark: What was not seen.
    """
    first = None
    for place in range(len(parts) - 1, -1, -1):
        part = parts[place]
        if not isinstance(part, Placed) or part.message.sequence is None:
            continue
        if part.message.sequence <= mark.after:
            return first
        if part.message.role != "user":
            first = place
    return first


def new_row(unseen: tuple[Message, ...]) -> NewRow:
    """The line before the messages `unseen`, which came while the person was away."""
    steps = [one for one in unseen if one.step is not None and one.role == "assistant"]
    failed = [one for one in steps if one.error is not None or one.status == "failed"]
    parts = [plural("turn_steps", len(steps))]
    if failed:
        parts.append(plural("turn_failed", len(failed)))
    last = unseen[-1] if unseen else None
    is_over = last is not None and last.role == "assistant" and last.status in TERMINAL_STATUSES
    return NewRow(
        key="new",
        words=say("new_line"),
        away=" · ".join(parts) if steps else "",
        finished=iso(last.timestamp) if last is not None and is_over else "",
        failed=failed[0].key if failed else "",
        result=last.key if last is not None and is_over else "",
    )

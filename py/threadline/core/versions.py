"""Which of two versions of one message is the newer one, and what it takes over from the other.

Whatever order they come in, the same one is shown in the end (sync.md 2.3, rule 3): by the server's
change counter where there is one; without it a deletion is final, a status never goes back, and of
two that say the same the later one counts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .model import Message
    from .push_events import MessageUpdated

__all__ = ["is_earlier", "later", "merged", "updated"]

# Higher never goes back to lower without a change counter (sync.md 2.3, rule 3).
_STATUS_RANK: Final = {
    "pending": 0,
    "queued": 0,
    "sent": 1,
    "running": 2,
    "streaming": 2,
    "completed": 3,
    "success": 3,
    "failed": 3,
    "failure": 3,
    "interrupted": 3,
    "cancelled": 3,
}
_UNKNOWN_RANK: Final = 2


def is_earlier(one: Message, other: Message) -> bool:
    """Whether `one` is certainly an earlier version of the message than `other`."""
    if one.rev is not None and other.rev is not None:
        return one.rev < other.rev
    return (one.deleted, _rank(one.status)) < (other.deleted, _rank(other.status))


def merged(known: Message, news: Message) -> Message:
    """Return the newer of two versions of one message, completed from the other."""
    says_nothing_new = news.rev is not None and news.rev == known.rev
    if says_nothing_new or _version(news) < _version(known):
        known, news = news, known
    return replace(
        news,
        sequence=news.sequence if news.sequence is not None else known.sequence,
        rev=news.rev if news.rev is not None else known.rev,
        client_message_id=news.client_message_id or known.client_message_id,
        step=news.step or known.step,
    )


def _version(message: Message) -> tuple[int, bool, int, float]:
    # The change counter decides where there is one. Without it, deletion is final, a status never
    # goes back, and of two that say the same the later one counts (sync.md 2.3, rule 3).
    return (message.rev or 0, message.deleted, _rank(message.status), message.updated_at or 0.0)


def _rank(status: str) -> int:
    return _STATUS_RANK.get(status, _UNKNOWN_RANK)


def updated(message: Message, news: MessageUpdated) -> Message:
    """Return `message` with the change of its status, unless it is past that already."""
    if message.sequence is None:
        message = replace(message, sequence=news.sequence)
    if news.rev is not None and news.rev <= (message.rev or 0):
        return message
    if news.rev is None and _rank(news.status) < _rank(message.status):
        return message
    return replace(
        message,
        status=news.status,
        error=news.error,
        rev=message.rev if news.rev is None else news.rev,
        updated_at=news.updated_at or message.updated_at,
    )


def later(one: MessageUpdated, other: MessageUpdated) -> MessageUpdated:
    """Return the later of two updates of one message; `other` arrived last."""
    first = (one.rev or 0, one.updated_at or 0.0)
    return one if first > (other.rev or 0, other.updated_at or 0.0) else other

"""The real-time port, and the channel that a session has.

An adapter delivers an event to all who joined a channel: `embedded`, a Pusher server in this
process, and `sockudo`, the real one over its HTTP API. It may lose an event (REST makes up for it)
but never sends what is not committed, and keeps the order in which it was called for a channel.
"""

from typing import Final, Protocol

SESSION_CHANNEL_PREFIX: Final = "private-session-"


class NotPublished(Exception):
    """An event was given up; the text says why, and holds no secret.

    The adapter has said it in the log where that is news.
    """


class Publisher(Protocol):
    """Where events are published."""

    async def publish(self, channel: str, event: str, data: object) -> None:
        """Deliver `data` (what JSON can say) as `event` to all who joined `channel`.

        Raises:
            NotPublished: It could not be delivered in the time that an event has.
        """
        ...


def session_channel(session_id: str) -> str:
    """Return the name of the channel of a session."""
    return SESSION_CHANNEL_PREFIX + session_id


def session_of_channel(channel: str) -> str | None:
    """Return the session that a channel belongs to; None where it is no session's."""
    if not channel.startswith(SESSION_CHANNEL_PREFIX):
        return None
    return channel.removeprefix(SESSION_CHANNEL_PREFIX) or None

"""Channels: which names there are, who may join, and who has."""

import re
from typing import TYPE_CHECKING, Final

from threadline_backend.channel_signature import is_signed

if TYPE_CHECKING:
    from threadline_backend.embedded.connection import Connection

NAME: Final = re.compile(r"[A-Za-z0-9_\-=@.#]*")  # the empty one too, as Sockudo has it
PRIVATE: Final = "private-"
PRESENCE: Final = "presence-"

BAD_FORMAT: Final = 4000
UNAUTHORIZED: Final = 4009
BAD_CHANNEL: Final = 4300


class JoinRefused(Exception):
    """A socket may not join a channel.

    Attributes:
        code: The code of the `pusher:error`.
        words: What it says.
    """

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class Channels:
    """Who has joined what, on this server.

    Args:
        key, secret: Of the application, for the signatures.
        name_length: The longest name, in characters.
        per_socket: The most channels that one socket joins.
    """

    def __init__(self, key: str, secret: str, name_length: int, per_socket: int) -> None:
        self._key = key
        self._secret = secret
        self._name_length = name_length
        self._per_socket = per_socket
        self._members: dict[str, set[Connection]] = {}

    def join(self, connection: "Connection", name: object, auth: object) -> str:
        """Let a socket join and return the channel's name; to join again changes nothing.

        Raises:
            JoinRefused: The name or the signature is wrong, or the socket has joined too many.
        """
        if not isinstance(name, str):
            raise JoinRefused(BAD_FORMAT, "Invalid message format: Missing channel field")
        if not NAME.fullmatch(name):
            raise JoinRefused(
                BAD_CHANNEL, "Channel error: Channel name contains invalid characters"
            )
        if len(name) > self._name_length:
            words = f"Channel error: Channel name too long. Max length is {self._name_length}"
            raise JoinRefused(BAD_CHANNEL, words)
        if name.startswith(PRESENCE):
            raise JoinRefused(BAD_CHANNEL, "Presence channels are not available")
        if name.startswith(PRIVATE):
            self._check_signature(connection.socket_id, name, auth)
        joined = sum(connection in members for members in self._members.values())
        if joined >= self._per_socket and connection not in self._members.get(name, ()):
            raise JoinRefused(BAD_CHANNEL, "Too many channels on this connection")
        self._members.setdefault(name, set()).add(connection)
        return name

    def _check_signature(self, socket_id: str, name: str, auth: object) -> None:
        if not isinstance(auth, str):
            words = "Authentication error: Authentication signature required for this channel"
            raise JoinRefused(UNAUTHORIZED, words)
        if not is_signed(auth, self._key, self._secret, socket_id, name):
            raise JoinRefused(UNAUTHORIZED, "Authentication error: Channel requires authentication")

    def leave(self, connection: "Connection", name: str) -> None:
        """Let a socket leave; what it has not joined is ignored."""
        members = self._members.get(name)
        if members is not None:
            members.discard(connection)
            if not members:
                del self._members[name]

    def leave_all(self, connection: "Connection") -> None:
        """Forget a socket that is gone."""
        for name in [name for name, members in self._members.items() if connection in members]:
            self.leave(connection, name)

    def members(self, name: str) -> list["Connection"]:
        """Return the sockets that have joined a channel."""
        return list(self._members.get(name, ()))

    def counts(self) -> dict[str, int]:
        """Return each joined channel with the number of its sockets."""
        return {name: len(members) for name, members in sorted(self._members.items())}

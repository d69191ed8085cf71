"""Asking the server: builds requests, and remembers what each number was asked for.

Every address and body of the contract's REST table is made here (design section 3). The body of
`interact` is our assumption of it, in `interact` alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote, urlencode

from pydantic import SecretStr

from .effects import CancelRequest, SendRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .effects import Effect
    from .model import ClientMessageId, OutboxEntry, SessionId
    from .reads import Read
    from .settings import Settings

__all__ = [
    "AskedAccount",
    "AskedAuthorization",
    "AskedCapabilities",
    "AskedDeletion",
    "AskedInteract",
    "AskedMessages",
    "AskedPushServer",
    "AskedSessions",
    "AskedSignIn",
    "AskedStop",
    "AskedTitle",
    "Purpose",
    "Rest",
]

READ_TIMEOUT: Final = 10.0  # seconds; reads are repeated
AUTHORIZATION_TIMEOUT: Final = 10.0  # seconds (sync.md fault 29)
INTERACT_TIMEOUT: Final = 60.0  # seconds; a server may answer only after the agent's step
LISTED: Final = 200  # sessions that the list holds, the ones with the newest activity
JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class AskedMessages:
    """A page of a session's history, for the read `number`."""

    session_id: SessionId
    number: int


@dataclass(frozen=True, slots=True)
class AskedAuthorization:
    """A signature for one channel on one socket."""

    channel: str
    socket_id: str


@dataclass(frozen=True, slots=True)
class AskedInteract:
    """The server to take a text of the person's."""

    client_message_id: ClientMessageId


@dataclass(frozen=True, slots=True)
class AskedAccount:
    """Whom the token speaks for."""


@dataclass(frozen=True, slots=True)
class AskedCapabilities:
    """What the server can do."""


@dataclass(frozen=True, slots=True)
class AskedPushServer:
    """Whether anybody is there (`reachability`)."""

    url: str


@dataclass(frozen=True, slots=True)
class AskedSessions:
    """The session list."""


@dataclass(frozen=True, slots=True)
class AskedTitle:
    """Another title for a session that was called `before`."""

    session_id: SessionId
    before: str


@dataclass(frozen=True, slots=True)
class AskedDeletion:
    """The end of a session."""

    session_id: SessionId


@dataclass(frozen=True, slots=True)
class AskedSignIn:
    """A token, for the options page `view` and its `number`."""

    view: int
    number: int


@dataclass(frozen=True, slots=True)
class AskedStop:
    """The end of a session's run."""

    session_id: SessionId


Purpose = (
    AskedMessages
    | AskedAuthorization
    | AskedInteract
    | AskedAccount
    | AskedCapabilities
    | AskedPushServer
    | AskedSessions
    | AskedSignIn
    | AskedStop
    | AskedTitle
    | AskedDeletion
)


class Rest:
    """Requests to one server with one token. A change of either drops every answer still due.

    Attributes:
        token: The bearer token, or None.
    """

    def __init__(self, settings: Settings, token: SecretStr | None) -> None:
        self.token = token
        self._settings = settings
        self._last = 0
        self._asked: dict[int, Purpose] = {}
        self._effects: list[Effect] = []

    def configure(self, settings: Settings, token: SecretStr | None) -> list[Purpose]:
        """Use this server and token; return what was asked of the old one and is now dropped."""
        self._settings, self.token = settings, token
        dropped = list(self._asked.values())
        self._effects += [CancelRequest(number) for number in self._asked]
        self._asked.clear()
        return dropped

    def drop_reads(self, session_id: SessionId | None = None) -> None:
        """Nobody waits any more for the histories that were asked for, or for one session's."""
        reads = [
            one
            for one, why in self._asked.items()
            if isinstance(why, AskedMessages) and session_id in (None, why.session_id)
        ]
        self._effects += [CancelRequest(number) for number in reads]
        for number in reads:
            del self._asked[number]

    def take(self, request: int) -> Purpose | None:
        """Return what `request` was asked for, once; None for one nobody waits for."""
        return self._asked.pop(request, None)

    def drain(self) -> list[Effect]:
        """Return the orders since the last call, and forget them."""
        drained, self._effects = self._effects, []
        return drained

    def messages(self, session_id: SessionId, read: Read) -> None:
        """Ask for the next page of a read. One that is still awaited was of a read given up."""
        self.drop_reads(session_id)
        url = read.query.url(self._settings.api_base, session_id)
        self._ask(AskedMessages(session_id, read.number), "GET", url)

    def authorize(self, channel: str, socket_id: str) -> None:
        """Ask for the signature that joins `channel` on the socket `socket_id`.

        What was asked for another socket is of no use any more, and is cancelled: a line that comes
        and goes has no more questions under way than one that stays.
        """
        self._cancel_authorizations(
            lambda asked: asked.channel == channel or asked.socket_id != socket_id
        )
        body = urlencode({"socket_id": socket_id, "channel_name": channel})
        purpose = AskedAuthorization(channel, socket_id)
        self._ask(
            purpose, "POST", self._settings.auth_url, body, FORM, timeout=AUTHORIZATION_TIMEOUT
        )

    def keep_authorizations(self, is_wanted: Callable[[str], bool]) -> None:
        """Cancel what is asked for channels that are not wanted any more: their places are given
        to others, and no more than six are asked for at once (X20).
        """
        self._cancel_authorizations(lambda asked: not is_wanted(asked.channel))

    def _cancel_authorizations(self, is_useless: Callable[[AskedAuthorization], bool]) -> None:
        for number, purpose in list(self._asked.items()):
            if isinstance(purpose, AskedAuthorization) and is_useless(purpose):
                del self._asked[number]
                self._effects.append(CancelRequest(number))

    def interact(self, entry: OutboxEntry) -> None:
        """Ask the server to take `entry`. Its id is the idempotency key of every attempt."""
        body: dict[str, Any] = {
            "query": entry.content,
            "clientMessageId": entry.client_message_id,
        }
        if entry.session_id is not None:
            body["sessionId"] = entry.session_id
        self._ask(
            AskedInteract(entry.client_message_id),
            "POST",
            f"{self._settings.api_base}/api/agent/interact",
            json.dumps(body, ensure_ascii=False),
            JSON,
            timeout=INTERACT_TIMEOUT,
        )

    def account(self) -> None:
        """Ask whom the token speaks for."""
        self._ask(AskedAccount(), "GET", f"{self._settings.api_base}/api/me")

    def capabilities(self) -> None:
        """Ask what the server can do."""
        self._ask(AskedCapabilities(), "GET", f"{self._settings.api_base}/api/capabilities")

    def sessions(self) -> None:
        """Ask for the session list."""
        self._ask(AskedSessions(), "GET", f"{self._settings.api_base}/api/session?limit={LISTED}")

    def rename(self, session_id: SessionId, title: str, *, before: str) -> None:
        """Ask for another title of a session."""
        body = json.dumps({"title": title}, ensure_ascii=False)
        url = self._session_url(session_id)
        self._ask(AskedTitle(session_id, before), "PATCH", url, body, JSON)

    def delete(self, session_id: SessionId) -> None:
        """Ask for the end of a session, with all that is in it."""
        self._ask(AskedDeletion(session_id), "DELETE", self._session_url(session_id))

    def _session_url(self, session_id: SessionId) -> str:
        return f"{self._settings.api_base}/api/session/{quote(session_id, safe='')}"

    def stop(self, session_id: SessionId) -> None:
        """Ask the server to end the session's run."""
        url = f"{self._settings.api_base}/api/agent/stop"
        body = json.dumps({"sessionId": session_id})
        self._ask(AskedStop(session_id), "POST", url, body, JSON)

    def look(self, url: str) -> None:
        """Ask the push server by HTTP, without the token: is anybody there?"""
        self._ask(AskedPushServer(url), "GET", url, is_authorized=False, is_opaque=True)

    def sign_in(self, name: str, password: SecretStr, view: int, number: int) -> None:
        """Ask for a token."""
        body = SecretStr(json.dumps({"name": name, "password": password.get_secret_value()}))
        url = f"{self._settings.api_base}/api/auth/sign-in"
        self._ask(AskedSignIn(view, number), "POST", url, body, JSON, is_authorized=False)

    def _ask(
        self,
        purpose: Purpose,
        method: Literal["GET", "POST", "PATCH", "DELETE"],
        url: str,
        body: SecretStr | str | None = None,
        content_type: str = "",
        *,
        timeout: float = READ_TIMEOUT,
        is_authorized: bool = True,
        is_opaque: bool = False,
    ) -> None:
        self._last += 1
        self._asked[self._last] = purpose
        token = self.token if is_authorized else None
        self._effects.append(
            SendRequest(self._last, method, url, body, content_type, token, timeout, is_opaque)
        )

"""A server in memory that keeps the contract: REST, and the Pusher protocol.

It answers at once and knows no time of its own; `World` carries what it says. What it does wrong is
set by the test: `is_up`, `intercept`, `sockets_do`, `loses_push`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import SecretStr

from .builders import Row, channel, frame, greeting, iso, joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadline.core.effects import SendRequest

ALL_CAPABILITIES: Final = ("idempotentInteract", "listSessions", "createSession", "me")
LIST_CAPABILITIES: Final = (*ALL_CAPABILITIES, "renameSession", "deleteSession")


@dataclass(frozen=True)
class Reply:
    """What a request is answered with."""

    status: int
    body: str = "{}"
    headers: dict[str, str] = field(default_factory=dict)


def reply(status: int, /, **members: Any) -> Reply:
    """Return a reply with these JSON members."""
    return Reply(status, json.dumps(members))


@dataclass
class ServerSocket:
    """One socket as the server sees it."""

    number: int
    socket_id: str
    channels: set[str] = field(default_factory=set)


@dataclass
class ScriptedServer:
    """A back end and its push server.

    Attributes:
        is_numbered: Has `after` and `before` and tells `latestSequence`; else it knows times only.
        has_feed: Counts changes, and answers `changes`; only with numbers.
        epoch: The name of its numbering.
        capabilities: What it says it can do; empty: it has no such call.
        account: The id that it gives to whoever asks.
        tokens: Bearer tokens it accepts.
        forbidden: Sessions it refuses with 403.
        is_up: Whether REST answers at all.
        loses_answers: REST acts, but no answer arrives.
        loses: Called with each request; True: the same for this one.
        intercept: Called first with each request; an answer of its own replaces the server's.
        sockets_do: What happens to a socket: it is greeted, refused, or nothing comes.
        refuse_code: The close code of a refused socket.
        push_answers: What the push server's address says to a GET, by scheme; None: nobody does.
        is_deaf: Answers no subscription.
        is_silent: Says nothing more on open sockets, not even a pong.
        tells_time: Whether its answers bear its time.
        loses_push: Called with the session and event of each frame; True loses it.
        wall: Gives its clock; set by `World`.
        say: Carries a frame to a socket; set by `World`.
    """

    is_numbered: bool = True
    has_feed: bool = True
    epoch: str = "e"
    capabilities: tuple[str, ...] = ALL_CAPABILITIES
    account: str = "user-1"
    tokens: set[str] = field(default_factory=lambda: {"token"})
    forbidden: set[str] = field(default_factory=set)
    is_up: bool = True
    loses_answers: bool = False
    loses: Callable[[SendRequest], bool] = lambda _: False
    intercept: Callable[[SendRequest], Reply | None] = lambda _: None
    sockets_do: Literal["greet", "refuse", "hang"] = "greet"
    refuse_code: int = 1006
    push_answers: Callable[[str], int | None] = lambda scheme: 400 if scheme == "http" else None
    is_deaf: bool = False
    is_silent: bool = False
    tells_time: bool = True
    loses_push: Callable[[str, str], bool] = lambda _session, _event: False
    wall: Callable[[], float] = lambda: 0.0
    say: Callable[[int, str], None] = lambda _socket, _text: None
    sessions: dict[str, list[Row]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    heads: dict[str, int] = field(default_factory=dict)
    revs: dict[str, int] = field(default_factory=dict)
    sockets: dict[int, ServerSocket] = field(default_factory=dict)
    requests: list[SendRequest] = field(default_factory=list)

    # --- what the test does ------------------------------------------------------------------

    def store(self, session: str, content: str, role: str = "assistant", **changes: Any) -> Row:
        """Store a message without telling anybody; return its row."""
        rows = self.sessions.setdefault(session, [])
        number = self.burn(session)
        stored = {
            "messageId": f"{session}-m{number}",
            "role": role,
            "content": content,
            "status": "sent",
            "timestamp": iso(self.wall()),
            "sequenceNumber": number,
            "rev": self._next_rev(session),
            **changes,
        }
        rows.append(stored)
        return stored

    def post(self, session: str, content: str, role: str = "assistant", **changes: Any) -> Row:
        """Store a message and publish it; return its row."""
        stored = self.store(session, content, role, **changes)
        self.publish(session, "new_message", {"sessionId": session, "message": stored})
        return stored

    def change(self, session: str, number: int, **changes: Any) -> None:
        """Change a stored message and publish that it did."""
        for stored in self.sessions.get(session, []):
            if stored["sequenceNumber"] == number:
                stored.update(changes, rev=self._next_rev(session))
                told = {name: stored[name] for name in ("messageId", "status", "rev")}
                self.publish(session, "message_update", {"sessionId": session, "payload": told})

    def burn(self, session: str) -> int:
        """Use a number up, as a transaction that was rolled back does."""
        self.heads[session] = self.heads.get(session, 0) + 1
        return self.heads[session]

    def _next_rev(self, session: str) -> int | None:
        self.revs[session] = self.revs.get(session, 0) + 1
        return self.revs[session] if self.is_numbered and self.has_feed else None

    def publish(self, session: str, event: str, data: object) -> None:
        """Publish on a session's channel."""
        for socket in list(self.sockets.values()):
            if channel(session) in socket.channels and not self.loses_push(session, event):
                self._say(socket, frame(event, data, channel(session)))

    # --- push --------------------------------------------------------------------------------

    def socket_opened(self, number: int) -> None:
        """A socket is open: greet it."""
        socket = ServerSocket(number, f"7.{number}")
        self.sockets[number] = socket
        self._say(socket, greeting(socket.socket_id))

    def socket_gone(self, number: int) -> None:
        """A socket is gone, whoever closed it."""
        self.sockets.pop(number, None)

    def socket_said(self, number: int, text: str) -> None:
        """A frame came in."""
        socket = self.sockets.get(number)
        if socket is None:
            return
        said = json.loads(text)
        match said["event"]:
            case "pusher:ping":
                self._say(socket, frame("pusher:pong", {}))
            case "pusher:subscribe" if not self.is_deaf:
                self._subscribe(socket, said["data"])
            case "pusher:unsubscribe":
                socket.channels.discard(said["data"]["channel"])
            case _:
                pass  # a pong, or what this server does not know

    def _subscribe(self, socket: ServerSocket, data: dict[str, str]) -> None:
        name = data["channel"]
        if data["auth"] != _signature(socket.socket_id, name):
            self._say(socket, frame("pusher:error", {"code": 4009, "message": "bad signature"}))
            return
        socket.channels.add(name)
        self._say(socket, joined(name.removeprefix("private-session-")))

    def _say(self, socket: ServerSocket, text: str) -> None:
        if not self.is_silent:
            self.say(socket.number, text)

    # --- REST --------------------------------------------------------------------------------

    def answer(self, request: SendRequest) -> Reply | None:
        """Return the answer to a request; None: none comes."""
        self.requests.append(request)
        parts = urlsplit(request.url)
        if parts.hostname == "push.test":
            status = self.push_answers(parts.scheme)
            return None if status is None else Reply(status)
        if not self.is_up:
            return None
        answer = self.intercept(request) or self._answer(request)
        if self.tells_time:
            told = {"date": formatdate(self.wall(), usegmt=True)}
            answer = replace(answer, headers={**told, **answer.headers})
        return None if self.loses_answers or self.loses(request) else answer

    def asked(self, path: str) -> list[SendRequest]:
        """Return the requests so far whose path ends in `path`."""
        return [one for one in self.requests if urlsplit(one.url).path.endswith(path)]

    def reads(self) -> list[SendRequest]:
        """Return the requests so far that read a session's messages or changes."""
        return [*self.asked("/messages"), *self.asked("/changes")]

    def _answer(self, request: SendRequest) -> Reply:
        parts = urlsplit(request.url)
        fields = dict(parse_qsl(parts.query))
        if parts.path == "/api/auth/sign-in":
            return reply(200, accessToken="token", expiresAt=None)
        if request.token is None or request.token.get_secret_value() not in self.tokens:
            return reply(401, error="Sign in.", code="unauthorized")
        match parts.path.split("/")[2:]:
            case ["session", session, "messages"]:
                return self._messages(session, fields)
            case ["session", session, "changes"] if self.is_numbered and self.has_feed:
                return self._changes(session, fields)
            case ["pusher", "auth"]:
                return self._authorize(dict(parse_qsl(_body(request))))
            case ["agent", "interact"]:
                return self._interact(json.loads(_body(request)))
            case ["capabilities"] if self.capabilities:
                return reply(200, capabilities=dict.fromkeys(self.capabilities, True))
            case ["session"] if "listSessions" in self.capabilities:
                names = {name: self.titles.get(name, f"About {name}") for name in self.sessions}
                rows = [{"sessionId": name, "title": title} for name, title in names.items()]
                return reply(200, sessions=rows)
            case ["session", session] if request.method == "PATCH":
                self.titles[session] = json.loads(_body(request))["title"]
                return reply(200)
            case ["session", session] if request.method == "DELETE":
                return reply(404 if self.sessions.pop(session, None) is None else 200)
            case ["me"] if "me" in self.capabilities:
                return reply(200, id=self.account, name="Ada")
            case _:
                return reply(404, error="No such thing.", code="not_found")

    def _messages(self, session: str, fields: dict[str, str]) -> Reply:
        if session in self.forbidden:
            return reply(403, error="Not yours.", code="forbidden")
        rows = sorted(self.sessions.get(session, []), key=lambda one: int(one["sequenceNumber"]))
        limit, since = int(fields.get("limit", "50")), fields.get("since")
        is_after = since is not None
        if since is not None:
            rows = [one for one in rows if one["timestamp"] > since]
        if self.is_numbered and "after" in fields:
            is_after = True
            rows = [one for one in rows if one["sequenceNumber"] > int(fields["after"])]
        if self.is_numbered and "before" in fields:
            rows = [one for one in rows if one["sequenceNumber"] < int(fields["before"])]
        page = rows[:limit] if is_after else rows[-limit:]
        if not self.is_numbered:
            return reply(200, messages=page)
        return reply(200, messages=page, hasMore=len(page) < len(rows), **self._heads(session))

    def _changes(self, session: str, fields: dict[str, str]) -> Reply:
        if session in self.forbidden:
            return reply(403, error="Not yours.", code="forbidden")
        rows = sorted(self.sessions.get(session, []), key=lambda one: int(one["rev"]))
        rows = [one for one in rows if one["rev"] > int(fields["after"])]
        page = rows[: int(fields["limit"])]
        return reply(200, messages=page, hasMore=len(page) < len(rows), **self._heads(session))

    def _heads(self, session: str) -> dict[str, Any]:
        heads: dict[str, Any] = {"latestSequence": self.heads.get(session, 0), "epoch": self.epoch}
        return heads | ({"latestRev": self.revs.get(session, 0)} if self.has_feed else {})

    def _authorize(self, form: dict[str, str]) -> Reply:
        if form["channel_name"].removeprefix("private-session-") in self.forbidden:
            return reply(403, error="Not yours.", code="forbidden")
        return reply(200, auth=_signature(form["socket_id"], form["channel_name"]))

    def _interact(self, body: dict[str, Any]) -> Reply:
        key = body.get("clientMessageId")
        session = body.get("sessionId") or f"new-{len(self.sessions) + 1}"
        is_idempotent = "idempotentInteract" in self.capabilities
        metadata = {"taskId": f"task-{len(self.requests)}"} | (
            {"clientMessageId": key} if key else {}
        )
        stored = self._earlier(key) if is_idempotent else None
        if stored is None:
            known = {"metadata": metadata} if is_idempotent else {}
            stored = self.post(session, body["query"], "user", **known)
        members: dict[str, Any] = {"sessionId": session, "taskId": "task", "status": "running"}
        if is_idempotent:
            members["message"] = stored
        return reply(200, **members)

    def _earlier(self, key: str | None) -> Row | None:
        for rows in self.sessions.values():
            for stored in rows:
                if key and stored.get("metadata", {}).get("clientMessageId") == key:
                    return stored
        return None


def _signature(socket_id: str, name: str) -> str:
    return f"key:{socket_id}:{name}"


def _body(request: SendRequest) -> str:
    body = request.body
    return body.get_secret_value() if isinstance(body, SecretStr) else body or ""

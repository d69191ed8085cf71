"""Pusher's HTTP API: publishing, and asking which channels are joined; with Sockudo's answers.

| call | answer |
|---|---|
| `POST /apps/{id}/events` | `{"ok": true}`; with `info`, `{"channels": {name: {...}}}` |
| `POST /apps/{id}/batch_events` | `{}`; with `info`, `{"batch": [{...}]}` |
| `GET /apps/{id}/channels` | `{"channels": {name: {...}}}`; `filter_by_prefix`, `info` |
| `GET /apps/{id}/channels/{name}` | `{"occupied": ...}`; `info` |
| `GET /up`, `/up/{id}` | `OK`; 404 for another application, 503 when no more sockets are taken |

All but the last are signed (`http_signature`), and no web page may call them, other than at
Sockudo: one that knew the secret that every local server has could push what it likes. An error is
`{error, code, status}`, or words alone where a body has the wrong type. An event with an
`idempotency_key` goes out once (`idempotency`). Of what `info` may ask, there is
`subscription_count`; `user_count` is for presence channels, which there are not.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from threadline_backend.embedded.http_events import (
    SUBSCRIPTION_COUNT,
    USER_COUNT,
    Event,
    check_channel,
    check_types,
    read_batch,
    read_event,
    read_info,
    read_json,
)
from threadline_backend.embedded.http_signature import (
    RequestRefused,
    SignedRequest,
    check_request,
)
from threadline_backend.embedded.idempotency import Idempotency, key_of
from threadline_backend.embedded.limits import Limits
from threadline_backend.origins import is_allowed

Answer = dict[str, Any]
Handler = Callable[[Request, SignedRequest], Awaitable[Answer]]

HEALTH: Final = "X-Health-Check"


class Sockets(Protocol):
    """What the API works on: `EmbeddedPusher`."""

    async def publish(
        self, channel: str, event: str, data: object, *, except_socket: str | None = None
    ) -> None:
        """Send an event to all who joined `channel`, but for one."""
        ...

    def counts(self) -> tuple[int, dict[str, int]]:
        """Return how many sockets are open, and how many have joined each channel."""
        ...

    @property
    def is_draining(self) -> bool:
        """Whether no more sockets are taken."""
        ...


@dataclass(frozen=True, slots=True)
class HttpApi:
    """The API of one application.

    Attributes:
        sockets: The server.
        app_id, key, secret: Of the application.
        allowed_origins: Patterns as in `origins`; whoever has no `Origin` is no web page.
        limits: What it bounds.
        now: Seconds since 1970.
    """

    sockets: Sockets
    app_id: str
    key: str
    secret: str
    allowed_origins: Sequence[str]
    limits: Limits
    now: Callable[[], float] = time.time
    idempotency: Idempotency = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "idempotency", Idempotency(self.now))

    def routes(self) -> list[BaseRoute]:
        """Return the routes to serve."""
        return [
            Route("/apps/{app_id}/events", self._signed(self._events), methods=["POST"]),
            Route("/apps/{app_id}/batch_events", self._signed(self._batch), methods=["POST"]),
            Route("/apps/{app_id}/channels", self._signed(self._channels), methods=["GET"]),
            Route("/apps/{app_id}/channels/{name}", self._signed(self._channel), methods=["GET"]),
            Route("/up", self._up),
            Route("/up/{app_id}", self._up),
        ]

    def _signed(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """Make an endpoint of `handler` that checks the signature first."""

        async def endpoint(request: Request) -> Response:
            try:
                self._refuse_web_page(request)
                signed = await self._take(request)
                check_request(signed, self.key, self.secret, self.now())
                if request.path_params["app_id"] != self.app_id:
                    words = "Authenticated app does not match route app_id"
                    raise RequestRefused(401, "auth_failed", words)
                return JSONResponse(await handler(request, signed))
            except RequestRefused as refused:
                return _error(refused)

        return endpoint

    def _refuse_web_page(self, request: Request) -> None:
        origin = request.headers.get("origin")
        if origin is not None and not is_allowed(origin, self.allowed_origins):
            raise RequestRefused(403, "forbidden", "This origin may not use the server")

    async def _take(self, request: Request) -> SignedRequest:
        """Read the request, whose body is bounded."""
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > self.limits.request_bytes:
                words = f"The body exceeds {self.limits.request_bytes} bytes"
                raise RequestRefused(413, "payload_too_large", words)
        query = request.scope["query_string"].decode("latin-1")
        path = request.scope["raw_path"].decode("latin-1").partition("?")[0]
        parameters = dict(parse_qsl(query, keep_blank_values=True))
        return SignedRequest(request.method, path, parameters, bytes(body))

    async def _events(self, request: Request, signed: SignedRequest) -> Answer:
        body = self._body(request, signed)
        check_types(body)
        key = key_of(body, request.headers)
        known = None if key is None else self.idempotency.claim(key)
        if known is not None:
            return known
        event = read_event(body, self.limits)
        told = await self._publish(event)
        answer: Answer = {"channels": told} if event.info else {"ok": True}
        if key is not None:
            self.idempotency.keep(key, answer)
        return answer

    async def _batch(self, request: Request, signed: SignedRequest) -> Answer:
        batch = read_batch(self._body(request, signed), self.limits)
        told, asked = [], False
        for body in batch:
            event = read_event(body, self.limits)
            asked = asked or bool(event.info)
            told.append(await self._publish(event))
        if not asked:
            return {}
        return {"batch": [next(iter(channels.values())) for channels in told]}

    def _body(self, request: Request, signed: SignedRequest) -> dict[str, Any]:
        """Read a body, which has to say that it is JSON."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            words = "Expected request with `Content-Type: application/json`"
            raise RequestRefused(415, "", words)
        return read_json(signed.body)

    async def _publish(self, event: Event) -> dict[str, Answer]:
        """Publish an event and return what its `info` asks of each channel."""
        for channel in event.channels:
            await self.sockets.publish(
                check_channel(channel, self.limits),
                event.name,
                event.data,
                except_socket=event.socket_id,
            )
        _, counts = self.sockets.counts()
        return {name: _told(counts.get(name, 0), event.info) for name in event.channels}

    async def _channels(self, _request: Request, signed: SignedRequest) -> Answer:
        info = read_info(signed.parameters.get("info"))
        _refuse_user_count(info)
        prefix = signed.parameters.get("filter_by_prefix", "")
        _, counts = self.sockets.counts()
        channels = {
            name: _told(count, info) for name, count in counts.items() if name.startswith(prefix)
        }
        return {"channels": channels}

    async def _channel(self, request: Request, signed: SignedRequest) -> Answer:
        info = read_info(signed.parameters.get("info"))
        name = check_channel(request.path_params["name"], self.limits)
        _refuse_user_count(info)
        _, counts = self.sockets.counts()
        count = counts.get(name, 0)
        return {"occupied": count > 0, **_told(count, info)}

    async def _up(self, request: Request) -> Response:
        """Say whether sockets are taken, to any web page as well."""
        if self.sockets.is_draining:
            return _health("DRAINING", 503)
        if request.path_params.get("app_id", self.app_id) != self.app_id:
            return _health("NOT_FOUND", 404)
        return _health("OK", 200)


def _health(word: str, status: int) -> Response:
    headers = {HEALTH: word, "access-control-allow-origin": "*"}
    return PlainTextResponse(word, status, headers)


def _error(refused: RequestRefused) -> Response:
    wait = refused.retry_after
    headers = {} if wait is None else {"retry-after": str(wait)}
    if not refused.code:
        return PlainTextResponse(refused.words, refused.status, headers)
    body = {"error": refused.words, "code": refused.code, "status": refused.status}
    return JSONResponse(body, refused.status, headers)


def _told(count: int, info: frozenset[str]) -> Answer:
    return {SUBSCRIPTION_COUNT: count} if SUBSCRIPTION_COUNT in info else {}


def _refuse_user_count(info: frozenset[str]) -> None:
    if USER_COUNT in info:
        words = "user_count is only available for presence channels"
        raise RequestRefused(400, "invalid_input", words)

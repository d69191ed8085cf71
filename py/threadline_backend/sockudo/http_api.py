"""One request to Sockudo's HTTP API, and how it ended.

The official clients do not fit: PyPI's `pusher` blocks, refuses events over 30,720 bytes and knows
neither idempotency keys nor `Retry-After`; `sockudo-http-python` repeats what was refused under the
same key, which Sockudo then refuses for two minutes, and shows no header of an answer.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

import httpx

from threadline_backend.http_signature import signed_parameters

CONNECTIONS: Final = 32  # requests under way; as many sessions publish at the same time
WORDS_LENGTH: Final = 200  # characters of an answer that are repeated in the log


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A Sockudo, and the application that publishes there.

    Attributes:
        base: its web address, without a slash at the end.
        app_id, key, secret: of the application.
    """

    base: str
    app_id: str
    key: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """Sockudo has the event."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Sockudo does not take this event, however often it is sent: 4xx but 429."""

    words: str


@dataclass(frozen=True, slots=True)
class Busy:
    """Sockudo may take the event later: 429, 5xx.

    Attributes:
        words: what it answered.
        retry_after: seconds that it asks to be left alone for; 0 where it says nothing.
        was_published: whether some clients may have the event all the same. A node that has lost
            its Redis tells its own clients, and then answers 500.
    """

    words: str
    retry_after: float
    was_published: bool = False


@dataclass(frozen=True, slots=True)
class Unanswered:
    """There was no answer.

    Attributes:
        words: what went wrong.
        was_sent: whether Sockudo may have published the event all the same.
    """

    words: str
    was_sent: bool


Outcome = Accepted | Refused | Busy | Unanswered


class HttpApi:
    """The HTTP API of one application. Requests keep their connections; none goes over a proxy.

    Args:
        address: Where it is.
        timeout: Seconds that a request may take.
        transport: What requests go over; None is the network.
        now: Seconds since 1970.
    """

    def __init__(
        self,
        address: Address,
        timeout: float,
        transport: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._address = address
        self._now = now
        self._timeout = timeout
        self._client = httpx.AsyncClient(
            base_url=address.base,
            timeout=timeout,
            limits=httpx.Limits(max_connections=CONNECTIONS),
            transport=transport,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def trigger(self, channel: str, event: str, data: object, key: str) -> Outcome:
        """Publish an event once; Sockudo publishes nothing twice under one idempotency `key`."""
        text = data if isinstance(data, str) else _write(data)
        body = {"name": event, "channel": channel, "data": text, "idempotency_key": key}
        return await self._request("POST", "/events", _write(body).encode("utf-8", "replace"))

    async def look(self) -> Outcome:
        """Ask for something harmless, to learn whether Sockudo is there and knows us."""
        return await self._request("GET", "/channels", None)

    async def _request(self, method: str, path: str, body: bytes | None) -> Outcome:
        whole = f"/apps/{quote(self._address.app_id, safe='')}{path}"
        address = self._address
        parameters = signed_parameters(
            address.key, address.secret, method, whole, body, int(self._now())
        )
        headers = {} if body is None else {"content-type": "application/json"}
        try:
            answer = await self._client.request(
                method, whole, params=parameters, content=body, headers=headers
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as problem:
            return Unanswered(f"cannot be reached ({_kind(problem)})", was_sent=False)
        except httpx.TimeoutException:
            return Unanswered(f"did not answer in {self._timeout:g} s", was_sent=True)
        except httpx.TransportError as problem:
            return Unanswered(f"broke the connection ({_kind(problem)})", was_sent=True)
        return _outcome(answer)


def _outcome(answer: httpx.Response) -> Outcome:
    if answer.is_success:
        return Accepted()
    words = f"answered {answer.status_code}: {_words(answer)}"
    wait = _seconds(answer.headers.get("retry-after", ""))
    if answer.status_code in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
        return Busy(words, wait)
    if answer.is_server_error:
        return Busy(words, wait, was_published=True)
    return Refused(words)


def _words(answer: httpx.Response) -> str:
    """Return what an answer says, in one line."""
    try:
        said = answer.json()["error"]
    except (ValueError, KeyError, TypeError):
        said = answer.text
    return " ".join(str(said).split())[:WORDS_LENGTH] or "nothing more"


def _seconds(text: str) -> float:
    """Read a `Retry-After` of seconds; a date, which Sockudo never sends, counts as none."""
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0.0


def _kind(problem: httpx.TransportError) -> str:
    """Name a problem; its own text may hold the signed address."""
    return type(problem).__name__


def _write(value: object) -> str:
    """Write JSON without halves of surrogate pairs, which a frame cannot carry."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode()

"""The signature of a request to Pusher's HTTP API, checked as Sockudo does.

A request without a body must have no `body_md5`, although Pusher's own Python client sends one.
`auth_version` is signed and not looked at.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from threadline_backend.http_signature import sign_request

TIME_TOLERANCE: Final = 600  # seconds that the sender's clock may be off


class RequestRefused(Exception):
    """A request is answered with an error.

    Attributes:
        status, code, words: Of the answer; without a code it is the words alone.
        retry_after: Seconds after which the request may be repeated.
    """

    def __init__(self, status: int, code: str, words: str, retry_after: int | None = None) -> None:
        super().__init__(words)
        self.status = status
        self.code = code
        self.words = words
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it came.

    Attributes:
        method: In capitals.
        path: As it was sent, not decoded.
        parameters: Of the query, decoded.
        body: As it was sent.
    """

    method: str
    path: str
    parameters: Mapping[str, str]
    body: bytes


def check_request(request: SignedRequest, key: str, secret: str, now: float) -> None:
    """Refuse a request that the application `key` did not sign at about `now` (seconds, Unix).

    Raises:
        RequestRefused: 400 without any of the parameters, 404 for another key, else 401.
    """
    given = request.parameters
    if not given:
        words = "Missing authentication query parameters"
        raise RequestRefused(400, "invalid_input", words)
    if given.get("auth_key") != key:
        raise RequestRefused(404, "app_not_found", "Application key not found or invalid")
    _check_time(given.get("auth_timestamp", ""), now)
    _check_body(request)
    expected = sign_request(secret, request.method, request.path, given)
    if not _is_same(expected, given.get("auth_signature", "")):
        raise _unauthorized("Invalid API signature")


def _check_time(timestamp: str, now: float) -> None:
    if not timestamp:
        raise _unauthorized("auth_timestamp is missing")
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 15:
        raise _unauthorized("Invalid auth_timestamp format")
    if abs(now - int(timestamp)) > TIME_TOLERANCE:
        raise _unauthorized("Timestamp expired or too far in the future")


def _check_body(request: SignedRequest) -> None:
    given = request.parameters.get("body_md5", "")
    if request.method != "POST":
        if given:
            raise _unauthorized("body_md5 must not be present for GET requests")
        return
    if not given and request.body:
        raise _unauthorized("body_md5 is required for POST requests with a non-empty body")
    digest = hashlib.md5(request.body, usedforsecurity=False).hexdigest()
    if given and not _is_same(digest, given):
        raise _unauthorized("body_md5 mismatch")


def _is_same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def _unauthorized(words: str) -> RequestRefused:
    return RequestRefused(401, "auth_failed", words)

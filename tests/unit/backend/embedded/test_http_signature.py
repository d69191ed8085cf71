"""The signature of requests to the HTTP API."""

import hashlib
from dataclasses import replace

import pytest

from threadline_backend.embedded.http_signature import (
    RequestRefused,
    SignedRequest,
    check_request,
)
from threadline_backend.http_signature import sign_request

KEY = "278d425bdf160c739803"
SECRET = "7ad3773142a6692b25b8"
NOW = 1_353_088_179
BODY = b'{"name":"foo","channels":["project-3"],"data":"{\\"some\\":\\"data\\"}"}'


def _signed(method: str = "POST", body: bytes = BODY, **changes: str) -> SignedRequest:
    parameters = {"auth_key": KEY, "auth_timestamp": str(NOW), "auth_version": "1.0"}
    if method == "POST":
        parameters["body_md5"] = hashlib.md5(body).hexdigest()
    parameters |= changes
    signature = sign_request(SECRET, method, "/apps/3/events", parameters)
    return SignedRequest(
        method, "/apps/3/events", {"auth_signature": signature, **parameters}, body
    )


def _refusal(request: SignedRequest, now: float = NOW) -> tuple[int, str]:
    with pytest.raises(RequestRefused) as refused:
        check_request(request, KEY, SECRET, now)
    assert SECRET not in refused.value.words
    return refused.value.status, refused.value.code


def test_the_example_of_pushers_documentation() -> None:
    """Their key, secret, body and signature."""
    request = _signed()
    assert request.parameters["body_md5"] == "ec365a775a4cd0599faeb73354201b6f"
    assert request.parameters["auth_signature"] == (
        "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c"
    )
    check_request(request, KEY, SECRET, NOW)


@pytest.mark.parametrize("seconds", [-600, 600])
def test_a_clock_may_be_off(seconds: int) -> None:
    """By ten minutes, either way."""
    check_request(_signed(), KEY, SECRET, NOW + seconds)


@pytest.mark.parametrize("seconds", [-601, 601, 10**9])
def test_a_request_that_is_too_old_or_too_new(seconds: int) -> None:
    """It may be one that somebody kept."""
    assert _refusal(_signed(), NOW + seconds) == (401, "auth_failed")


@pytest.mark.parametrize("timestamp", ["", "now", "1.5", "-1", "9" * 400, "١٢"])
def test_a_time_that_is_none(timestamp: str) -> None:
    """Signed or not."""
    assert _refusal(_signed(auth_timestamp=timestamp)) == (401, "auth_failed")


@pytest.mark.parametrize("version", ["", "2.0"])
def test_another_version(version: str) -> None:
    """Sockudo does not look."""
    check_request(_signed(auth_version=version), KEY, SECRET, NOW)


def test_nothing_but_a_body() -> None:
    """400: it was not even tried."""
    assert _refusal(SignedRequest("POST", "/p", {}, b"")) == (400, "invalid_input")


@pytest.mark.parametrize("key", ["", "other", "schlüssel"])
def test_another_application(key: str) -> None:
    """404, whatever the signature."""
    assert _refusal(_signed(auth_key=key)) == (404, "app_not_found")


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "GET"},
        {"path": "/apps/3/batch_events"},
        {"body": BODY + b" "},
    ],
)
def test_what_was_signed_must_be_what_came(changed: dict[str, object]) -> None:
    """Method, path and body."""
    request = replace(_signed(), **changed)  # type: ignore[arg-type]
    assert _refusal(request) == (401, "auth_failed")


@pytest.mark.parametrize("signature", ["", "0" * 64, "ü"])
def test_a_wrong_signature(signature: str) -> None:
    """Compared as bytes, whatever it is made of."""
    request = _signed()
    request = replace(request, parameters={**request.parameters, "auth_signature": signature})
    assert _refusal(request) == (401, "auth_failed")


def test_a_parameter_that_was_added() -> None:
    """All of them are signed."""
    request = _signed()
    request = replace(request, parameters={**request.parameters, "info": "user_count"})
    assert _refusal(request) == (401, "auth_failed")


def test_a_body_needs_its_digest() -> None:
    """With POST, where there is one; with GET it must not be there, right or wrong."""
    assert _refusal(_signed(body_md5="")) == (401, "auth_failed")
    check_request(_signed("POST", b"", body_md5=""), KEY, SECRET, NOW)
    check_request(_signed("GET", b""), KEY, SECRET, NOW)
    for digest in (hashlib.md5(b"").hexdigest(), "0" * 32):
        assert _refusal(_signed("GET", b"", body_md5=digest)) == (401, "auth_failed")

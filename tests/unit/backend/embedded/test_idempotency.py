"""Requests that may be repeated."""

import pytest

from threadline_backend.embedded.http_signature import RequestRefused
from threadline_backend.embedded.idempotency import KEPT, Idempotency, key_of


class _Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _refusal(idempotency: Idempotency, key: str) -> tuple[int, str]:
    with pytest.raises(RequestRefused) as refused:
        idempotency.claim(key)
    return refused.value.status, refused.value.code


def test_a_request_is_answered_as_before() -> None:
    """For as long as its answer is kept, and then it is a new one."""
    clock = _Clock()
    idempotency = Idempotency(clock)
    assert idempotency.claim("k") is None
    idempotency.keep("k", {"ok": True})
    clock.now = KEPT - 1
    assert idempotency.claim("k") == {"ok": True}
    clock.now = KEPT
    assert idempotency.claim("k") is None


def test_one_without_an_answer_is_refused() -> None:
    """It may be under way, or have failed."""
    idempotency = Idempotency(_Clock())
    idempotency.claim("k")
    assert _refusal(idempotency, "k") == (503, "backpressure")
    assert idempotency.claim("other") is None


@pytest.mark.parametrize("key", ["", "k" * 129])
def test_what_is_no_key(key: str) -> None:
    """400."""
    assert _refusal(Idempotency(_Clock()), key) == (400, "invalid_input")


def test_where_a_key_is_found() -> None:
    """In the body, else in the header."""
    assert key_of({"idempotency_key": "a"}, {"x-idempotency-key": "b"}) == "a"
    assert key_of({"idempotency_key": 7}, {"x-idempotency-key": "b"}) == "b"
    assert key_of({}, {}) is None

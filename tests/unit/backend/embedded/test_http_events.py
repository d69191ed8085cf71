"""What is to be published over HTTP."""

import json
from typing import Any

import pytest

from threadline_backend.embedded.http_events import (
    Event,
    check_channel,
    read_batch,
    read_event,
    read_info,
)
from threadline_backend.embedded.http_signature import RequestRefused
from threadline_backend.embedded.limits import Limits

LIMITS = Limits(
    event_bytes=20,
    event_name_length=5,
    channels_per_event=2,
    events_per_batch=2,
    channel_name_length=10,
)


def _read(**body: Any) -> Event:
    return read_event(
        json.dumps({"name": "e", "channel": "c", "data": "d", **body}).encode(), LIMITS
    )


def _refusal(body: object) -> tuple[int, str]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(RequestRefused) as refused:
        read_event(content, LIMITS)
    return refused.value.status, refused.value.code


def test_an_event() -> None:
    """To one channel or to several, which win."""
    assert _read() == Event("e", "d", ["c"], None, frozenset())
    event = _read(channels=["a", "b"], socket_id="1.2", info="subscription_count, user_count")
    assert event.channels == ["a", "b"]
    assert event.socket_id == "1.2"
    assert event.info == {"subscription_count", "user_count"}


@pytest.mark.parametrize(
    ("data", "text"),
    [("{}", "{}"), ({"a": "ü"}, '{"a": "ü"}'), ([1], "[1]"), (None, "null"), ("\ud800", "?")],
)
def test_data_is_a_string(data: object, text: str) -> None:
    """An object is written into one; what no frame can say is replaced."""
    assert _read(data=data).data == text


def test_a_socket_id_that_is_none_is_nobodys() -> None:
    """As Sockudo has it."""
    assert _read(socket_id=7).socket_id is None


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, [], None, "text", 7])
def test_what_is_no_object(body: object) -> None:
    """400."""
    assert _refusal(body) == (400, "invalid_input")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"name": None}, 400, "invalid_input"),
        ({"name": ""}, 400, "invalid_input"),
        ({"name": 7}, 400, "invalid_input"),
        ({"name": "x" * 6}, 400, "limit_exceeded"),
        ({"name": "üüü"}, 400, "limit_exceeded"),
        ({"data": "x" * 21}, 413, "payload_too_large"),
        ({"data": "ü" * 11}, 413, "payload_too_large"),
        ({"data": {"a": "x" * 14}}, 413, "payload_too_large"),
        ({"channel": None}, 400, "missing_channel_info"),
        ({"channels": []}, 400, "missing_channel_info"),
        ({"channels": "abc"}, 400, "missing_channel_info"),
        ({"channels": ["a", "b", "c"]}, 400, "limit_exceeded"),
        ({"channels": ["a", "b c"]}, 400, "invalid_input"),
        ({"channels": ["a", 7]}, 400, "invalid_input"),
        ({"channel": "x" * 11}, 400, "invalid_input"),
        ({"channel": {}}, 400, "invalid_input"),
    ],
)
def test_what_cannot_be_published(change: dict[str, Any], status: int, code: str) -> None:
    """Sockudo's status and word for each."""
    assert _refusal({"name": "e", "channel": "c", "data": "d", **change}) == (status, code)


def test_the_longest_are_taken() -> None:
    """Every bound is the last that is good."""
    event = _read(name="x" * 5, data="x" * 20, channels=["c" * 10, "d"])
    assert len(event.data) == 20


def test_a_batch() -> None:
    """Each as if it came alone; one that is bad spoils all."""
    event = {"name": "e", "channel": "c", "data": "d"}
    assert len(read_batch(json.dumps({"batch": [event, event]}).encode(), LIMITS)) == 2
    assert read_batch(b'{"batch": []}', LIMITS) == []
    for batch, code in [
        ([event] * 3, "limit_exceeded"),
        ([event, {}], "invalid_input"),
        ([event, 7], "invalid_input"),
        ("text", "invalid_input"),
        (None, "invalid_input"),
    ]:
        with pytest.raises(RequestRefused) as refused:
            read_batch(json.dumps({"batch": batch}).encode(), LIMITS)
        assert refused.value.code == code


def test_what_an_answer_is_to_tell() -> None:
    """Names by commas; anything else is nothing."""
    assert read_info(" a,, b ") == {"a", "b"}
    assert read_info(None) == read_info(7) == frozenset()


def test_channels_that_there_may_be() -> None:
    """All of Pusher's characters."""
    assert check_channel("aZ9_-=@.,;", LIMITS) == "aZ9_-=@.,;"

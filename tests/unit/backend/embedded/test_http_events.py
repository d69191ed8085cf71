"""What is to be published over HTTP."""

import json
from typing import Any

import pytest

from threadline_backend.embedded.http_events import (
    Event,
    check_channel,
    check_types,
    read_batch,
    read_event,
    read_info,
    read_json,
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


EVENT = {"name": "e", "channel": "c", "data": "d"}


def _read(**body: Any) -> Event:
    event = read_json(json.dumps({**EVENT, **body}).encode())
    check_types(event)
    return read_event(event, LIMITS)


def _refusal(body: bytes) -> tuple[int, str]:
    with pytest.raises(RequestRefused) as refused:
        read_json(body)
    return refused.value.status, refused.value.code


def test_an_event() -> None:
    """To one channel or to several, which win."""
    assert _read() == Event("e", "d", ["c"], None, frozenset())
    event = _read(channels=["a", "b"], socket_id="1.2", info="subscription_count, user_count")
    assert event.channels == ["a", "b"]
    assert event.socket_id == "1.2"
    assert event.info == {"subscription_count", "user_count"}


@pytest.mark.parametrize(
    ("data", "text"), [("{}", "{}"), ("", ""), (None, "null"), ("\ud800", "?")]
)
def test_data_is_a_string(data: object, text: str) -> None:
    """What no frame can say is replaced."""
    assert _read(data=data).data == text


def test_a_socket_id_that_is_none_is_nobodys() -> None:
    """As Sockudo has it."""
    assert _read(socket_id=7).socket_id is None


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json(body: bytes) -> None:
    """400, words alone."""
    assert _refusal(body) == (400, "")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"7"])
def test_what_is_no_object(body: bytes) -> None:
    """422, words alone."""
    assert _refusal(body) == (422, "")


@pytest.mark.parametrize(
    "change",
    [
        {"name": 7},
        {"data": {"a": 1}},
        {"data": [1]},
        {"data": 7},
        {"data": True},
        {"channel": {}},
        {"channels": "abc"},
        {"channels": ["a", 7]},
    ],
)
def test_what_has_the_wrong_type(change: dict[str, Any]) -> None:
    """422; an object as data too, though Pusher takes it."""
    with pytest.raises(RequestRefused) as refused:
        check_types({**EVENT, **change})
    assert (refused.value.status, refused.value.code) == (422, "")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"name": None}, 400, "invalid_input"),
        ({"name": "x" * 6}, 400, "limit_exceeded"),
        ({"name": "üüü"}, 400, "limit_exceeded"),
        ({"data": "x" * 21}, 413, "payload_too_large"),
        ({"data": "ü" * 11}, 413, "payload_too_large"),
        ({"channel": None}, 400, "missing_channel_info"),
        ({"channels": []}, 400, "missing_channel_info"),
        ({"channels": ["a", "b", "c"]}, 400, "limit_exceeded"),
    ],
)
def test_what_cannot_be_published(change: dict[str, Any], status: int, code: str) -> None:
    """Sockudo's status and word for each."""
    with pytest.raises(RequestRefused) as refused:
        _read(**change)
    assert (refused.value.status, refused.value.code) == (status, code)


def test_a_name_may_be_empty() -> None:
    """As Sockudo has it."""
    assert _read(name="").name == ""


def test_the_longest_are_taken() -> None:
    """Every bound is the last that is good."""
    event = _read(name="x" * 5, data="x" * 20, channels=["c" * 10, "d"])
    assert len(event.data) == 20


def test_a_batch() -> None:
    """Types are looked at at once, the rest as each event goes out."""
    assert read_batch({"batch": [EVENT, {}]}, LIMITS) == [EVENT, {}]
    assert read_batch({"batch": []}, LIMITS) == []
    wrong: list[tuple[dict[str, Any], int]] = [
        ({"batch": [EVENT] * 3}, 400),
        ({"batch": [EVENT, 7]}, 422),
        ({"batch": "text"}, 422),
        ({}, 422),
    ]
    for body, status in wrong:
        with pytest.raises(RequestRefused) as refused:
            read_batch(body, LIMITS)
        assert refused.value.status == status


def test_what_an_answer_is_to_tell() -> None:
    """Names by commas; anything else is nothing."""
    assert read_info(" a,, b ") == {"a", "b"}
    assert read_info(None) == read_info(7) == frozenset()


def test_channels_that_there_may_be() -> None:
    """All of Pusher's characters but two, which Sockudo takes from its next version on."""
    assert check_channel("aZ9_-=@.#", LIMITS) == "aZ9_-=@.#"
    for name in ("b c", "a,b", "x" * 11):
        with pytest.raises(RequestRefused) as refused:
            check_channel(name, LIMITS)
        assert (refused.value.status, refused.value.code) == (400, "invalid_input")

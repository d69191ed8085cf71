"""Frames, to the letter."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threadline_backend.embedded import frames


def test_the_handshake() -> None:
    """Its data is a JSON string; the time is told in whole seconds."""
    assert frames.write_handshake("1.2", 120.0) == (
        '{"event":"pusher:connection_established",'
        '"data":"{\\"socket_id\\":\\"1.2\\",\\"activity_timeout\\":120}"}'
    )
    assert '\\"activity_timeout\\":1}' in frames.write_handshake("1.2", 0.2)


def test_an_error_names_no_channel() -> None:
    """Its data is an object."""
    assert frames.write_error(4009, "No") == (
        '{"event":"pusher:error","data":{"code":4009,"message":"No"}}'
    )


def test_a_pong_has_no_data() -> None:
    """Nor has a ping."""
    assert frames.write_bare(frames.PONG) == '{"event":"pusher:pong"}'


def test_the_acknowledgement_of_a_subscription() -> None:
    """Its data is the string of an empty object."""
    assert frames.write_subscribed("c") == (
        '{"event":"pusher_internal:subscription_succeeded","channel":"c","data":"{}"}'
    )


@given(st.recursive(st.none() | st.text() | st.integers(), st.lists, max_leaves=5))
def test_the_data_of_an_event_is_always_a_string(data: object) -> None:
    """A string goes as it is, anything else as JSON."""
    frame = json.loads(frames.write_event("c", "e", data))
    assert set(frame) == {"event", "channel", "data"}
    text = frame["data"]
    assert isinstance(text, str)
    assert data == (text if isinstance(data, str) else json.loads(text))


@pytest.mark.parametrize(
    ("frame", "data"),
    [
        ('{"event":"e"}', None),
        ('{"event":"e","data":{"a":1}}', {"a": 1}),
        ('{"event":"e","data":"{\\"a\\":1}"}', {"a": 1}),
        ('{"event":"e","data":"text"}', None),
        ('{"event":"e","data":[1]}', None),
        ('{"event":"e","data":null}', None),
        (b'{"event":"e"}', None),
    ],
)
def test_a_frame_is_taken_apart(frame: str | bytes, data: dict[str, int] | None) -> None:
    """Data may be an object or a string of one; text and binary are the same."""
    assert frames.read_frame(frame) == frames.Inbound("e", data)


@pytest.mark.parametrize(
    "frame",
    ["", "{", "[]", "7", "{}", '{"event":7}', b"\xff", "[" * 100_000],
)
def test_what_is_no_frame(frame: str | bytes) -> None:
    """It is refused, however it is broken."""
    with pytest.raises(frames.BadFrame, match=r"Invalid message format|Event name is required"):
        frames.read_frame(frame)


@pytest.mark.parametrize(
    ("said", "meant"),
    [("sockudo:ping", "pusher:ping"), ("pusher:ping", "pusher:ping"), ("", ""), ("x", "x")],
)
def test_names_of_sockudos_own_protocol_are_understood(said: str, meant: str) -> None:
    """And a name may be empty, which is one that nobody knows."""
    assert frames.read_frame(json.dumps({"event": said})).event == meant

"""Protocol 7 as functions: frames in and out, and what a close code asks for."""

from __future__ import annotations

import json
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import frame, greeting
from tests.support.strategies import JSON
from threadline.core import pusher
from threadline.core.errors import MalformedFrame, RemoteFault
from threadline.core.model import SessionId
from threadline.core.pusher import CloseAction, Frame, Handshake

# What JSON can carry unchanged: no NaN or Infinity, and no text that is itself JSON.
PLAIN = JSON.filter(
    lambda data: (
        not isinstance(data, str) and not {"nan", "inf"} & set(re.findall(r"\w+", repr(data)))
    )
)


@given(st.text(), st.none() | st.text(), PLAIN)
def test_decoding_undoes_encoding(event: str, channel: str | None, data: object) -> None:
    """B60: encode then decode is the identity, with data as JSON in a string."""
    envelope = {"event": event, "channel": channel, "data": json.dumps(data)}

    assert pusher.decode(json.dumps(envelope)) == Frame(event, channel, data)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"a": 1}, {"a": 1}),
        ('{"a": 1}', {"a": 1}),
        ("just words", "just words"),
        ("123", 123),
        (None, None),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_data_is_decoded_once_and_only_if_it_can_be(data: object, told: object) -> None:
    """B57: object, plain string, JSON in a string."""
    assert pusher.decode(json.dumps({"event": "e", "data": data})).data == told


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not JSON"),
        ('{"event":', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not an object"),
        ("{}", "no event name"),
        ('{"event": 7}', "no event name"),
        ('{"event": "e", "channel": 7}', "the channel is not a string"),
        (" " * (pusher.MAX_FRAME_LENGTH + 1), "too long"),
    ],
)
def test_what_is_no_frame_is_named(text: str, problem: str) -> None:
    """B59, X12: a frame without an event is malformed, not an accident."""
    with pytest.raises(MalformedFrame) as caught:
        pusher.decode(text)

    assert (caught.value.problem, caught.value.length) == (problem, len(text))


@given(st.text() | JSON.map(json.dumps))
def test_whatever_comes_only_a_remote_fault_is_raised(text: str) -> None:
    """SPEC.md E1, B46."""
    with suppress(RemoteFault):
        pusher.handshake(pusher.decode(text))


def test_the_handshake_tells_socket_and_timeout() -> None:
    """B20: with data in a string; as an object it says the same."""
    as_object = {"event": "pusher:connection_established", "data": {"socket_id": "1.1"}}

    assert pusher.handshake(pusher.decode(greeting("1.1", 30))) == Handshake("1.1", 30.0)
    assert pusher.handshake(pusher.decode(json.dumps(as_object))) == Handshake("1.1", None)


@pytest.mark.parametrize("timeout", [None, 0, -1, True, "120", float("nan"), 10**400, [], {}])
def test_a_handshake_without_a_usable_timeout_is_one_all_the_same(timeout: object) -> None:
    """B21, X1: our own limit is used instead."""
    data = {"socket_id": "1.1", "activity_timeout": timeout}

    told = pusher.handshake(Frame("pusher:connection_established", None, data))

    assert told == Handshake("1.1", None)


@pytest.mark.parametrize(
    "wrong",
    [
        Frame("new_message", None, {"socket_id": "1.1"}),
        Frame("pusher:connection_established", None, "words"),
        Frame("pusher:connection_established", None, {}),
        Frame("pusher:connection_established", None, {"socket_id": ""}),
        Frame("pusher:connection_established", None, {"socket_id": 7}),
    ],
)
def test_anything_else_is_no_handshake(wrong: Frame) -> None:
    """B22: another first frame, or one that names no socket."""
    assert pusher.handshake(wrong) is None


def test_joining_sends_channel_and_signature() -> None:
    """B65: as an object, not encoded twice."""
    sent = json.loads(pusher.subscribe("private-session-1", "key:sig"))

    assert sent == {
        "event": "pusher:subscribe",
        "data": {"channel": "private-session-1", "auth": "key:sig"},
    }


def test_leaving_sends_the_channel() -> None:
    """B71."""
    sent = json.loads(pusher.unsubscribe("private-session-1"))

    assert sent == {"event": "pusher:unsubscribe", "data": {"channel": "private-session-1"}}


@pytest.mark.parametrize(("text", "event"), [(pusher.PING, "ping"), (pusher.PONG, "pong")])
def test_ping_and_pong_are_frames(text: str, event: str) -> None:
    """B53: with an empty object as data."""
    assert pusher.decode(text) == Frame(f"pusher:{event}", None, {})


@pytest.mark.parametrize(
    ("codes", "action"),
    [
        ((4001, 4004, 4009, 4099), CloseAction.REFUSE),  # B28
        ((4300, 4399, 4999), CloseAction.REFUSE),  # B31
        ((4100, 4199), CloseAction.BACK_OFF),  # B29
        ((1002, 1003, 1004), CloseAction.BACK_OFF),  # B32
        ((4200, 4299), CloseAction.RETRY),  # B30
        ((1000, 1001, 1005, 1006, 3999, None), CloseAction.LOST),  # B33
    ],
)
def test_a_close_code_asks_for_one_of_four_things(
    codes: tuple[int | None, ...], action: CloseAction
) -> None:
    """B28-B33: the ranges of the protocol, both ends."""
    assert {pusher.close_action(code) for code in codes} == {action}


def test_tls_only_is_a_refusal() -> None:
    """B27, X22: the scheme is the person's choice; we do not change it behind their back."""
    assert pusher.close_action(4000) is CloseAction.REFUSE


def test_the_address_of_the_server() -> None:
    """Protocol section 1.1: key in the path, protocol 7, and no secret."""
    plain = pusher.socket_url(host="push.test", port=3005, key="k y", tls=False, version="1.0")
    secure = pusher.socket_url(host="push.test", port=443, key="key", tls=True, version="1.0")

    assert plain == "ws://push.test:3005/app/k%20y?protocol=7&client=threadline&version=1.0"
    assert secure.startswith("wss://push.test:443/app/key?")


def test_a_session_has_a_channel_and_the_reverse() -> None:
    """Roadmap section 11.11: `private-session-<sessionId>`."""
    name = pusher.channel_of(SessionId("42"))

    assert name == "private-session-42"
    assert pusher.session_of(name) == "42"


@pytest.mark.parametrize("name", ["", "private-session-", "presence-room", "session-42"])
def test_other_channels_are_not_ours(name: str) -> None:
    """SPEC.md I9: what is not a session's channel leads to no session."""
    assert pusher.session_of(name) is None


def test_frames_of_the_server_carry_json_in_a_string() -> None:
    """The builder of the tests speaks as Pusher servers do."""
    assert json.loads(frame("e", {"a": 1}, "c")) == {
        "event": "e",
        "channel": "c",
        "data": '{"a": 1}',
    }

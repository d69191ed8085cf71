"""Channels: names, signatures, members."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pytest

from threadline_backend.channel_signature import sign_channel
from threadline_backend.embedded.channels import Channels, JoinRefused

if TYPE_CHECKING:
    from threadline_backend.embedded.connection import Connection


@dataclass(frozen=True)
class _Socket:
    """As much of a connection as a channel needs."""

    socket_id: str


def _socket(socket_id: str = "1.2") -> "Connection":
    return cast("Connection", _Socket(socket_id))


def _channels() -> Channels:
    return Channels("key", "secret", name_length=20, per_socket=2)


def test_join_and_leave() -> None:
    """To join twice is to have joined; an empty channel is forgotten."""
    channels, one, two = _channels(), _socket("1.1"), _socket("2.2")
    for socket in (one, two, one):
        assert channels.join(socket, "public", None) == "public"
    assert set(channels.members("public")) == {one, two}
    assert channels.counts() == {"public": 2}
    channels.leave(one, "public")
    channels.leave(one, "public")
    channels.leave(one, "never")
    assert channels.members("public") == [two]
    channels.leave_all(two)
    assert channels.counts() == {}


@pytest.mark.parametrize("name", ["private-x", "private-cache-x", "private-encrypted-x"])
def test_a_private_channel_takes_a_signature(name: str) -> None:
    """For this socket and this name, whatever else is in the name."""
    channels = _channels()
    good = sign_channel("key", "secret", "1.2", name)
    for auth in (None, "", 7, "x", sign_channel("key", "secret", "3.4", name)):
        with pytest.raises(JoinRefused) as refused:
            channels.join(_socket(), name, auth)
        assert refused.value.code == 4009
    assert channels.join(_socket(), name, good) == name


@pytest.mark.parametrize(
    "name", ["a b", "a\n", "ü", "x" * 21, "presence-x", "a:b", "a/b", "a,b", "a;b"]
)
def test_names_that_are_none(name: object) -> None:
    """4300; presence is not to be had."""
    with pytest.raises(JoinRefused) as refused:
        _channels().join(_socket(), name, None)
    assert refused.value.code == 4300


@pytest.mark.parametrize("name", [None, 7, ["a"]])
def test_what_is_no_name(name: object) -> None:
    """4000: the frame is wrong, not the channel."""
    with pytest.raises(JoinRefused) as refused:
        _channels().join(_socket(), name, None)
    assert refused.value.code == 4000


@pytest.mark.parametrize("name", ["", "x" * 20, "aZ09_-=@.#"])
def test_names_that_are_some(name: str) -> None:
    """All characters and the whole length, and none at all."""
    assert _channels().join(_socket(), name, None) == name


def test_a_socket_joins_so_many_channels_and_no_more() -> None:
    """To join one again is always possible."""
    channels, socket = _channels(), _socket()
    channels.join(socket, "a", None)
    channels.join(socket, "b", None)
    channels.join(socket, "a", None)
    with pytest.raises(JoinRefused):
        channels.join(socket, "c", None)
    channels.join(_socket("3.4"), "c", None)

"""Channel signatures, against the vector that Pusher's documentation prints."""

import pytest

from threadline_backend.channel_signature import is_signed, sign_channel

SECRET = "7ad3773142a6692b25b8"
AUTH = "key:58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4"


def test_the_documented_vector() -> None:
    """Ours is what every other Pusher library computes."""
    assert sign_channel("key", SECRET, "1234.1234", "private-foobar") == AUTH
    assert is_signed(AUTH, "key", SECRET, "1234.1234", "private-foobar")


@pytest.mark.parametrize(
    ("auth", "socket_id", "channel"),
    [
        (AUTH[:-1] + "5", "1234.1234", "private-foobar"),
        (AUTH, "1234.1235", "private-foobar"),
        (AUTH, "1234.1234", "private-other"),
        (AUTH.removeprefix("key:"), "1234.1234", "private-foobar"),
        ("other" + AUTH.removeprefix("key"), "1234.1234", "private-foobar"),
        ("", "1234.1234", "private-foobar"),
        ("\ud800", "1234.1234", "private-foobar"),
    ],
)
def test_anything_else_is_not_signed(auth: str, socket_id: str, channel: str) -> None:
    """Another signature, socket, channel or key is refused."""
    assert not is_signed(auth, "key", SECRET, socket_id, channel)

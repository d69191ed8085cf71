"""Channel names of sessions."""

import pytest

from threadline_backend.realtime import session_channel, session_of_channel


def test_a_channel_names_its_session() -> None:
    """There and back."""
    assert session_channel("s1") == "private-session-s1"
    assert session_of_channel("private-session-s1") == "s1"


@pytest.mark.parametrize("channel", ["session-s1", "presence-session-s1", "private-session-", ""])
def test_other_channels_have_no_session(channel: str) -> None:
    """None of these is a session's."""
    assert session_of_channel(channel) is None

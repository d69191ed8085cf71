"""What a view may ask: border 1 of ARCHITECTURE, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import send
from threadline.core.errors import RejectedPayload
from threadline.core.view_requests import (
    MAX_CONTENT_LENGTH,
    Discard,
    GetSettings,
    Hello,
    LoadHistory,
    LoadOlder,
    NewChat,
    OpenSession,
    Reconnect,
    Retry,
    SaveSettings,
    Send,
    SignIn,
    SignOut,
    Wake,
    view_request,
)

TEXT = {
    "type": "send",
    "clientMessageId": "c1",
    "session": None,
    "content": "do it",
    "createdAt": 1,
    "ordinal": 1,
}


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"type": "hello", "session": "s1", "term": None, "version": 3, "surface": "panel"}, Hello),
        ({"type": "hello"}, Hello),
        ({"type": "open_session", "session": "s1"}, OpenSession),
        ({"type": "new_chat"}, NewChat),
        (TEXT, Send),
        ({"type": "retry", "clientMessageId": "c1"}, Retry),
        ({"type": "discard", "clientMessageId": "c1"}, Discard),
        ({"type": "load_history"}, LoadHistory),
        ({"type": "load_older"}, LoadOlder),
        ({"type": "reconnect"}, Reconnect),
        ({"type": "wake", "reason": "online"}, Wake),
        ({"type": "sign_in", "request": 1, "name": "a", "password": "p"}, SignIn),
        ({"type": "sign_out", "request": 1}, SignOut),
        ({"type": "get_settings", "request": 1}, GetSettings),
        ({"type": "save_settings", "request": 1, "settings": {"apiBase": "x"}}, SaveSettings),
    ],
)
def test_every_line_of_border_1_is_understood(asked: dict[str, Any], kind: type) -> None:
    """ARCHITECTURE, border 1, view to engine; members we do not know are ignored."""
    assert isinstance(view_request(json.dumps({**asked, "mood": "good"})), kind)


def test_a_text_keeps_what_the_view_wrote() -> None:
    """The intake row and the request are the same."""
    asked = send("c9", "go", session="s1", ordinal=4)

    assert isinstance(asked, Send)
    assert (asked.client_message_id, asked.content, asked.session) == ("c9", "go", "s1")
    assert asked.ordinal == 4


@pytest.mark.parametrize(
    "asked",
    [
        {"type": "dance"},
        {"session": "s1"},
        {"type": "open_session"},
        {"type": "open_session", "session": ""},
        {"type": "open_session", "session": "x" * 201},
        {"type": "wake", "reason": "hunger"},
        {**TEXT, "content": ""},
        {**TEXT, "content": "x" * (MAX_CONTENT_LENGTH + 1)},
        {**TEXT, "createdAt": -1},
        {**TEXT, "createdAt": float("inf")},
        {**TEXT, "createdAt": float("nan")},
        {**TEXT, "createdAt": 1e300},
        {**TEXT, "ordinal": -1},
        {"type": "sign_out"},
    ],
)
def test_anything_else_is_rejected(asked: dict[str, Any]) -> None:
    """SPEC.md E4: a time without end would reach the page's clock."""
    with pytest.raises(RejectedPayload):
        view_request(json.dumps(asked))


@given(st.text(st.characters(codec=None)))
def test_whatever_comes_only_a_rejection_is_raised(text: str) -> None:
    """SPEC.md E1: half a surrogate pair included."""
    with pytest.raises(RejectedPayload):
        view_request(text)


def test_a_password_is_a_secret_from_the_border_on() -> None:
    """SPEC.md E2: printing the request does not show it."""
    asked = {"type": "sign_in", "request": 1, "name": "ada", "password": "hunter2"}

    assert "hunter2" not in repr(view_request(json.dumps(asked)))


def test_a_wrong_password_is_not_quoted() -> None:
    """SPEC.md E2: nor does the error."""
    asked = {"type": "sign_in", "request": "x", "name": "ada", "password": ["hunter2"]}

    with pytest.raises(RejectedPayload) as caught:
        view_request(json.dumps(asked))

    assert "hunter2" not in str(caught.value)

"""`browser/inbox.py`: what JavaScript delivers, as events."""

import json

import pytest

from threadline.browser.inbox import event_from, token_from
from threadline.core.errors import RejectedPayload
from threadline.core.events import (
    Fenced,
    OutboxLost,
    RequestAnswered,
    RequestFailed,
    RowNotWritten,
    RowWritten,
    Saved,
    SessionLoaded,
    SocketClosed,
    SocketOpened,
    StoreFailed,
    StoreLost,
    StoreOpened,
    TextReceived,
    TimerRang,
    ViewLeft,
    ViewSaid,
    Woke,
)
from threadline.core.view_requests import NewChat

ANSWER = {"status": 200, "headers": {"date": "today"}, "body": "{}"}


@pytest.mark.parametrize(
    ("topic", "text", "event"),
    [
        ("socket_opened", "", SocketOpened(3)),
        ("socket_text", "hello", TextReceived(3, "hello")),
        ("socket_closed", "4200 restarting", SocketClosed(3, 4200, "restarting")),
        ("socket_closed", "nonsense", SocketClosed(3, 1006)),
        ("response", json.dumps(ANSWER), RequestAnswered(3, 200, {"date": "today"}, "{}")),
        ("response", '{"failure": "timeout"}', RequestFailed(3, "timeout")),
        ("response", '{"failure": "network"}', RequestFailed(3, "network")),
        ("view_said", '{"type": "new_chat"}', ViewSaid(3, NewChat(type="new_chat"))),
        ("view_left", "", ViewLeft(3)),
        (
            "store_opened",
            '{"coverage": [["s1", "row"]], "isNewer": true}',
            StoreOpened(3, (("s1", "row"),), is_newer=True),
        ),
        (
            "session_loaded",
            '{"coverage": "row", "records": ["m1", "m2"]}',
            SessionLoaded(3, "row", ("m1", "m2")),
        ),
        ("session_loaded", '{"coverage": null, "records": []}', SessionLoaded(3, None, ())),
        ("saved", "{}", Saved(3)),
        ("store_failed", "quota", StoreFailed(3, "quota")),
        ("store_failed", "lost", StoreFailed(3, "lost")),
        ("store_failed", "whatever", StoreFailed(3, "failed")),
        ("store_lost", "db", StoreLost("db")),
        ("row_written", "", RowWritten(3)),
        ("row_not_written", "", RowNotWritten(3)),
        ("outbox_lost", "", OutboxLost()),
        ("fenced", "", Fenced()),
        ("woke", "online", Woke("online")),
        ("timer_rang", "", TimerRang()),
        ("view_attached", "", None),
    ],
)
def test_each_topic_is_an_event(topic, text, event):
    """ARCHITECTURE, border 2."""
    assert event_from(topic, 3, text) == event


@pytest.mark.parametrize("text", ["{", "[]", '{"type": "no_such_thing"}', "[" * 100_000])
def test_what_no_view_may_say_is_rejected(text):
    """ARCHITECTURE, border 1: named, not guessed; and Python survives it."""
    with pytest.raises(RejectedPayload):
        event_from("view_said", 3, text)


@pytest.mark.parametrize("value", [None, 7, "", "   ", {"token": 1}])
def test_what_holds_no_text_is_no_token(value):
    """Design section 3, "Storage"."""
    assert token_from(value) is None


def test_a_token_is_text_that_no_log_shows():
    """SPEC.md E2: white space around it is a mistake of pasting."""
    token = token_from("  secret \n")

    assert token.get_secret_value() == "secret"
    assert "secret" not in repr(token)


def test_a_token_that_cannot_be_sent_is_refused_without_quoting_it():
    """SPEC.md E2: a line break would end the header."""
    with pytest.raises(RejectedPayload) as caught:
        token_from("sec\nret")

    assert "sec" not in str(caught.value).replace("accessToken", "")

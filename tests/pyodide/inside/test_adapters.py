"""The adapters: each port of `runtime/ports.py` as calls of the page's functions."""

import json

import pytest
from pydantic import SecretStr

from threadline.browser.clock import PageClock, jitter
from threadline.browser.http import BrowserHttp
from threadline.browser.sockets import BrowserSockets
from threadline.browser.storage import (
    BrowserOutboxRows,
    BrowserRecords,
    BrowserStorage,
    entries_from,
)
from threadline.browser.views import BrowserHost, BrowserLog, let_go, post_to_view
from threadline.core.effects import (
    DropSessions,
    EraseStore,
    LoadSession,
    OpenStore,
    SaveSession,
    SendRequest,
)
from threadline.core.model import Delivery, OutboxEntry, SessionId

ROW = {
    "clientMessageId": "c1",
    "sessionId": "s1",
    "content": "Hello",
    "createdAt": 1_700_000_000_500,
    "ordinal": 2,
    "account": "u1",
    "rejected": None,
}


def test_both_clocks_come_in_seconds(host):
    """Border 2: `now` is epoch milliseconds, `monotonic` milliseconds since a start."""
    host.answer(now=1_700_000_000_500, monotonic=2_500)

    moment = PageClock().now()

    assert (moment.wall, moment.monotonic) == (1_700_000_000.5, 2.5)


def test_the_one_timer_is_armed_in_milliseconds(host):
    """Border 2: arming anew replaces; disarming takes it away."""
    clock = PageClock()
    clock.arm(1.5)
    clock.disarm()

    assert host.calls() == [["armTimer", 1500], ["disarmTimer"]]


def test_jitter_is_fresh_after_a_restore():
    """The generator's state must not be part of the snapshot: it is the system's own."""
    draws = [jitter() for _ in range(20)]

    assert all(0.0 <= draw < 1.0 for draw in draws)
    assert len(set(draws)) > 1


def test_the_page_is_told_how_long_it_is_needed(host):
    """Border 2: whether the engine is wanted without a view, and that it may end."""
    BrowserHost().keep(is_wanted=True)
    BrowserHost().close()
    BrowserHost().show_unread(3)
    BrowserHost().notify(SessionId("s1"), "A title", "Finished.")

    told = {"session": "s1", "title": "A title", "text": "Finished."}
    assert host.calls() == [
        ["keepEngine", True],
        ["closeEngine"],
        ["showUnread", 3],
        ["notify", json.dumps(told)],
    ]


def test_sockets_go_by_number(host):
    """Border 2: no proxy is made for a socket."""
    sockets = BrowserSockets()
    sockets.open(3, "ws://push/app/key")
    sockets.send(3, '{"event":"pusher:ping"}')
    sockets.close(3, 1000)

    assert host.calls() == [
        ["openSocket", 3, "ws://push/app/key"],
        ["sendText", 3, '{"event":"pusher:ping"}'],
        ["closeSocket", 3, 1000],
    ]


@pytest.mark.parametrize("body", [None, "a=b", SecretStr("a=b")])
def test_a_request_becomes_one_text_and_the_token_a_header(host, body):
    """Border 2; the token becomes text here and nowhere before."""
    kind = "" if body is None else "application/x-www-form-urlencoded"
    order = SendRequest(7, "POST", "http://api/x", body, kind, SecretStr("secret"), 10.0)
    assert "secret" not in repr(order)

    BrowserHttp().send(order)
    BrowserHttp().cancel(7)

    [[name, number, text], cancelled] = host.calls()
    said = json.loads(text)
    assert (name, number) == ("request", 7)
    assert said["headers"]["Authorization"] == "Bearer secret"
    assert said["headers"].get("Content-Type", "") == kind
    assert said["body"] == (None if body is None else "a=b")
    assert said["timeoutMs"] == 10_000
    assert cancelled == ["cancelRequest", 7]


def test_a_request_without_a_token_has_no_such_header(host):
    """Sign-in asks for a token; it has none."""
    BrowserHttp().send(SendRequest(1, "GET", "http://api/x", None, "", None, 1.0))

    assert "Authorization" not in json.loads(host.calls()[0][2])["headers"]


def test_storage_is_written_key_by_key(host):
    """Border 2: values are JSON; None removes."""
    storage = BrowserStorage()
    storage.read(1, ("accessToken", "settings"))
    storage.write("wsConnectionState", '{"sessionId": "s1"}')
    storage.write("accessToken", SecretStr('"secret"'))
    storage.write("accessToken", None)

    assert host.calls() == [
        ["readStorage", 1, '["accessToken", "settings"]'],
        ["writeStorage", '{"wsConnectionState": {"sessionId": "s1"}}'],
        ["writeStorage", '{"accessToken": "secret"}'],
        ["removeStorage", '["accessToken"]'],
    ]


def test_outbox_rows_are_kept_and_deleted(host):
    """Border 1, intake rows: the whole entry, so that a row that was deleted is back."""
    entry = OutboxEntry(
        client_message_id="c1", session_id="s1", content="Hello", created_at=1.0, ordinal=1
    )
    rows = BrowserOutboxRows()
    rows.read(1)
    rows.update(entry, 7)
    failed = OutboxEntry(
        client_message_id="c1",
        session_id=None,
        content="Hello",
        created_at=1.0,
        ordinal=1,
        delivery=Delivery.FAILED,
        reason="No.",
        attempts=3,
        first_sent_at=1_700_000_001.5,
    )
    rows.update(failed, None)
    rows.delete("c1")

    calls = host.calls()
    assert calls[0] == ["readOutbox", 1]
    assert (calls[1][1], calls[2][1]) == (7, 0)
    assert json.loads(calls[1][2]) == {
        "clientMessageId": "c1",
        "sessionId": "s1",
        "content": "Hello",
        "createdAt": 1000,
        "ordinal": 1,
        "account": None,
        "attempts": 0,
        "firstSentAt": None,
        "rejected": None,
    }
    assert json.loads(calls[2][2])["rejected"] == "No."
    assert json.loads(calls[2][2])["firstSentAt"] == 1_700_000_001_500
    assert calls[3] == ["deleteOutbox", "c1"]


def test_orders_about_stored_sessions_cross_as_text(host):
    """Border 2: the question, the kind of order, and its members."""
    records = BrowserRecords()
    records.perform(OpenStore(1, "db"))
    records.perform(LoadSession(2, "db", "s1"))
    records.perform(
        SaveSession(3, "db", "s1", (("m1", "row"),), ("m0",), "coverage", is_whole=False)
    )
    records.perform(DropSessions(4, "db", ("s1", "s2")))
    records.perform(EraseStore("db"))

    calls = host.calls()
    assert [call[:3] for call in calls[:4]] == [
        ["askStore", 1, "open"],
        ["askStore", 2, "load"],
        ["askStore", 3, "save"],
        ["askStore", 4, "drop"],
    ]
    assert [json.loads(call[3]) for call in calls[:4]] == [
        {"database": "db"},
        {"database": "db", "session": "s1"},
        {
            "database": "db",
            "session": "s1",
            "records": [["m1", "row"]],
            "removed": ["m0"],
            "coverage": "coverage",
            "isWhole": False,
        },
        {"database": "db", "sessions": ["s1", "s2"]},
    ]
    assert calls[4] == ["eraseStore", "db"]


def test_rows_become_entries_in_order_and_bad_ones_are_kept():
    """SPEC.md S13: one bad row never hides the others, and is told with all that it holds."""
    rows = [
        ROW,
        {
            **ROW,
            "clientMessageId": "c0",
            "ordinal": 1,
            "rejected": "No.",
            "attempts": 2,
            "firstSentAt": 1_500,
        },
        {**ROW, "content": ""},
        {**ROW, "content": 7},
        {"clientMessageId": "c9"},
        "nonsense",
        {**ROW, "ordinal": "many"},
    ]

    entries, damaged = entries_from(json.dumps(rows))

    assert [entry.client_message_id for entry in entries] == ["c0", "c1"]
    assert (entries[0].delivery, entries[0].reason) == (Delivery.FAILED, "No.")
    assert (entries[0].first_sent_at, entries[1].first_sent_at) == (1.5, None)
    assert entries[1].created_at == 1_700_000_000.5
    assert entries[1].account == "u1"
    assert [row.key for row in damaged] == ["c1", "c1", "c9", "", "c1"]
    assert json.loads(damaged[1].text) == {**ROW, "content": 7}
    assert damaged[3].text == '"nonsense"'


def test_texts_go_to_views_and_lines_to_the_console(host):
    """Border 2: `postToView` and `report`."""
    post_to_view(4, '{"type":"same"}')
    BrowserLog().report("warning", "careful")
    let_go()

    assert host.calls() == [
        ["postToView", 4, '{"type":"same"}'],
        ["report", "warning", "careful"],
        ["letGo"],
    ]
